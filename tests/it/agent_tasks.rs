//! `GET /api/v1/tasks` and `POST /api/v1/tasks/{id}/attestation`.

use sayso::app::requests::{Ask, file, request};
use sayso::client::address::Transport;
use sayso::client::{Client, Timeouts};
use sayso::domain::agent::AgentKind;
use sayso::domain::request::{Attestation, Outcome, Request};
use serde_json::json;

use crate::agent_world::World;

async fn ask(world: &World) -> Request {
    let ask = Ask {
        category: Some("keystrokes".parse().unwrap()),
        ..Ask::default()
    };
    file(&world.app, &world.subject("E1").await, &ask, None)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_store_sees_its_tasks_and_answers_once() {
    let world = World::new().await;
    let filed = ask(&world).await;
    let list = world.get(&world.keeper, "/api/v1/tasks").await;
    let id = filed.tasks[0].id;
    assert_eq!(
        list.body,
        json!({"tasks": [{
            "id": id, "kind": "erasure", "dataset": "mci-all", "employee": "E1",
            "scope": {"program": "mci", "category": "keystrokes", "from": null, "to": filed.scope.to},
            "received_at": filed.received_at, "due_at": filed.due_at,
        }]})
    );
    let path = format!("/api/v1/tasks/{id}/attestation");
    let failed = json!({"outcome": "failed", "reason": "The tape robot is down."});
    let reply = world.post(&world.keeper, &path, &failed).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.body["open"]),
        (200, &json!(true))
    );
    let erased = json!({"outcome": "erased", "count": 12});
    for _ in 0..2 {
        let reply = world.post(&world.keeper, &path, &erased).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.body["open"]),
            (200, &json!(false)),
            "the same again is fine"
        );
    }
    let reply = world
        .post(&world.keeper, &path, &json!({"outcome": "no_match"}))
        .await;
    assert_eq!(reply.status, 409);
    assert_eq!(reply.body["type"], "urn:sayso:problem:already-answered");
    assert_eq!(
        world.get(&world.keeper, "/api/v1/tasks").await.body,
        json!({"tasks": []})
    );
    let done = request(&world.app, &world.subject("E1").await, &filed.id)
        .await
        .unwrap();
    assert!(done.completed_at.is_some());
}

#[tokio::test]
async fn a_bad_answer_names_its_field_and_changes_nothing() {
    let world = World::new().await;
    let filed = ask(&world).await;
    let path = format!("/api/v1/tasks/{}/attestation", filed.tasks[0].id);
    for (body, pointer) in [
        (json!({}), "/outcome"),
        (json!({"outcome": "done"}), "/outcome"),
        (json!({"outcome": ["erased"]}), "/outcome"),
        (json!({"outcome": "erased"}), "/count"),
        (json!({"outcome": "erased", "count": "12"}), "/count"),
        (json!({"outcome": "erased", "count": -1}), "/count"),
        (json!({"outcome": "no_match", "count": 1}), "/count"),
        (json!({"outcome": "retained"}), "/reason"),
        (json!({"outcome": "retained", "reason": 7}), "/reason"),
    ] {
        let reply = world.post(&world.keeper, &path, &body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert_eq!(reply.body["errors"][0]["pointer"], pointer, "{body}");
    }
    let same = request(&world.app, &world.subject("E1").await, &filed.id)
        .await
        .unwrap();
    assert_eq!(same, filed);
}

#[tokio::test]
async fn nobody_answers_for_another_store() {
    let world = World::new().await;
    let filed = ask(&world).await;
    let other = world.agent("attic", AgentKind::Store, &[]).await;
    let erased = json!({"outcome": "erased", "count": 12});
    let path = |id: &str| format!("/api/v1/tasks/{id}/attestation");
    let real = filed.tasks[0].id.to_string();
    let foreign = world.post(&other, &path(&real), &erased).await;
    let unknown = world.post(&other, &path(&"0".repeat(32)), &erased).await;
    assert_eq!(
        (foreign.status.as_u16(), &foreign.body),
        (404, &unknown.body),
        "the two look alike"
    );
    for odd in ["1", "%00", "..%2f..", &real.to_uppercase()] {
        assert_eq!(
            world.post(&world.keeper, &path(odd), &erased).await.status,
            404,
            "{odd}"
        );
    }
    assert_eq!(
        world.get(&other, "/api/v1/tasks").await.body,
        json!({"tasks": []})
    );
    assert_eq!(
        world
            .post(&world.collector, &path(&real), &erased)
            .await
            .status,
        403
    );
    assert_eq!(
        world.get(&world.collector, "/api/v1/tasks").await.status,
        403
    );
    assert_eq!(
        request(&world.app, &world.subject("E1").await, &filed.id)
            .await
            .unwrap(),
        filed
    );
}

#[tokio::test]
async fn the_client_takes_and_answers_tasks() {
    let world = World::new().await;
    let filed = ask(&world).await;
    let url = world.serve().await;
    let now = world.now();
    let clock: sayso::client::moment::Clock =
        std::sync::Arc::new(move || sayso::client::moment::Moment::at(now));
    let key = world.keeper.parse().unwrap();
    let client = Client::new(&url, &key, Timeouts::default(), Transport::Protected, clock).unwrap();
    let tasks = client.tasks().await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!(
        (tasks[0].id, tasks[0].employee.as_str(), tasks[0].scope.to),
        (filed.tasks[0].id, "E1", filed.scope.to)
    );
    let nothing = Attestation {
        outcome: Outcome::NoMatch,
        count: 0,
        reason: None,
    };
    client.attest(tasks[0].id, &nothing).await.unwrap();
    assert!(client.tasks().await.unwrap().is_empty());
    let other = Attestation {
        outcome: Outcome::Erased,
        count: 1,
        reason: None,
    };
    let error = client.attest(tasks[0].id, &other).await.unwrap_err();
    assert!(error.to_string().contains("409"), "{error}");
}
