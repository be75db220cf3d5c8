//! A narrowed yes, through the front doors: the check, the records, the receipt, and both databases.

use sayso::app::choices::{Choosing, choose};
use sayso::domain::choice::{Answer, ChoiceState};
use sayso::domain::condition::Conditions;
use sayso::domain::employee::Locale;
use serde_json::{Value, json};

use crate::agent_world::World;

const MASKED: &str =
    r#"[{"only_if":{"attribute":"action.masked","equals":true}},{"apps":["browser"]}]"#;

async fn choose_narrowed(world: &World, conditions: Option<&str>) -> Option<ChoiceState> {
    world.pass(chrono::TimeDelta::seconds(1));
    let choosing = Choosing {
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        answer: Answer::Give,
        notice_version: 1,
        language: Locale::En,
        conditions: conditions.map(|json| serde_json::from_str(json).unwrap()),
    };
    let subject = world.subject("E1").await;
    let chosen = choose(&world.app, &subject, &choosing, None).await.unwrap();
    chosen.event.map(|event| event.state)
}

async fn reason(world: &World, masked: Value, app: Value) -> String {
    let body = json!({
        "subject": {"type": "employee", "id": "E1"},
        "action": {"name": "collect", "properties": {"program": "mci", "masked": masked}},
        "resource": {"type": "data_category", "id": "keystrokes", "properties": {"app": app}},
    });
    let reply = world
        .post(&world.collector, "/access/v1/evaluation", &body)
        .await;
    assert_eq!(reply.status, 200);
    let yes = reply.body["context"]["reason"] == "consent_given";
    assert_eq!(reply.body["decision"], yes);
    reply.body["context"]["reason"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_narrowed_yes_is_a_yes_in_its_own_case_only() {
    let world = World::new().await;
    assert_eq!(
        choose_narrowed(&world, Some(MASKED)).await,
        Some(ChoiceState::Given)
    );
    let browser = || json!("browser");
    assert_eq!(
        reason(&world, json!(true), browser()).await,
        "consent_given"
    );
    assert_eq!(reason(&world, json!(false), browser()).await, "no_choice");
    assert_eq!(reason(&world, json!("true"), browser()).await, "no_choice");
    assert_eq!(reason(&world, json!([true]), browser()).await, "no_choice");
    assert_eq!(reason(&world, json!(null), browser()).await, "no_choice");
    assert_eq!(
        reason(&world, json!(true), json!("mail")).await,
        "app_excluded"
    );
    assert_eq!(
        reason(&world, json!(true), json!(null)).await,
        "app_excluded"
    );
}

#[tokio::test]
async fn what_is_said_again_keeps_its_conditions_and_other_ones_are_said_anew() {
    let world = World::new().await;
    choose_narrowed(&world, Some(MASKED)).await;
    assert_eq!(choose_narrowed(&world, Some(MASKED)).await, None);
    assert_eq!(
        choose_narrowed(&world, None).await,
        None,
        "a page that knows nothing of them widens nothing"
    );
    assert_eq!(
        reason(&world, json!(null), json!("browser")).await,
        "no_choice"
    );
    assert_eq!(
        choose_narrowed(&world, Some("[]")).await,
        Some(ChoiceState::Renewed)
    );
    assert_eq!(
        reason(&world, json!(null), json!(null)).await,
        "consent_given"
    );
}

#[tokio::test]
async fn a_record_outside_the_conditions_is_evidence_and_not_accepted() {
    let world = World::new().await;
    choose_narrowed(&world, Some(r#"[{"apps":["browser"]}]"#)).await;
    let at = world.now();
    world.pass(chrono::TimeDelta::seconds(10));
    let record = |id: &str, app: &str| {
        json!({
            "id": id.repeat(32), "employee": "E1", "program": "mci", "category": "keystrokes", "app": app,
            "from": at, "to": at, "events": 1, "bytes": 1, "dataset": "mci-all", "digest": "0".repeat(64),
        })
    };
    let body = json!({"records": [record("1", "browser"), record("2", "mail")]});
    let reply = world.post(&world.collector, "/api/v1/records", &body).await;
    let results: Vec<_> = reply.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["result"].clone())
        .collect();
    assert_eq!(results, ["accepted", "quarantined"], "{}", reply.body);
}

#[tokio::test]
async fn conditions_are_kept_with_the_choice() {
    let world = World::new().await;
    choose_narrowed(&world, Some(MASKED)).await;
    let subject = world.subject("E1").await;
    let history = sayso::app::choices::history(&world.app, &subject)
        .await
        .unwrap();
    let kept: Conditions = serde_json::from_str(MASKED).unwrap();
    assert_eq!(history[0].conditions, kept);
}
