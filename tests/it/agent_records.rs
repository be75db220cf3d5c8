//! `POST /api/v1/records`: judged by the consent at capture time, one by one, stored once.

use axum::body::Body;
use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use sayso::app::activity::{Filter, activity};
use sayso::client::address::Transport;
use sayso::client::report::Outcome;
use sayso::client::{Client, Timeouts};
use sayso::domain::choice::Answer;
use sayso::domain::record::Record;
use serde_json::{Value, json};

use crate::agent_world::{World, request};

fn record(id: u8, from: DateTime<Utc>, to: DateTime<Utc>) -> Value {
    json!({
        "id": format!("{id:032x}"), "employee": "E1", "program": "mci", "category": "keystrokes", "device": "Desk 7",
        "from": from, "to": to, "events": 12, "bytes": 340, "dataset": "mci-all", "digest": "0".repeat(64),
    })
}

async fn send(world: &World, records: &[Value]) -> Vec<Value> {
    let reply = world
        .post(
            &world.collector,
            "/api/v1/records",
            &json!({"records": records, "more": 1}),
        )
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["results"].as_array().unwrap().clone()
}

async fn stored(world: &World) -> (u64, u64) {
    let today = world.now().date_naive();
    let filter = Filter {
        from: today,
        to: today,
        program: None,
        category: None,
    };
    let activity = activity(&world.app, &world.subject("E1").await, &filter, None)
        .await
        .unwrap();
    (activity.total, activity.quarantined_count)
}

#[tokio::test]
async fn records_are_judged_by_the_consent_at_capture_time_and_stored_once() {
    let world = World::new().await;
    let second = TimeDelta::seconds(1);
    world.choose("E1", "keystrokes", Answer::Give).await;
    let given = world.now();
    world.pass(second * 60);
    world.choose("E1", "keystrokes", Answer::Refuse).await;
    let withdrawn = world.now();
    world.pass(second * 60);
    let records = [
        record(1, given, given + second * 30),
        record(2, given - second, given + second),
        record(3, withdrawn, withdrawn + second),
    ];
    let results = send(&world, &records).await;
    assert_eq!(
        results,
        [
            json!({"index": 0, "id": format!("{:032x}", 1), "result": "accepted"}),
            json!({"index": 1, "id": format!("{:032x}", 2), "result": "quarantined", "reason": "no_choice"}),
            json!({"index": 2, "id": format!("{:032x}", 3), "result": "quarantined", "reason": "withdrawn"}),
        ]
    );
    assert_eq!(stored(&world).await, (1, 2));
    assert_eq!(
        send(&world, &records).await,
        results,
        "the same again is answered the same"
    );
    assert_eq!(stored(&world).await, (1, 2), "and stored once");
}

#[tokio::test]
async fn one_bad_record_never_fails_the_others() {
    let world = World::new().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let now = world.now();
    let good = record(1, now, now);
    let broken = |field: &str, value: Value| {
        let mut record = record(2, now, now);
        record[field] = value;
        record
    };
    let records = [
        json!("Secret-Person"),
        broken("id", json!("1")),
        broken("employee", json!("Secret Person")),
        broken("employee", json!(7)),
        broken("program", json!("other")),
        broken("category", json!("Keystrokes")),
        broken("from", json!("yesterday")),
        broken("to", json!(now + TimeDelta::hours(2))),
        broken("events", json!(0)),
        broken("events", json!(-1)),
        broken("events", json!(1.5)),
        broken("bytes", Value::Null),
        broken("dataset", json!("elsewhere")),
        broken("digest", json!("abc")),
        broken("app", json!(["Secret"])),
        good,
    ];
    let results = send(&world, &records).await;
    let fields: Vec<_> = results[..15]
        .iter()
        .map(|result| result["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "records", "id", "employee", "employee", "program", "category", "from", "to", "events",
            "events", "events", "bytes", "dataset", "digest", "app"
        ]
    );
    assert!(
        results[..15]
            .iter()
            .all(|result| result["result"] == "rejected")
    );
    assert_eq!(results[15]["result"], "accepted");
    assert!(!json!(results).to_string().contains("Secret"));
    assert_eq!(stored(&world).await, (1, 0));
}

#[tokio::test]
async fn a_body_that_is_no_batch_changes_nothing() {
    let world = World::new().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let now = world.now();
    let good = record(1, now, now);
    let twice = json!({"records": [good]}).to_string().replacen(
        "\"events\":12",
        "\"events\":12,\"events\":13",
        1,
    );
    let too_many = json!({"records": vec![json!({}); 1001]}).to_string();
    for body in [
        "",
        "{}",
        "[]",
        r#"{"records":null}"#,
        r#"{"records":{}}"#,
        &twice,
        &too_many,
    ] {
        let request = request(Method::POST, "/api/v1/records", &world.collector)
            .header("content-type", "application/json");
        let reply = world
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await;
        assert_eq!(reply.status, 400, "{body:.80}");
    }
    let huge = format!(
        "{{\"records\":[],\"x\":\"{}\"}}",
        "x".repeat(2 * 1024 * 1024)
    );
    let request = request(Method::POST, "/api/v1/records", &world.collector)
        .header("content-type", "application/json");
    assert_eq!(
        world
            .send(request.body(Body::from(huge)).unwrap())
            .await
            .status,
        413
    );
    let reply = world
        .post(
            &world.keeper,
            "/api/v1/records",
            &json!({"records": [good]}),
        )
        .await;
    assert_eq!(reply.status, 403, "a store does not collect");
    assert_eq!(stored(&world).await, (0, 0));
}

#[tokio::test]
async fn the_client_and_the_server_mean_the_same() {
    let world = World::new().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let now = world.now();
    let url = world.serve().await;
    let clock: sayso::client::moment::Clock =
        std::sync::Arc::new(move || sayso::client::moment::Moment::at(now));
    let key = world.collector.parse().unwrap();
    let client = Client::new(&url, &key, Timeouts::default(), Transport::Protected, clock).unwrap();
    let records: Vec<Record> = [
        record(1, now, now),
        record(2, now - TimeDelta::hours(3), now),
    ]
    .into_iter()
    .map(|record| serde_json::from_value(record).unwrap())
    .collect();
    let outcomes: Vec<_> = client
        .report(&records)
        .await
        .unwrap()
        .into_iter()
        .map(|item| item.outcome)
        .collect();
    assert_eq!(outcomes[0], Outcome::Accepted);
    assert!(
        matches!(&outcomes[1], Outcome::Rejected(reason) if reason.starts_with("to: ")),
        "{outcomes:?}"
    );
}
