//! `POST /access/v1/evaluation` and `/evaluations`: AuthZEN 1.0 on the real router and database.

use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use serde_json::{Value, json};

use crate::agent_world::{World, request};

fn question(employee: &str, category: &str) -> Value {
    json!({
        "subject": {"type": "employee", "id": employee},
        "action": {"name": "collect", "properties": {"program": "mci"}},
        "resource": {"type": "data_category", "id": category},
    })
}

async fn ask(world: &World, employee: &str, category: &str) -> Value {
    let reply = world
        .post(
            &world.collector,
            "/access/v1/evaluation",
            &question(employee, category),
        )
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["cache-control"], "no-store");
    reply.body
}

#[tokio::test]
async fn the_answer_follows_the_choice_at_once() {
    let world = World::new().await;
    let no = ask(&world, "E1", "keystrokes").await;
    assert_eq!(
        (&no["decision"], &no["context"]["reason"]),
        (&json!(false), &json!("no_choice"))
    );
    world.choose("E1", "keystrokes", Answer::Give).await;
    let given_at = world.now();
    world.pass(TimeDelta::seconds(9));
    let yes = ask(&world, "E1", "keystrokes").await;
    let seq = yes["context"]["seq"].as_u64().unwrap();
    assert_eq!(
        yes,
        json!({"decision": true, "context": {
            "reason": "consent_given", "seq": seq, "as_of": world.now(), "lease_ms": 5000, "since": given_at,
        }})
    );
    assert_eq!(
        ask(&world, "E1", "mouse_movement").await["decision"],
        false,
        "one category is not another"
    );
    assert_eq!(
        ask(&world, "E2", "keystrokes").await["decision"],
        false,
        "one person is not another"
    );
    world.choose("E1", "keystrokes", Answer::Refuse).await;
    let no = ask(&world, "E1", "keystrokes").await;
    assert_eq!(
        (&no["decision"], &no["context"]["reason"]),
        (&json!(false), &json!("withdrawn"))
    );
    assert!(no["context"]["seq"].as_u64().unwrap() > seq);
}

#[tokio::test]
async fn somebody_unknown_looks_like_somebody_who_never_chose() {
    let world = World::new().await;
    let known = ask(&world, "E1", "keystrokes").await;
    for unknown in ["E999", "", "not an id", &"x".repeat(10_000)] {
        assert_eq!(ask(&world, unknown, "keystrokes").await, known, "{unknown}");
    }
}

#[tokio::test]
async fn an_agent_is_answered_for_what_it_is_registered_for() {
    let world = World::new().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let pointer = world
        .agent("pointer", AgentKind::Collector, &["mouse_movement"])
        .await;
    for key in [&pointer, &world.keeper] {
        let reply = world
            .post(key, "/access/v1/evaluation", &question("E1", "keystrokes"))
            .await;
        assert_eq!(reply.body["decision"], false);
        assert_eq!(reply.body["context"]["reason"], "agent_not_registered");
    }
    for (pointer, word) in [
        ("/action/properties/program", "other"),
        ("/resource/id", "screen_content"),
        ("/action/name", "read"),
        ("/resource/type", "record"),
    ] {
        let mut question = question("E1", "keystrokes");
        *question.pointer_mut(pointer).unwrap() = json!(word);
        let reply = world
            .post(&world.collector, "/access/v1/evaluation", &question)
            .await;
        assert_eq!(
            (reply.status.as_u16(), &reply.body["decision"]),
            (200, &json!(false)),
            "{pointer}"
        );
    }
}

#[tokio::test]
async fn a_batch_merges_defaults_answers_in_order_and_isolates_bad_items() {
    let world = World::new().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let mut body = question("E1", "keystrokes");
    body["evaluations"] = json!([
        {},
        {"resource": {"type": "data_category", "id": "mouse_movement"}},
        {"subject": "E1"},
        {"subject": {"type": "employee", "id": "E2"}, "unknown": [1]},
        {"resource": null},
    ]);
    let reply = world
        .post(&world.collector, "/access/v1/evaluations", &body)
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body.get("decision"), None);
    let answers = reply.body["evaluations"].as_array().unwrap();
    let decisions: Vec<_> = answers
        .iter()
        .map(|answer| answer["decision"].as_bool().unwrap())
        .collect();
    assert_eq!(decisions, [true, false, false, false, true]);
    assert_eq!(answers[2]["context"]["error"]["status"], 400);
    assert_eq!(answers[3]["context"]["reason"], "no_choice");

    body["options"] = json!({"evaluations_semantic": "deny_on_first_deny"});
    let reply = world
        .post(&world.collector, "/access/v1/evaluations", &body)
        .await;
    assert_eq!(reply.body["evaluations"].as_array().unwrap().len(), 2);
    body["options"] = json!({"evaluations_semantic": "permit_on_first_permit"});
    let reply = world
        .post(&world.collector, "/access/v1/evaluations", &body)
        .await;
    assert_eq!(reply.body["evaluations"].as_array().unwrap().len(), 1);

    for none in [json!([]), Value::Null] {
        body["evaluations"] = none;
        let reply = world
            .post(&world.collector, "/access/v1/evaluations", &body)
            .await;
        assert_eq!(reply.body["decision"], true, "answered as the single call");
        assert_eq!(reply.body.get("evaluations"), None);
    }
    let all_bad = json!({"evaluations": [{}, {}]});
    let reply = world
        .post(&world.collector, "/access/v1/evaluations", &all_bad)
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["evaluations"][1]["decision"], false);
}

#[tokio::test]
async fn every_wrong_shape_is_400_and_says_nothing_of_what_was_sent() {
    let world = World::new().await;
    let good = question("Secret-Person", "keystrokes").to_string();
    let json_type = "application/json";
    let bad: Vec<(&str, String)> = vec![
        ("text/plain", good.clone()),
        ("", good.clone()),
        ("application/jsonx", good.clone()),
        (json_type, String::new()),
        (json_type, "{".into()),
        (json_type, format!("[{good}]")),
        (json_type, format!("{good}{good}")),
        (json_type, "\"Secret-Person\"".into()),
        (json_type, "{}".into()),
        (
            json_type,
            good.replace(
                "{\"id\":\"Secret-Person\",\"type\":\"employee\"}",
                "\"Secret-Person\"",
            ),
        ),
        (json_type, good.replace("\"Secret-Person\"", "7")),
        (
            json_type,
            good.replace("\"type\":\"employee\"", "\"typ\":\"employee\""),
        ),
        (
            json_type,
            good.replace(
                "\"id\":\"Secret-Person\"",
                "\"id\":\"a\",\"id\":\"Secret-Person\"",
            ),
        ),
        (
            json_type,
            good.replacen('{', "{\"context\":\"Secret-Person\",", 1),
        ),
        (
            json_type,
            good.replace("\"name\":\"collect\"", "\"name\":123"),
        ),
        (json_type, good.replace("\"mci\"", "[\"Secret-Person\"]")),
    ];
    for path in ["/access/v1/evaluation", "/access/v1/evaluations"] {
        for (content_type, body) in &bad {
            let mut request =
                request(Method::POST, path, &world.collector).header("x-request-id", "r-17");
            if !content_type.is_empty() {
                request = request.header("content-type", *content_type);
            }
            let reply = world
                .send(request.body(Body::from(body.clone())).unwrap())
                .await;
            assert_eq!(reply.status, 400, "{content_type} {body}");
            assert!(!reply.body.to_string().contains("Secret"), "{}", reply.body);
        }
        let request = request(Method::POST, path, &world.collector)
            .header("content-type", "application/json; charset=utf-8");
        let reply = world
            .send(request.body(Body::from(good.clone())).unwrap())
            .await;
        assert_eq!(reply.status, 200);
    }
}
