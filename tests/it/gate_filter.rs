//! `sayso-gate filter`, the real binary against a server that answers as told.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::{sleep, timeout};

use crate::gate_mock::{Mock, SINCE, filter};

pub(crate) fn events(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        writeln!(text, "{{\"x\":{index}}}").unwrap();
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn permitted_events_pass_byte_for_byte_and_become_a_record() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let permitted = "{ \"x\" : 1,  \"text\":\"é\" }\r\n{\"app\":\"mail\",\"x\":2}\n{\"category\":\"keystrokes\"}";
    let refused =
        "{\"employee\":\"E2\"}\n{\"category\":\"mouse_movement\"}\nnot json\n{\"x\":1,\"x\":2}\n";
    let mut gate = filter(&mock.url, &["--device", "desk-7"]);
    gate.write(refused).await;
    gate.write(permitted).await;
    let ended = gate.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.messages);
    // `lines` takes the line ends off; the digests below have them.
    assert_eq!(ended.rest, permitted.lines().collect::<Vec<_>>());
    assert_eq!(
        ended.counts,
        json!({"read": 7, "passed": 3, "dropped": {"withdrawn": 2}, "malformed": 2, "calls": 1,
               "records": {"accepted": 2, "quarantined": 0, "rejected": 0, "unsent": 0}})
    );
    let mut records = mock.reports().concat();
    records.sort_by_key(|record| record["events"].as_u64());
    let digest = |text: &str| {
        let bytes = Sha256::digest(text);
        bytes
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    };
    assert_eq!(records[0]["app"], "mail");
    assert_eq!(records[0]["digest"], digest("{\"app\":\"mail\",\"x\":2}\n"));
    assert_eq!(records[1]["app"], Value::Null);
    assert_eq!(records[1]["device"], "desk-7");
    assert_eq!(records[1]["dataset"], "mci-all");
    assert_eq!(records[1]["events"], 2);
    let both = "{ \"x\" : 1,  \"text\":\"é\" }\r\n{\"category\":\"keystrokes\"}";
    assert_eq!(records[1]["bytes"], both.len());
    assert_eq!(records[1]["digest"], digest(both));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_asks_once_for_a_batch_and_never_once_for_an_event() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let mut gate = filter(&mock.url, &[]);
    gate.write(&events(5000)).await;
    let ended = gate.end().await;
    assert_eq!(ended.rest.len(), 5000);
    assert_eq!(ended.counts["passed"], 5000);
    let questions = mock.questions();
    assert!(
        questions.len() <= 10,
        "{} calls for 5000 events",
        questions.len()
    );
    assert!(
        questions.iter().all(|asked| *asked == 1),
        "one question for one key: {questions:?}"
    );
    assert_eq!(ended.counts["calls"], questions.len());

    let people: String = (0..250).fold(String::new(), |mut text, index| {
        writeln!(text, "{{\"employee\":\"P{index}\"}}").unwrap();
        text
    });
    let mut gate = filter(&mock.url, &["--linger-ms", "1000"]);
    gate.write(&people).await;
    gate.end().await;
    assert_eq!(
        mock.questions()[questions.len()..],
        [100, 100, 50],
        "at most a hundred in a call"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_withdrawal_not_one_further_event_passes() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let mut gate = filter(&mock.url, &[]);
    gate.write(&events(5)).await;
    for index in 0..5 {
        assert_eq!(gate.line().await, format!("{{\"x\":{index}}}"));
    }
    mock.withdraw("E1/keystrokes");
    for _ in 0..5 {
        gate.write(&events(10)).await;
        sleep(Duration::from_millis(30)).await;
    }
    let ended = gate.end().await;
    assert_eq!(ended.rest, Vec::<String>::new());
    assert_eq!(ended.code, Some(0), "a no is an answer");
    assert_eq!(ended.counts["passed"], 5);
    assert_eq!(ended.counts["dropped"], json!({"withdrawn": 50}));
    let records = mock.reports().concat();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["events"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_server_is_gone_it_drops_everything_says_so_and_exits_2() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let mut gate = filter(&url, &[]);
    for _ in 0..4 {
        gate.write(&events(10)).await;
        sleep(Duration::from_millis(150)).await;
    }
    let ended = gate.end().await;
    assert_eq!(ended.rest, Vec::<String>::new());
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.counts["dropped"], json!({"cannot_tell": 40}));
    assert_eq!(
        ended.messages.matches("cannot ask").count(),
        1,
        "{}",
        ended.messages
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_said_once_and_its_end_too_and_nothing_of_it_passes_later() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let mut gate = filter(&mock.url, &[]);
    gate.write("{\"n\":\"before\"}\n").await;
    assert_eq!(gate.line().await, "{\"n\":\"before\"}");
    mock.fail_asking(true);
    for _ in 0..3 {
        gate.write("{\"n\":\"during\"}\n").await;
        sleep(Duration::from_millis(250)).await;
    }
    mock.fail_asking(false);
    let back = async {
        loop {
            gate.write("{\"n\":\"after\"}\n").await;
            if let Ok(line) = timeout(Duration::from_millis(200), gate.line()).await {
                return line;
            }
        }
    };
    assert_eq!(
        timeout(Duration::from_secs(20), back).await.unwrap(),
        "{\"n\":\"after\"}"
    );
    let ended = gate.end().await;
    assert!(
        ended.rest.iter().all(|line| line.contains("after")),
        "{:?}",
        ended.rest
    );
    assert_eq!(ended.code, Some(2), "some question had no answer");
    assert_eq!(
        ended.messages.matches("cannot ask").count(),
        1,
        "{}",
        ended.messages
    );
    assert_eq!(
        ended.messages.matches("answered again").count(),
        1,
        "{}",
        ended.messages
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_captured_before_the_consent_or_claims_the_future_does_not_pass() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let mut gate = filter(&mock.url, &[]);
    let second_before = "2025-12-31T23:59:59Z";
    for at in [second_before, SINCE, "2999-01-01T00:00:00Z"] {
        gate.write(&format!("{{\"at\":\"{at}\"}}\n")).await;
    }
    let ended = gate.end().await;
    assert_eq!(ended.rest, [format!("{{\"at\":\"{SINCE}\"}}")]);
    assert_eq!(
        ended.counts["dropped"],
        json!({"before_consent": 1, "in_future": 1})
    );

    mock.since("2998-01-01T00:00:00Z");
    let mut gate = filter(&mock.url, &[]);
    gate.write("{}\n").await;
    let ended = gate.end().await;
    assert_eq!(
        ended.counts["dropped"],
        json!({"before_consent": 1}),
        "no time given means now"
    );
}
