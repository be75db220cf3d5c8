//! The client that follows the server: a stop arrives by itself, and whatever goes wrong ends in a no.

use std::time::Duration;

use axum::http::StatusCode;
use sayso::client::watch::status::Way;
use sayso::client::watch::{Ask, Settings, Watch};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::watch_mock::{Server, permit, until};

/// The mock's lease, and a little for a busy machine.
const LEASE: Duration = Duration::from_millis(2300);

fn yes(watch: &Watch, employee: &str) -> bool {
    watch.guard(employee, "mci", "keystrokes")
}

/// A server, and a client that follows it by the stream.
async fn following() -> (Server, Watch, crate::watch_mock::Log) {
    let server = Server::start().await;
    let (watch, log) = server.follow(Settings::default());
    until(|| watch.status().connected == Some(Way::Stream)).await;
    assert!(yes(&watch, "E1") && yes(&watch, "E2") && !yes(&watch, "E3"));
    (server, watch, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fetches_every_page_and_follows_from_there() {
    let (server, watch, _) = following().await;
    assert_eq!(
        server.look(|script| (script.snapshots, script.streams.clone())),
        (2, vec![Some("10".into())])
    );
    let status = watch.status();
    assert_eq!(
        (status.seq, status.programs, status.permits, status.fresh),
        (Some(10), 1, 2, true)
    );
    until(|| watch.status().confirmed == Some(10)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_stops_within_moments_is_purged_and_then_confirmed() {
    let (server, watch, log) = following().await;
    until(|| server.look(|script| script.acks == [10])).await;
    let ask = Ask::new("E1", "mci", "keystrokes");
    let permit = watch.permit(&ask).unwrap();
    let mut changes = watch.changes();
    server.withdraw();
    timeout(Duration::from_secs(2), changes.changed())
        .await
        .unwrap();
    assert!(!yes(&watch, "E1") && yes(&watch, "E2"));
    assert!(!permit.holds());
    until(|| server.look(|script| script.acks == [10, 11])).await;
    assert_eq!(
        *log.lock().unwrap(),
        ["E1 withdrawn Some(10)"],
        "purged before it was confirmed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_everybody_and_a_resume_lets_them_go_on() {
    let (server, watch, log) = following().await;
    let at = "2026-11-23T08:00:00Z";
    server.look(|script| script.seq = 11);
    server.say(&json!({"type": "program.paused", "seq": 11, "at": at, "program": "mci"}));
    until(|| !yes(&watch, "E1") && !yes(&watch, "E2")).await;
    until(|| server.look(|script| script.acks.last() == Some(&11))).await;
    assert!(log.lock().unwrap()[0].starts_with("mci program_paused"));
    server.look(|script| script.seq = 12);
    server.say(&json!({"type": "program.resumed", "seq": 12, "at": at, "program": "mci"}));
    until(|| yes(&watch, "E1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_stands_still_ends_in_a_no_within_the_lease_and_in_a_purge() {
    let (server, watch, log) = following().await;
    server.look(|script| {
        script.heartbeats = false;
        script.others = StatusCode::INTERNAL_SERVER_ERROR;
    });
    let took = until(|| !yes(&watch, "E1")).await;
    assert!(took < LEASE, "{took:?}");
    until(|| !log.lock().unwrap().is_empty()).await;
    assert!(log.lock().unwrap()[0].starts_with("everything projection_stale"));
    assert_eq!(watch.status().lease_left, Duration::ZERO);
    server.look(|script| {
        script.heartbeats = true;
        script.others = StatusCode::OK;
    });
    until(|| yes(&watch, "E1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_stream_is_taken_up_again_where_it_ended_without_a_break() {
    let (server, watch, log) = following().await;
    server.look(|script| script.seq = 17);
    server.beat(17);
    until(|| watch.status().seq == Some(17)).await;
    server.say_raw("end");
    until(|| server.look(|script| script.streams.len() == 2)).await;
    assert_eq!(
        server.look(|script| script.streams[1].clone()),
        Some("17".into())
    );
    assert!(yes(&watch, "E1"));
    assert_eq!(server.look(|script| script.snapshots), 2);
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_streams_do_not_get_through_it_asks_again_and_again() {
    for broken in [
        (StatusCode::OK, "text/event-stream", false),
        (StatusCode::OK, "application/json", true),
        (StatusCode::NOT_FOUND, "text/event-stream", true),
    ] {
        let server = Server::start().await;
        server.look(|script| (script.stream, script.stream_type, script.heartbeats) = broken);
        let (watch, log) = server.follow(Settings::default());
        until(|| watch.status().connected == Some(Way::Poll)).await;
        for _ in 0..20 {
            assert!(yes(&watch, "E1"), "{broken:?}");
            sleep(Duration::from_millis(100)).await;
        }
        server.withdraw();
        let took = until(|| !yes(&watch, "E1")).await;
        assert!(took < Duration::from_secs(2), "{took:?}");
        until(|| server.look(|script| script.acks.last() == Some(&11))).await;
        assert_eq!(
            *log.lock().unwrap(),
            ["E1 withdrawn Some(10)"],
            "{broken:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_understood_is_denied_until_the_snapshot_says_what_holds() {
    for text in [
        "id: 11\nevent: choice.changed\ndata: {\"type\":\"choice.changed\",\"seq\":11\n\n".to_owned(),
        "id: 11\nevent: choice.changed\ndata: {\"type\":\"choice.changed\",\"seq\":11,\"employee\":1}\n\n".to_owned(),
        "id: 11\nevent: private_time.begun\ndata: {\"type\":\"private_time.begun\",\"seq\":11}\n\n".to_owned(),
        "id: 11\nevent: resync\ndata: {\"type\":\"resync\",\"seq\":11}\n\n".to_owned(),
        "id: 9\nevent: heartbeat\ndata: {\"type\":\"heartbeat\",\"seq\":9,\"time\":\"2026-11-23T08:00:00Z\",\"lease_ms\":5000}\n\n".to_owned(),
        format!("data: {}\n\n", "x".repeat(100_000)),
    ] {
        let (server, watch, log) = following().await;
        server.look(|script| {
            script.seq = 11;
            script.others = StatusCode::SERVICE_UNAVAILABLE;
            script.permits = vec![permit("E2")];
        });
        server.say_raw(&text);
        let took = until(|| !yes(&watch, "E2")).await;
        assert!(took < Duration::from_millis(1500), "at once: {took:?} {text:.40}");
        server.look(|script| script.others = StatusCode::OK);
        until(|| yes(&watch, "E2")).await;
        assert!(!yes(&watch, "E1"));
        until(|| server.look(|script| script.acks.last() == Some(&11))).await;
        let log = log.lock().unwrap();
        assert!(!log.is_empty(), "{text:.40}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_longer_known_stops_everything_at_once() {
    let (server, watch, log) = following().await;
    server.look(|script| {
        script.stream = StatusCode::UNAUTHORIZED;
        script.others = StatusCode::UNAUTHORIZED;
    });
    server.say_raw("end");
    let took = until(|| !yes(&watch, "E1")).await;
    assert!(took < Duration::from_millis(1500), "{took:?}");
    until(|| !log.lock().unwrap().is_empty()).await;
    assert!(log.lock().unwrap()[0].starts_with("everything agent_not_registered"));
    let tries = server.look(|script| script.streams.len());
    sleep(Duration::from_secs(3)).await;
    assert_eq!(
        server.look(|script| script.streams.len()),
        tries,
        "it does not knock all the time"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_server_does_not_bring_a_yes_back() {
    let (server, watch, _) = following().await;
    server.withdraw();
    until(|| !yes(&watch, "E1")).await;
    server.look(|script| {
        script.seq = 10;
        script.permits = vec![permit("E1"), permit("E2")];
    });
    until(|| !yes(&watch, "E2")).await;
    let end = tokio::time::Instant::now() + Duration::from_secs(2);
    while tokio::time::Instant::now() < end {
        assert!(!yes(&watch, "E1"));
        sleep(Duration::from_millis(5)).await;
    }
    server.look(|script| {
        script.seq = 12;
        script.permits = vec![permit("E2")];
    });
    until(|| yes(&watch, "E2")).await;
    assert!(!yes(&watch, "E1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_people_who_are_named_are_asked_for_and_never_too_many() {
    let server = Server::start().await;
    let people = |count: usize| Settings {
        employees: (0..count)
            .map(|n| format!("E-{n}").parse().unwrap())
            .collect(),
        ..Settings::default()
    };
    let (watch, _) = server.follow(people(2));
    until(|| watch.status().fresh).await;
    let query = server.look(|script| script.queries[0].clone());
    assert!(query.contains("employees=E-0%2CE-1"), "{query}");
    server.look(|script| script.seq = 12);
    until(|| server.look(|script| script.acks.last() == Some(&12))).await;
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.follow(people(101))));
    assert!(result.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_watch_is_dropped_its_permits_are_worth_nothing() {
    let (_server, watch, _) = following().await;
    let permit = watch.permit(&Ask::new("E1", "mci", "keystrokes")).unwrap();
    let other = watch.clone();
    drop(watch);
    assert!(permit.holds());
    drop(other);
    assert!(!permit.holds());
}
