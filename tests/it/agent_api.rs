//! What holds for every route of the agent API.

use axum::body::Body;
use axum::http::{Method, Request};
use sayso::app::agents::{revoke, rotate};
use sayso::domain::agent::AgentKey;
use sayso::http::agents::{Caller, TABLE};

use crate::agent_world::{World, request};

#[tokio::test]
async fn without_a_live_key_every_route_for_agents_is_closed() {
    let world = World::new().await;
    let stranger = AgentKey::from_random([1; 6], [2; 24]).expose();
    let real: AgentKey = world.collector.parse().unwrap();
    let mut guess = [0_u8; 6];
    for (index, byte) in guess.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&real.id()[index * 2..index * 2 + 2], 16).unwrap();
    }
    let guess = AgentKey::from_random(guess, [2; 24]).expose();
    let revoked = world
        .agent("old", sayso::domain::agent::AgentKind::Both, &[])
        .await;
    revoke(&world.app, &"old".parse().unwrap()).await.unwrap();
    let headers = [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        format!("Basic {}", world.collector),
        format!("Bearer {stranger}"),
        format!("Bearer {guess}"),
        format!("Bearer {revoked}"),
        format!("Bearer {} {}", world.collector, world.collector),
    ];
    for (method, path, _) in TABLE
        .iter()
        .filter(|(_, _, caller)| *caller == Caller::Agent)
    {
        for header in &headers {
            let mut request = Request::builder()
                .method(method)
                .uri(path.replace("{id}", &"0".repeat(32)))
                .header("x-request-id", "r-1");
            if !header.is_empty() {
                request = request.header("authorization", header);
            }
            let reply = world
                .send(request.body(Body::from("not json")).unwrap())
                .await;
            assert_eq!(reply.status, 401, "{method} {path} {header}");
            assert_eq!(reply.headers["www-authenticate"], "Bearer realm=\"sayso\"");
            assert_eq!(reply.headers["cache-control"], "no-store");
        }
        let two = request(method.clone(), &path.replace("{id}", "0"), &world.collector)
            .header("authorization", format!("Bearer {stranger}"));
        assert_eq!(
            world.send(two.body(Body::empty()).unwrap()).await.status,
            401,
            "two keys are no key"
        );
    }
}

#[tokio::test]
async fn a_rotated_key_works_beside_the_one_before() {
    let world = World::new().await;
    world.pass(chrono::TimeDelta::seconds(1));
    let new = rotate(&world.app, &"lake".parse().unwrap())
        .await
        .unwrap()
        .expose();
    for key in [&world.keeper, &new] {
        assert_eq!(world.get(key, "/api/v1/tasks").await.status, 200);
    }
    world.pass(chrono::TimeDelta::seconds(1));
    let newest = rotate(&world.app, &"lake".parse().unwrap())
        .await
        .unwrap()
        .expose();
    assert_eq!(world.get(&world.keeper, "/api/v1/tasks").await.status, 401);
    assert_eq!(world.get(&newest, "/api/v1/tasks").await.status, 200);
}

#[tokio::test]
async fn other_methods_are_405_and_other_paths_404_as_problems() {
    let world = World::new().await;
    for (method, path, _) in &TABLE {
        if *path == "/openapi.json" {
            continue;
        }
        for other in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
        ] {
            if other == *method {
                continue;
            }
            let path = path.replace("{id}", &"0".repeat(32));
            let request =
                request(other.clone(), &path, &world.collector).header("x-request-id", "r-2");
            let reply = world.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(reply.status, 405, "{other} {path}");
            let allow = reply.headers["allow"].to_str().unwrap();
            assert!(allow.contains(method.as_str()), "{path}: {allow}");
        }
    }
    for path in [
        "/access/v1/search/everything",
        "/access/v1/nothing",
        "/api/v1/nothing",
        "/api/v1/tasks/",
    ] {
        let request = request(Method::POST, path, &world.collector).header("x-request-id", "r-3");
        assert_eq!(
            world
                .send(request.body(Body::empty()).unwrap())
                .await
                .status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_description_names_every_route_and_has_not_changed_unseen() {
    let world = World::new().await;
    let reply = world
        .send(Request::get("/openapi.json").body(Body::empty()).unwrap())
        .await;
    assert_eq!(reply.status, 200);
    assert!(reply.body["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described: Vec<_> = reply.body["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .keys()
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let mut routes: Vec<_> = TABLE
        .iter()
        .filter(|(_, path, _)| *path != "/openapi.json")
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    described.sort();
    routes.sort();
    assert_eq!(described, routes);
    let properties = reply.body["components"]["schemas"]["RecordItem"]["properties"]
        .as_object()
        .unwrap();
    let record: sayso::domain::record::Record = serde_json::from_value(serde_json::json!({
        "id": "0".repeat(32), "employee": "E1", "program": "mci", "category": "keystrokes", "from": "2026-11-23T08:00:00Z",
        "to": "2026-11-23T08:00:00Z", "events": 1, "bytes": 1, "dataset": "mci-all", "digest": "0".repeat(64),
    })).unwrap();
    let record = serde_json::to_value(record).unwrap();
    assert!(
        properties.keys().eq(record.as_object().unwrap().keys()),
        "the description and the record have the same fields"
    );
    insta::assert_json_snapshot!("openapi", reply.body);
}
