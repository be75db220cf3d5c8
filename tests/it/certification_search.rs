//! AuthZEN's certification scenario, level Search: Core, Properties and pages.

use serde_json::{Value, json};

use crate::certification::{Harness, action, admin, record, user, with_status};

const SUBJECT: &str = "/access/v1/search/subject";
const RESOURCE: &str = "/access/v1/search/resource";
const ACTION: &str = "/access/v1/search/action";

/// The names found, after a look at the substance of `search-*-response.json`.
async fn found(harness: &Harness, path: &str, body: &Value) -> Vec<String> {
    let answer = harness.post(path, body).await;
    if let Some(page) = answer.get("page") {
        assert!(page["next_token"].is_string(), "{answer}");
    }
    let name = |result: &Value| {
        let name = if path == ACTION {
            result["name"].as_str()
        } else {
            let kind = if path == SUBJECT { "user" } else { "record" };
            assert_eq!(result["type"], kind);
            result["id"].as_str()
        };
        name.unwrap().to_owned()
    };
    answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(name)
        .collect()
}

#[tokio::test]
async fn search_core_and_properties() {
    let harness = Harness::new().await;
    let (users, records) = (json!({"type": "user"}), json!({"type": "record"}));
    let readers =
        json!({"subject": users, "action": action("read"), "resource": record("record-1")});
    assert_eq!(found(&harness, SUBJECT, &readers).await, ["alice", "bob"]);
    let mut in_context = readers.clone();
    in_context["context"] = json!({"time": "2025-06-27T18:03-07:00"});
    in_context["subject"]["id"] = json!("ignored");
    assert_eq!(
        found(&harness, SUBJECT, &in_context).await,
        ["alice", "bob"]
    );
    let readable = json!({"subject": user("alice"), "action": action("read"), "resource": records});
    assert_eq!(found(&harness, RESOURCE, &readable).await, ["record-1"]);
    let actions =
        json!({"subject": user("alice"), "resource": record("record-1"), "action": "ignored"});
    assert_eq!(found(&harness, ACTION, &actions).await, ["read", "write"]);

    let archived = with_status("record-2", "archived");
    let writers = json!({"subject": users, "action": action("write"), "resource": archived});
    assert_eq!(found(&harness, SUBJECT, &writers).await, ["bob"]);
    let writable = json!({"subject": admin(), "action": action("write"), "resource": records});
    assert_eq!(found(&harness, RESOURCE, &writable).await, ["record-2"]);
    let actions = json!({"subject": admin(), "resource": archived});
    assert_eq!(found(&harness, ACTION, &actions).await, ["write"]);
}

#[tokio::test]
async fn unknown_names_and_types_find_nothing_and_missing_ones_are_refused() {
    let harness = Harness::new().await;
    let (users, records) = (json!({"type": "user"}), json!({"type": "record"}));
    let spaceship = json!({"type": "spaceship"});
    for (path, body) in [
        (
            ACTION,
            json!({"subject": user("nonexistent-user"), "resource": record("record-1")}),
        ),
        (
            ACTION,
            json!({"subject": user("alice"), "resource": {"type": "spaceship", "id": "record-1"}}),
        ),
        (
            SUBJECT,
            json!({"subject": spaceship, "action": action("read"), "resource": record("record-1")}),
        ),
        (
            SUBJECT,
            json!({"subject": users, "action": action("fly"), "resource": record("record-1")}),
        ),
        (
            SUBJECT,
            json!({"subject": users, "action": action("read"), "resource": record("Record 7")}),
        ),
        (
            RESOURCE,
            json!({"subject": user("alice"), "action": action("read"), "resource": spaceship}),
        ),
        (
            RESOURCE,
            json!({"subject": {"type": "spaceship", "id": "alice"}, "action": action("read"), "resource": records}),
        ),
    ] {
        assert_eq!(
            harness.post(path, &body).await,
            json!({"results": []}),
            "{path} {body}"
        );
    }
    for (path, body) in [
        (
            SUBJECT,
            json!({"subject": users, "resource": record("record-1")}),
        ),
        (
            SUBJECT,
            json!({"subject": users, "action": action("read"), "resource": records}),
        ),
        (
            SUBJECT,
            json!({"subject": {}, "action": action("read"), "resource": record("record-1")}),
        ),
        (
            SUBJECT,
            json!({"subject": {"type": 1}, "action": action("read"), "resource": record("record-1")}),
        ),
        (
            RESOURCE,
            json!({"action": action("read"), "resource": records}),
        ),
        (
            RESOURCE,
            json!({"subject": users, "action": action("read"), "resource": records}),
        ),
        (
            RESOURCE,
            json!({"subject": user("alice"), "action": {}, "resource": records}),
        ),
        (
            RESOURCE,
            json!({"subject": user("alice"), "action": action("read"), "resource": "record"}),
        ),
        (ACTION, json!({"subject": user("alice")})),
        (
            ACTION,
            json!({"subject": user("alice"), "resource": records}),
        ),
    ] {
        assert_eq!(harness.status(path, &body).await, 400, "{path} {body}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_belong_to_one_request() {
    let harness = Harness::new().await;
    let search = |page: Value| json!({"subject": {"type": "user"}, "action": action("read"), "resource": record("record-1"), "page": page});
    let first = harness
        .post(SUBJECT, &search(json!({"limit": 1, "more": true})))
        .await;
    assert_eq!(first["results"], json!([user("alice")]));
    assert_eq!(first["page"]["count"], 1);
    let token = first["page"]["next_token"].clone();
    assert_ne!(token, "");
    let second = harness
        .post(SUBJECT, &search(json!({"token": token})))
        .await;
    assert_eq!(second["results"], json!([user("bob")]));
    assert_eq!(second["page"]["next_token"], "");
    let none = harness.post(SUBJECT, &search(json!({"limit": 0}))).await;
    assert_eq!(none["results"], json!([]));
    let rest = json!({"token": none["page"]["next_token"], "limit": 7});
    assert_eq!(
        found(&harness, SUBJECT, &search(rest)).await,
        ["alice", "bob"]
    );

    let mut other = search(json!({"token": token}));
    other["action"] = action("write");
    assert_eq!(
        harness.status(SUBJECT, &other).await,
        400,
        "another request"
    );
    let mut other = search(json!({"token": token}));
    other["context"] = json!({"ip": "::1"});
    assert_eq!(
        harness.status(SUBJECT, &other).await,
        400,
        "another context"
    );
    let resources = json!({
        "subject": user("alice"), "action": action("read"), "resource": {"type": "record"}, "page": {"token": token},
    });
    assert_eq!(
        harness.status(RESOURCE, &resources).await,
        400,
        "another search"
    );
    for page in [
        json!([]),
        json!("next"),
        json!({"token": 7}),
        json!({"limit": -1}),
        json!({"limit": "1"}),
        json!({"limit": 1.5}),
        json!({"token": "AAAA"}),
        json!({"token": "?"}),
        json!({"token": format!("{}A", token.as_str().unwrap())}),
    ] {
        assert_eq!(
            harness.status(SUBJECT, &search(page.clone())).await,
            400,
            "{page}"
        );
    }
    for page in [
        json!(null),
        json!({}),
        json!({"token": null, "limit": null}),
        json!({"token": ""}),
    ] {
        assert_eq!(
            found(&harness, SUBJECT, &search(page)).await,
            ["alice", "bob"]
        );
    }
}
