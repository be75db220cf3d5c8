//! `POST /api/v1/records` again and again, and too often: keys that make a repetition harmless, and turns that bound what
//! is taken in at once.

use std::time::Duration;

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use sayso::app::records::turn;
use sayso::domain::choice::Answer;
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::agent_world::World;
use crate::crash_server::client;

fn record(id: u8, at: DateTime<Utc>) -> Value {
    json!({
        "id": format!("{id:032x}"), "employee": "E1", "program": "mci", "category": "keystrokes",
        "from": at, "to": at, "events": 12, "bytes": 340, "dataset": "mci-all", "digest": "0".repeat(64),
    })
}

/// A server, and the key of a collector.
struct Door {
    url: String,
    key: String,
}

/// Status, value of Retry-After, and the body to the last byte.
type Said = (StatusCode, Option<String>, String);

impl Door {
    async fn new(world: &World) -> Self {
        Self {
            url: world.serve().await,
            key: world.collector.clone(),
        }
    }

    async fn send(&self, keys: &[&str], body: &str) -> Said {
        let url = format!("{}/api/v1/records", self.url);
        let mut request = client().post(url).bearer_auth(&self.key);
        for key in keys {
            request = request.header("idempotency-key", *key);
        }
        let request = request.header("content-type", "application/json");
        let answer = request.body(body.to_owned()).send().await.unwrap();
        let wait = answer.headers().get("retry-after");
        let wait = wait.map(|wait| wait.to_str().unwrap().to_owned());
        (answer.status(), wait, answer.text().await.unwrap())
    }
}

fn kind(said: &Said) -> String {
    let problem: Value = serde_json::from_str(&said.2).unwrap();
    problem["type"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_with_the_same_key_is_answered_byte_for_byte_and_another_body_is_refused() {
    let world = World::new().await;
    let door = Door::new(&world).await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let now = world.now();
    let early = now + TimeDelta::minutes(5);
    let body = json!({"records": [record(1, now), record(2, early), record(3, now - TimeDelta::hours(1)), 7]});
    let body = body.to_string();
    let first = door.send(&["\"a-1\""], &body).await;
    assert_eq!(first.0, StatusCode::OK);
    for (place, result) in ["accepted", "rejected", "quarantined", "rejected"]
        .iter()
        .enumerate()
    {
        let answer: Value = serde_json::from_str(&first.2).unwrap();
        assert_eq!(answer["results"][place]["result"], *result, "{place}");
    }
    world.choose("E1", "keystrokes", Answer::Refuse).await;
    world.pass(TimeDelta::hours(1));
    assert_eq!(door.send(&["\"a-1\""], &body).await, first);
    assert_eq!(
        door.send(&["a-1"], &body).await,
        first,
        "with or without quotation marks"
    );
    let without = door.send(&[], &body).await;
    assert!(
        without.2.contains("\"withdrawn\""),
        "judged anew, the second comes too late: {without:?}"
    );

    let other = json!({"records": [record(4, now)]}).to_string();
    let reused = door.send(&["a-1"], &other).await;
    assert_eq!(reused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(kind(&reused), "urn:sayso:problem:key-reused");
    let spaced = format!("{body} ");
    assert_eq!(
        door.send(&["a-1"], &spaced).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let taken = door.send(&["a-2"], &other).await;
    assert!(
        taken.2.contains("\"accepted\""),
        "what was refused was not stored: {taken:?}"
    );

    let others = Door {
        key: world
            .agent("other", sayso::domain::agent::AgentKind::Collector, &[])
            .await,
        ..door
    };
    assert_eq!(
        others.send(&["a-1"], &other).await.0,
        StatusCode::OK,
        "keys are an agent's own"
    );
    for bad in [
        &[""][..],
        &["\"a"],
        &["a b"],
        &["a", "a"],
        &[&"a".repeat(129)],
    ] {
        let refused = others.send(bad, &other).await;
        assert_eq!(refused.0, StatusCode::BAD_REQUEST, "{bad:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_forgotten_after_a_day() {
    let world = World::new().await;
    let door = Door::new(&world).await;
    let now = world.now();
    let [one, two] = [1, 2].map(|id| json!({"records": [record(id, now)]}).to_string());
    assert_eq!(door.send(&["k"], &one).await.0, StatusCode::OK);
    world.pass(TimeDelta::hours(23));
    world.app.sweep().await.unwrap();
    assert_eq!(
        door.send(&["k"], &two).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    world.pass(TimeDelta::hours(2));
    world.app.sweep().await.unwrap();
    assert_eq!(door.send(&["k"], &two).await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_first_is_under_way_a_repetition_is_told_to_wait() {
    let world = World::new().await;
    let door = Door::new(&world).await;
    let body = json!({"records": [record(1, world.now())]}).to_string();
    let mut other = sqlx::SqliteConnection::connect(&world.url).await.unwrap();
    let held = other.begin_with("begin immediate").await.unwrap();
    let first = door.send(&["k"], &body);
    let mut first = std::pin::pin!(first);
    let waiting = tokio::time::timeout(Duration::from_millis(300), &mut first).await;
    assert!(waiting.is_err(), "nothing is answered before it is on disk");
    let second = door.send(&["k"], &body).await;
    assert_eq!(
        (second.0, second.1.as_deref()),
        (StatusCode::CONFLICT, Some("1"))
    );
    assert_eq!(kind(&second), "urn:sayso:problem:under-way");
    held.rollback().await.unwrap();
    let first = first.await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(door.send(&["k"], &body).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gets_no_turn_is_told_so_before_the_body_is_read() {
    let world = World::new().await;
    let door = Door::new(&world).await;
    let body = json!({"records": [record(1, world.now())]}).to_string();
    let mut turns = Vec::new();
    while let Ok(turn) = turn(&world.app) {
        turns.push(turn);
    }
    assert!((8..=64).contains(&turns.len()), "{}", turns.len());
    let busy = door.send(&["k"], &body).await;
    assert_eq!(
        (busy.0, busy.1.as_deref()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("1"))
    );
    turns.pop();
    assert_eq!(door.send(&["k"], &body).await.0, StatusCode::OK);
    assert_eq!(
        door.send(&["k"], &body).await.0,
        StatusCode::OK,
        "the turn was given back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_gives_its_turn_back() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let world = World::new().await;
    let door = Door::new(&world).await;
    let address = door.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/records HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{",
        door.key
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read_exact(&mut answer)).await;
    read.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}
