//! How `sayso-gate filter` reports, and how it ends.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::gate_filter::events;
use crate::gate_mock::{Mock, filter};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_without_an_answer_is_sent_again_with_the_same_ids() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    mock.fail_reporting(true);
    let mut gate = filter(&mock.url, &["--report-every", "1"]);
    gate.write(&events(3)).await;
    for _ in 0..3 {
        gate.line().await;
    }
    while mock.reports().len() < 2 {
        sleep(Duration::from_millis(20)).await;
    }
    mock.fail_reporting(false);
    let ended = gate.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.messages);
    assert_eq!(ended.counts["records"]["accepted"], 1);
    let reports = mock.reports();
    assert!(
        reports.windows(2).all(|pair| pair[0] == pair[1]),
        "{reports:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_never_arrive_are_counted_and_the_end_is_not_a_success() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    mock.fail_reporting(true);
    let mut gate = filter(&mock.url, &[]);
    gate.write(&events(3)).await;
    let ended = gate.end().await;
    assert_eq!(ended.rest.len(), 3);
    assert_eq!(ended.counts["records"]["unsent"], 1);
    assert_eq!(ended.code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_reports_what_it_passed_and_counts() {
    for signal in ["TERM", "INT"] {
        let mock = Mock::start().await;
        mock.permit("E1/keystrokes");
        let mut gate = filter(&mock.url, &[]);
        gate.write(&events(3)).await;
        for _ in 0..3 {
            gate.line().await;
        }
        gate.signal(signal).await;
        let ended = timeout(Duration::from_secs(10), gate.ended())
            .await
            .unwrap();
        assert_eq!(ended.code, Some(0), "{}", ended.messages);
        assert_eq!(ended.counts["passed"], 3);
        assert_eq!(ended.counts["records"]["accepted"], 1);
        assert_eq!(mock.reports().concat()[0]["events"], 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_even_if_nobody_reads_its_output_and_reports_what_may_have_been_read() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let mut gate = filter(&mock.url, &[]);
    let line = format!("{{\"x\":\"{}\"}}\n", "y".repeat(1000));
    gate.write(&line.repeat(200)).await;
    sleep(Duration::from_millis(500)).await;
    gate.signal("TERM").await;
    sleep(Duration::from_millis(1500)).await;
    let ended = timeout(Duration::from_secs(10), gate.ended())
        .await
        .unwrap();
    let passed = ended.counts["passed"].as_u64().unwrap();
    assert!(passed >= ended.rest.len() as u64, "{passed}");
    assert!(passed < 200);
    assert_eq!(ended.counts["dropped"]["output_closed"], 200 - passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_its_reader_is_gone_it_ends_and_reports() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let mut gate = filter(&mock.url, &[]);
    gate.write(&events(2)).await;
    gate.line().await;
    gate.line().await;
    gate.close_output();
    gate.write(&events(4)).await;
    let ended = timeout(Duration::from_secs(10), gate.ended())
        .await
        .unwrap();
    assert_eq!(ended.code, Some(0), "{}", ended.messages);
    assert_eq!(ended.counts["passed"], 2);
    assert_eq!(ended.counts["dropped"], json!({"output_closed": 4}));
    assert_eq!(ended.counts["records"]["accepted"], 1);
}
