//! After the answer to a withdrawal, the same server never says yes again: over HTTP, again and again.

use axum::body::{Body, to_bytes};
use axum::http::{Method, StatusCode};
use sayso::app::callers::authenticate;
use sayso::app::check::evaluate;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::question::Question;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::agent_world::request;
use crate::database::{Kind, postgres_is_wanted, variable};
use crate::world::World;

/// How often: `SAYSO_TEST_TRIALS`, 10,000 in the long version.
fn trials() -> u32 {
    variable("SAYSO_TEST_TRIALS").map_or(300, |trials| trials.parse().unwrap())
}

/// Withdraws and asks, over and over, while checks run beside it. No check that is sent after the answer is a yes.
async fn withdrawn_is_withdrawn(kind: Kind) {
    let world = World::new(kind).await.with_company().await;
    let (_, key) = world.agent("desk", AgentKind::Collector).await;
    let caller = authenticate(&world.app, &key.expose())
        .await
        .unwrap()
        .unwrap();
    world.app.follow();
    let router = sayso::http::router(world.app.clone(), world.dir.path(), false);
    let body = json!({
        "subject": {"type": "employee", "id": "E1"},
        "action": {"name": "collect", "properties": {"program": "mci"}},
        "resource": {"type": "data_category", "id": "keystrokes"},
    })
    .to_string();
    let asked = async || {
        let request = request(Method::POST, "/access/v1/evaluation", &key.expose())
            .header("content-type", "application/json")
            .body(Body::from(body.clone()))
            .unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let body = to_bytes(answer.into_body(), 65_536).await.unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()["decision"].clone()
    };
    let beside = {
        let (app, caller) = (world.app.clone(), caller.clone());
        tokio::spawn(async move {
            loop {
                let question = Question::about("E1", "mci", "keystrokes");
                let _ = evaluate(&app, &caller, &[question]).await;
                tokio::task::yield_now().await;
            }
        })
    };
    for trial in 0..trials() {
        world.choose("E1", "keystrokes", Answer::Give).await;
        assert_eq!(
            asked().await,
            json!(true),
            "trial {trial}: the yes counts at once"
        );
        world.choose("E1", "keystrokes", Answer::Refuse).await;
        assert_eq!(asked().await, json!(false), "trial {trial}");
    }
    beside.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_sent_after_the_answer_to_a_withdrawal_is_a_no_on_sqlite() {
    withdrawn_is_withdrawn(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_sent_after_the_answer_to_a_withdrawal_is_a_no_on_postgres() {
    if postgres_is_wanted() {
        withdrawn_is_withdrawn(Kind::Postgres).await;
    }
}
