//! `GET /api/v1/snapshot`: what is in it, its pages, its `ETag`.

use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use serde_json::{Value, json};

use crate::agent_world::{Reply, World, request};

async fn fetch(world: &World, query: &str) -> Value {
    let reply = world
        .get(&world.collector, &format!("/api/v1/snapshot{query}"))
        .await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    reply.body
}

async fn unless(world: &World, query: &str, tag: &str) -> Reply {
    let asked = request(
        Method::GET,
        &format!("/api/v1/snapshot{query}"),
        &world.collector,
    );
    let asked = asked.header("if-none-match", tag);
    world.send(asked.body(Body::empty()).unwrap()).await
}

/// Everybody says yes to everything, but for one no.
async fn chosen() -> World {
    let world = World::new().await;
    for id in ["E1", "E2"] {
        for category in ["keystrokes", "mouse_movement"] {
            world.choose(id, category, Answer::Give).await;
        }
    }
    world.choose("E2", "keystrokes", Answer::Refuse).await;
    world
}

#[tokio::test]
async fn a_snapshot_lists_the_programmes_and_every_choice_that_permits() {
    let world = chosen().await;
    let snapshot = fetch(&world, "").await;
    let check = world
        .post(
            &world.collector,
            "/access/v1/evaluation",
            &json!({"subject": {"type": "employee", "id": "E1"},
                "action": {"name": "collect", "properties": {"program": "mci"}},
                "resource": {"type": "data_category", "id": "keystrokes"}}),
        )
        .await;
    assert_eq!(snapshot["seq"], check.body["context"]["seq"]);
    assert_eq!(
        (&snapshot["lease_ms"], &snapshot["next"]),
        (&json!(5000), &json!(null))
    );
    assert_eq!(
        snapshot["programs"],
        json!([{"id": "mci", "status": "active", "since": "2026-11-23T08:00:00Z",
            "categories": ["keystrokes", "mouse_movement"], "apps": []}])
    );
    let permit = |employee: &str, category: &str, second: u32| {
        json!({"employee": employee, "program": "mci", "category": category,
            "since": format!("2026-11-23T08:00:0{second}Z"), "until": null, "conditions": []})
    };
    assert_eq!(
        snapshot["permits"],
        json!([
            permit("E1", "keystrokes", 1),
            permit("E1", "mouse_movement", 2),
            permit("E2", "mouse_movement", 4),
        ])
    );
}

#[tokio::test]
async fn each_agent_gets_its_categories_and_whom_it_asks_for() {
    let world = chosen().await;
    let keys = world
        .agent("keys", AgentKind::Collector, &["keystrokes"])
        .await;
    let snapshot = world.get(&keys, "/api/v1/snapshot").await.body;
    assert_eq!(snapshot["programs"][0]["categories"], json!(["keystrokes"]));
    let permits = snapshot["permits"].as_array().unwrap();
    assert_eq!(permits.len(), 1);
    assert_eq!(permits[0]["employee"], "E1");
    let second = fetch(&world, "?employees=E2,nobody").await;
    let permits = second["permits"].as_array().unwrap();
    assert_eq!(permits.len(), 1);
    assert_eq!(permits[0]["employee"], "E2");
    assert_eq!(
        world.get(&world.keeper, "/api/v1/snapshot").await.status,
        403
    );
}

#[tokio::test]
async fn pages_neither_repeat_nor_leave_out() {
    let world = chosen().await;
    let whole = fetch(&world, "").await["permits"].clone();
    for limit in 1..=3 {
        let (mut permits, mut next) = (Vec::new(), String::new());
        loop {
            let page = fetch(&world, &format!("?limit={limit}{next}")).await;
            let own = page["permits"].as_array().unwrap();
            assert!(own.len() <= limit);
            permits.extend(own.iter().cloned());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&after={cursor}"),
                None => break,
            }
        }
        assert_eq!(Value::from(permits), whole, "pages of {limit}");
    }
    for query in [
        "?limit=0",
        "?limit=10001",
        "?limit=x",
        "?after=x",
        "?after=RTE",
    ] {
        let path = format!("/api/v1/snapshot{query}");
        let reply = world.get(&world.collector, &path).await;
        assert_eq!(reply.status, 400, "{query}");
    }
}

#[tokio::test]
async fn an_unchanged_snapshot_is_not_sent_again_and_a_changed_one_is() {
    let world = chosen().await;
    let first = world.get(&world.collector, "/api/v1/snapshot").await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let seq = first.body["seq"].to_string();
    assert!(
        tag.starts_with(&format!("\"sayso.example/log-{seq}-")),
        "{tag}"
    );
    for known in [tag.clone(), format!("\"other\", {tag}"), "*".to_owned()] {
        let same = unless(&world, "", &known).await;
        assert_eq!((same.status.as_u16(), &same.body), (304, &Value::Null));
        assert_eq!(same.headers["etag"], tag.as_str());
    }
    // Another question has another answer, and so has another agent's.
    assert_eq!(unless(&world, "?employees=E1", &tag).await.status, 200);
    assert_eq!(unless(&world, "?limit=1", &tag).await.status, 200);
    let other = world.agent("other", AgentKind::Collector, &[]).await;
    let other = world.get(&other, "/api/v1/snapshot").await;
    assert_ne!(other.headers["etag"], tag.as_str());
    world.choose("E1", "keystrokes", Answer::Refuse).await;
    let changed = unless(&world, "", &tag).await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body["permits"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_permit_names_its_end_and_is_gone_after_it() {
    let world = chosen().await;
    let text = sayso::domain::notice::NoticeText {
        title: "Input capture".into(),
        summary: "More is captured.".into(),
        body: "Text.".into(),
    };
    let draft = sayso::app::notices::Draft {
        notice: "mci".parse().unwrap(),
        material: true,
        effective_on: Some("2026-11-25".parse().unwrap()),
        texts: [(sayso::domain::employee::Locale::En, text)].into(),
    };
    sayso::app::notices::publish(&world.app, &draft, None)
        .await
        .unwrap();
    let first = world.get(&world.collector, "/api/v1/snapshot").await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    for permit in first.body["permits"].as_array().unwrap() {
        assert_eq!(permit["until"], "2026-11-25T00:00:00Z");
    }
    world.pass(TimeDelta::days(2));
    let later = unless(&world, "", &tag).await;
    assert_eq!(
        later.status, 200,
        "the position is the same, the content is not"
    );
    assert_eq!(later.body["seq"], first.body["seq"]);
    assert_eq!(later.body["permits"], json!([]));
}
