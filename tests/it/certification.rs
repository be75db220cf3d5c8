//! AuthZEN's certification scenario (openid/authzen, `certification/authorization-api-1_0-scenario.md`), against a server
//! on the seeded fixture: Basic, Batch and Discovery here, Search in `certification_search`. Every answer is held against
//! the substance of the published JSON schemas (`api/schemas/`).

use std::sync::Arc;

use reqwest::{Method, RequestBuilder};
use sayso::app::App;
use sayso::app::clock::{Random, SystemClock};
use sayso::app::settings::Settings;
use sayso::app::writer::Keys;
use sayso::demo::fixture;
use sayso::http::router;
use sayso::ledger::key::SignerKey;
use sayso::ledger::seal::EpochKey;
use sayso::store;
use serde_json::{Value, json};

use crate::crash_server::client;

/// A server with the fixture, and its agent.
pub struct Harness {
    base: String,
    key: String,
    _data: tempfile::TempDir,
}

impl Harness {
    pub async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", data.path().join("sayso.db").display());
        let store = store::open(&url).await.unwrap();
        let keys = Keys {
            signer: SignerKey::new("pdp.example/log", [1; 32]).unwrap(),
            epochs: EpochKey::new(1, [2; 32]).into(),
        };
        let settings = Settings {
            url: Some("https://pdp.example".into()),
            ..Settings::default()
        };
        let (clock, random) = (Arc::new(SystemClock::real()), Random::system());
        let app = App::start(store.clone(), clock, random, settings, keys);
        let app = app.await.unwrap();
        let key = fixture::seed(&app, &*store).await.unwrap().expose();
        assert!(
            fixture::seed(&app, &*store).await.is_err(),
            "it is not empty any more"
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = router(app, data.path(), false);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            base,
            key,
            _data: data,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = client().request(method, format!("{}{path}", self.base));
        request.bearer_auth(&self.key)
    }

    /// The body of a 200 answer.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.request(Method::POST, path).json(body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path} {body}");
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert_eq!(kind.split(';').next(), Some("application/json"));
        response.json().await.unwrap()
    }

    pub async fn status(&self, path: &str, body: &Value) -> u16 {
        let request = self.request(Method::POST, path).json(body);
        request.send().await.unwrap().status().as_u16()
    }

    async fn decides(&self, body: Value, expected: bool) {
        let answer = self.post("/access/v1/evaluation", &body).await;
        assert_decision(&answer);
        assert_eq!(answer["decision"], expected, "{body} {answer}");
    }

    async fn decides_all(&self, body: Value, expected: &[Option<bool>]) {
        let answer = self.post("/access/v1/evaluations", &body).await;
        assert_eq!(answer.get("decision"), None, "{answer}");
        let items = answer["evaluations"].as_array().unwrap();
        assert_eq!(items.len(), expected.len(), "{body} {answer}");
        for (item, expected) in items.iter().zip(expected) {
            assert_decision(item);
            if let Some(expected) = expected {
                assert_eq!(item["decision"], *expected, "{body} {answer}");
            }
        }
    }
}

/// `access-evaluation-response.json`: a boolean decision, and a context that is an object.
fn assert_decision(answer: &Value) {
    assert!(answer["decision"].is_boolean(), "{answer}");
    let context = answer.get("context");
    assert!(context.is_none_or(Value::is_object), "{answer}");
}

pub fn user(id: &str) -> Value {
    json!({"type": "user", "id": id})
}

pub fn admin() -> Value {
    json!({"type": "user", "id": "bob", "properties": {"role": "admin"}})
}

pub fn record(id: &str) -> Value {
    json!({"type": "record", "id": id})
}

pub fn with_status(id: &str, status: &str) -> Value {
    json!({"type": "record", "id": id, "properties": {"status": status}})
}

pub fn action(name: &str) -> Value {
    json!({"name": name})
}

fn ask(subject: Value, action: Value, resource: Value) -> Value {
    json!({"subject": subject, "action": action, "resource": resource})
}

#[tokio::test]
async fn basic_core_and_properties() {
    let harness = Harness::new().await;
    let read = || ask(user("alice"), action("read"), record("record-1"));
    harness.decides(read(), true).await;
    harness
        .decides(
            ask(user("alice"), action("write"), record("record-1")),
            true,
        )
        .await;
    harness
        .decides(ask(user("bob"), action("read"), record("record-1")), true)
        .await;
    harness
        .decides(ask(user("bob"), action("write"), record("record-1")), false)
        .await;
    let mut with_context = read();
    with_context["context"] = json!({"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"});
    harness.decides(with_context, true).await;
    let mut unknown = read();
    unknown["foo"] = json!("bar");
    unknown["futureField"] = json!({"nested": true});
    harness.decides(unknown, true).await;
    let additional = json!({
        "subject": {"type": "user", "id": "alice", "properties": {"department": "Sales", "role": "manager"}},
        "action": {"name": "read", "properties": {"method": "GET"}},
        "resource": {"type": "record", "id": "record-1", "properties": {"status": "active", "owner": "bob"}},
    });
    harness.decides(additional, true).await;
    for _ in 0..5 {
        harness.decides(read(), true).await;
    }

    let archived = || with_status("record-2", "archived");
    harness
        .decides(ask(user("alice"), action("write"), archived()), false)
        .await;
    harness
        .decides(
            ask(
                user("alice"),
                action("write"),
                with_status("record-1", "archived"),
            ),
            false,
        )
        .await;
    harness
        .decides(ask(admin(), action("write"), archived()), true)
        .await;
    for soft in [true, false] {
        let delete = json!({"name": "delete", "properties": {"soft": soft}});
        harness
            .decides(ask(user("alice"), delete, record("record-1")), soft)
            .await;
    }
}

#[tokio::test]
async fn what_a_caller_says_never_widens() {
    let harness = Harness::new().await;
    let boss = json!({"type": "user", "id": "alice", "properties": {"role": "admin"}});
    harness
        .decides(ask(boss, action("write"), record("record-2")), false)
        .await;
    let clerk = json!({"type": "user", "id": "bob", "properties": {"role": "clerk"}});
    harness
        .decides(ask(clerk, action("write"), record("record-2")), false)
        .await;
    harness
        .decides(ask(user("bob"), action("write"), record("record-2")), true)
        .await;
    harness
        .decides(
            ask(user("alice"), action("delete"), record("record-1")),
            false,
        )
        .await;
    let loose = json!({"name": "delete", "properties": {"soft": "true"}});
    harness
        .decides(ask(user("alice"), loose, record("record-1")), false)
        .await;
}

#[tokio::test]
async fn basic_errors_and_headers() {
    let harness = Harness::new().await;
    let path = "/access/v1/evaluation";
    let (subject, action, resource) = (user("alice"), action("read"), record("record-1"));
    for bad in [
        json!({"action": action, "resource": resource}),
        json!({"subject": subject, "resource": resource}),
        json!({"subject": subject, "action": action}),
        ask(json!({"id": "alice"}), action.clone(), resource.clone()),
        ask(json!({"type": "user"}), action.clone(), resource.clone()),
        ask(subject.clone(), json!({}), resource.clone()),
        ask(subject.clone(), action.clone(), json!({"id": "record-1"})),
        ask(subject.clone(), action.clone(), json!({"type": "record"})),
        ask(json!("alice"), action.clone(), resource.clone()),
        ask(subject.clone(), json!({"name": 123}), resource.clone()),
    ] {
        assert_eq!(harness.status(path, &bad).await, 400, "{bad}");
    }
    let good = ask(subject, action, resource);
    for (kind, body) in [
        ("text/plain", good.to_string()),
        ("application/json", "{".to_owned()),
        ("application/json", String::new()),
    ] {
        let request = harness
            .request(Method::POST, path)
            .header("content-type", kind);
        let request = request.header("x-request-id", "r-7").body(body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["x-request-id"], "r-7");
    }
    let request = harness.request(Method::POST, path).json(&good);
    let response = request.header("x-request-id", "r-8").send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "r-8");
}

#[tokio::test]
async fn batch_core_and_properties() {
    let harness = Harness::new().await;
    let (yes, no) = (Some(true), Some(false));
    let two = json!({
        "subject": user("alice"), "action": action("read"),
        "evaluations": [{"resource": record("record-1")}, {"resource": record("record-2")}],
    });
    harness.decides_all(two, &[yes, None]).await;
    let bob = json!({
        "subject": user("bob"), "resource": record("record-1"),
        "evaluations": [{"action": action("read")}, {"action": action("write")}],
    });
    harness.decides_all(bob, &[yes, no]).await;
    let whole = json!({"evaluations": [
        ask(user("alice"), action("read"), record("record-1")), ask(user("bob"), action("write"), record("record-1")),
    ]});
    harness.decides_all(whole, &[yes, no]).await;
    let context = json!({
        "subject": user("alice"), "action": action("read"), "context": {"time": "2025-06-27T18:03-07:00"},
        "evaluations": [
            {"resource": record("record-1")},
            {"resource": record("record-2"), "context": {"time": "2025-06-27T19:00-07:00", "source": "batch-override"}},
        ],
    });
    harness.decides_all(context, &[None, None]).await;
    let (active, archived) = (
        with_status("record-1", "active"),
        with_status("record-2", "archived"),
    );
    let statuses = json!({
        "subject": user("alice"), "action": action("write"),
        "evaluations": [{"resource": active}, {"resource": archived}],
    });
    harness.decides_all(statuses, &[yes, no]).await;
    let subjects = json!({
        "action": action("write"), "resource": archived,
        "evaluations": [{"subject": user("alice")}, {"subject": admin()}],
    });
    harness.decides_all(subjects, &[no, yes]).await;
    let merged = json!({
        "subject": user("alice"), "action": action("write"), "resource": {"type": "record"},
        "evaluations": [{"resource": {"id": "record-1", "properties": {"status": "active"}}}, {"resource": archived}],
    });
    harness.decides_all(merged, &[yes, no]).await;
    let lacking = json!({
        "subject": user("alice"), "action": action("read"), "evaluations": [{"resource": record("record-1")}, {}],
    });
    harness.decides_all(lacking, &[yes, no]).await;
    harness
        .decides_all(json!({"evaluations": [{}, {}]}), &[no, no])
        .await;
    for items in [None, Some(json!([]))] {
        let mut single = ask(user("alice"), action("read"), record("record-1"));
        if let Some(items) = items {
            single["evaluations"] = items;
        }
        let answer = harness.post("/access/v1/evaluations", &single).await;
        assert_decision(&answer);
        assert_eq!(
            (&answer["decision"], answer.get("evaluations")),
            (&json!(true), None)
        );
    }
}

#[tokio::test]
async fn discovery_names_every_call_by_its_whole_https_address() {
    let harness = Harness::new().await;
    let path = "/.well-known/authzen-configuration";
    let response = client()
        .get(format!("{}{path}", harness.base))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let metadata: Value = response.json().await.unwrap();
    assert_eq!(metadata["policy_decision_point"], "https://pdp.example");
    for (name, call) in [
        ("access_evaluation_endpoint", "evaluation"),
        ("access_evaluations_endpoint", "evaluations"),
        ("search_subject_endpoint", "search/subject"),
        ("search_resource_endpoint", "search/resource"),
        ("search_action_endpoint", "search/action"),
    ] {
        assert_eq!(
            metadata[name],
            format!("https://pdp.example/access/v1/{call}")
        );
    }
    let wrong = harness
        .request(Method::POST, path)
        .header("x-request-id", "r-9");
    let wrong = wrong.send().await.unwrap();
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.headers()["x-request-id"], "r-9");
    assert!(wrong.headers()["allow"].to_str().unwrap().contains("GET"));
}
