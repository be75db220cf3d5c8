//! Every wrong shape of a body is 400, for every call that takes one, and changes nothing.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::agent_world::{World, request};

const CALLS: [&str; 5] = [
    "/access/v1/evaluation",
    "/access/v1/evaluations",
    "/access/v1/search/subject",
    "/access/v1/search/resource",
    "/access/v1/search/action",
];

fn good() -> Value {
    json!({
        "subject": {"type": "employee", "id": "E1", "properties": {"role": "clerk"}},
        "action": {"name": "collect", "properties": {"program": "mci"}},
        "resource": {"type": "data_category", "id": "keystrokes", "properties": {"app": "browser"}},
        "context": {"min_seq": 0, "agent_version": "1.0"},
        "unknown": [{"a": null}],
    })
}

async fn status(world: &World, path: &str, kind: &str, body: Vec<u8>) -> u16 {
    let request = request(Method::POST, path, &world.collector)
        .header("content-type", kind)
        .header("x-request-id", "shape");
    let reply = world.send(request.body(Body::from(body)).unwrap()).await;
    reply.status.as_u16()
}

#[tokio::test]
async fn a_body_that_is_not_one_json_object_is_malformed() {
    let world = World::new().await;
    let whole = good().to_string();
    for path in CALLS {
        for kind in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
        ] {
            assert_eq!(
                status(&world, path, kind, whole.clone().into()).await,
                200,
                "{path} {kind}"
            );
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonx",
            "",
        ] {
            assert_eq!(
                status(&world, path, kind, whole.clone().into()).await,
                400,
                "{path} {kind}"
            );
        }
        let twice = whole.replacen("{\"", "{\"x\":1,\"x\":2,\"", 1);
        let deep = whole.replace("[{\"a\":null}]", "[{\"a\":1,\"a\":1}]");
        let escaped = whole.replacen("\"id\":\"E1\"", "\"id\":\"E1\",\"\\u0069d\":\"E2\"", 1);
        let in_properties = whole.replace("\"role\":\"clerk\"", "\"role\":1,\"role\":1");
        assert!(
            [&twice, &deep, &escaped, &in_properties]
                .iter()
                .all(|text| **text != whole)
        );
        let nested = format!("{{\"unknown\":{}1{}}}", "[".repeat(300), "]".repeat(300));
        for bad in [
            "",
            "{",
            "nothing",
            "[]",
            "[{}]",
            "7",
            "\"x\"",
            "null",
            "true",
            &whole[..whole.len() - 1],
            &format!("{whole}{whole}"),
            &format!("\u{feff}{whole}"),
            &twice,
            &deep,
            &escaped,
            &in_properties,
            &nested,
        ] {
            assert_eq!(
                status(&world, path, "application/json", bad.into()).await,
                400,
                "{path} {bad}"
            );
        }
        let bytes = [whole.as_bytes(), b"\xff"].concat();
        assert_eq!(status(&world, path, "application/json", bytes).await, 400);
        let big = format!("{{\"x\":\"{}\"}}", "x".repeat(3 << 20));
        assert_eq!(
            status(&world, path, "application/json", big.into()).await,
            413,
            "{path}"
        );
    }
}

/// Pointer and value: what is put there must not be taken.
fn wrong() -> Vec<(&'static str, Value)> {
    let mut wrong = Vec::new();
    for entity in ["/subject", "/action", "/resource"] {
        for value in [json!("E1"), json!(["E1"]), json!(7), json!(true)] {
            wrong.push((entity, value));
        }
    }
    for text in [
        "/subject/type",
        "/subject/id",
        "/action/name",
        "/resource/type",
        "/resource/id",
    ] {
        for value in [json!(7), json!({}), json!(["x"]), json!(false), json!(null)] {
            wrong.push((text, value));
        }
    }
    for object in [
        "/subject/properties",
        "/action/properties",
        "/resource/properties",
        "/context",
    ] {
        for value in [json!("x"), json!([]), json!(7), json!(true)] {
            wrong.push((object, value));
        }
    }
    for value in [json!(7), json!({}), json!(true)] {
        wrong.push(("/action/properties/program", value.clone()));
        wrong.push(("/resource/properties/app", value));
    }
    for value in [json!("7"), json!(-1), json!(1.5), json!([])] {
        wrong.push(("/context/min_seq", value));
    }
    wrong
}

/// What a search for it does not look at.
fn is_overlooked(path: &str, pointer: &str) -> bool {
    match path {
        "/access/v1/search/subject" => pointer == "/subject/id",
        "/access/v1/search/resource" => pointer == "/resource/id",
        "/access/v1/search/action" => pointer.starts_with("/action"),
        _ => false,
    }
}

#[tokio::test]
async fn a_wrong_type_anywhere_is_malformed_and_what_is_searched_for_is_overlooked() {
    let world = World::new().await;
    for path in CALLS {
        for (pointer, value) in wrong() {
            let mut body = good();
            *body.pointer_mut(pointer).unwrap() = value.clone();
            let expected = if is_overlooked(path, pointer) {
                200
            } else {
                400
            };
            let reply = world.post(&world.collector, path, &body).await;
            assert_eq!(
                reply.status, expected,
                "{path} {pointer} {value} {}",
                reply.body
            );
        }
    }
}

#[tokio::test]
async fn null_is_not_there() {
    let world = World::new().await;
    for pointer in [
        "/context",
        "/context/min_seq",
        "/subject/properties",
        "/resource/properties",
        "/resource/properties/app",
    ] {
        let mut body = good();
        *body.pointer_mut(pointer).unwrap() = Value::Null;
        for path in CALLS {
            let reply = world.post(&world.collector, path, &body).await;
            assert_eq!(reply.status, 200, "{path} {pointer}");
        }
    }
    let mut body = good();
    *body.pointer_mut("/subject").unwrap() = Value::Null;
    for path in CALLS {
        assert_eq!(
            world.post(&world.collector, path, &body).await.status,
            400,
            "{path}"
        );
    }
}

#[tokio::test]
async fn other_methods_say_which_ones_are_allowed() {
    let world = World::new().await;
    for path in CALLS {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let request = request(method, path, &world.collector).header("x-request-id", "r");
            let reply = world.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(reply.status, 405, "{path}");
            assert_eq!(reply.headers["allow"], "POST");
        }
    }
}
