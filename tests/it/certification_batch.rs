//! AuthZEN's certification scenario, levels Batch and Discovery.

use reqwest::Method;
use serde_json::{Value, json};

use crate::certification::{
    Harness, action, admin, ask, assert_decision, record, user, with_status,
};
use crate::crash_server::client;

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
