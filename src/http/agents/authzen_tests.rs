//! How questions on the wire are read, and answers cut.

use chrono::DateTime;
use serde_json::{Value, json};

use super::answer::{Answers, Context, many};
use super::authzen::{Asked, Evaluation, Evaluations, Semantic};
use super::entities::Fault;
use super::json::JsonBody;
use crate::app::check::Decision;
use crate::domain::dialect::Dialect;
use crate::domain::property;
use crate::domain::standing::{Reason, Standing};

fn body(body: &Value) -> JsonBody {
    JsonBody(body.to_string().into_bytes().into())
}

/// What came of each item: its words, or that it is bad.
type Words = Result<(String, String, String, Option<String>), Fault>;

fn items(sent: &Value) -> Vec<Words> {
    let body = body(sent);
    let Asked::Many(batch) = body.read::<Evaluations<'_>>().unwrap().asked().unwrap() else {
        panic!("{sent}");
    };
    let dialect = Dialect::default();
    let words = batch.questions(&dialect).map(|item| {
        item.map(|question| {
            (
                question.employee.to_owned(),
                question.program.to_owned(),
                question.category.to_owned(),
                question.app.map(ToOwned::to_owned),
            )
        })
    });
    words.collect()
}

fn is_refused(sent: &Value) -> bool {
    let body = body(sent);
    let asked = body.read::<Evaluations<'_>>().unwrap().asked();
    asked.is_err()
}

fn subject(id: &str) -> Value {
    json!({"type": "employee", "id": id, "more": 1})
}

fn resource(id: &str) -> Value {
    json!({"type": "data_category", "id": id})
}

fn action() -> Value {
    json!({"name": "collect", "properties": {"program": "mci"}})
}

#[test]
fn entities_are_merged_whole() {
    let sent = json!({
        "subject": subject("E1"), "action": action(),
        "resource": {"type": "data_category", "id": "keystrokes", "properties": {"app": "browser"}},
        "evaluations": [
            {},
            {"resource": resource("mouse_movement")},
            {"subject": subject("E2"), "action": {"name": "collect"}},
            {"subject": null},
        ],
    });
    let items: Vec<_> = items(&sent).into_iter().map(Result::unwrap).collect();
    let words = |employee: &str, program: &str, category: &str, app: Option<&str>| {
        let owned = |text: &str| text.to_owned();
        (
            owned(employee),
            owned(program),
            owned(category),
            app.map(owned),
        )
    };
    assert_eq!(
        items,
        [
            words("E1", "mci", "keystrokes", Some("browser")),
            words("E1", "mci", "mouse_movement", None),
            words("E2", "", "keystrokes", Some("browser")),
            words("E1", "mci", "keystrokes", Some("browser")),
        ],
        "a replaced entity keeps nothing of the default"
    );
    let lacking = json!({
        "subject": subject("E1"), "action": action(), "resource": resource("keystrokes"),
        "evaluations": [{"resource": {"type": "data_category"}}, {"resource": {"id": "mouse_movement"}}, {"subject": {}}],
    });
    assert!(self::items(&lacking).iter().all(Result::is_err));
}

#[test]
fn a_default_that_is_no_entity_by_itself_is_what_items_share() {
    let sent = json!({
        "subject": subject("E1"), "action": action(),
        "resource": {"type": "data_category", "properties": {"app": "browser"}},
        "evaluations": [{"resource": {"id": "keystrokes"}}, {"resource": resource("mouse_movement")}, {}, {"resource": {"type": "data_category"}}],
    });
    let items = items(&sent);
    let (_, _, category, app) = items[0].clone().unwrap();
    assert_eq!(
        (category.as_str(), app),
        ("keystrokes", None),
        "properties are never shared"
    );
    assert!(items[1].is_ok() && items[2].is_err() && items[3].is_err());
}

#[test]
fn a_bad_item_is_an_answer_of_its_own() {
    let good = json!({"subject": subject("E1"), "resource": resource("keystrokes")});
    let sent = json!({
        "action": action(),
        "evaluations": [
            good, {"subject": subject("E1")}, {"subject": "E1", "resource": resource("keystrokes")}, 7, null, ["E1"],
            {"subject": {"type": "employee"}, "resource": resource("keystrokes")},
            {"subject": ["employee", "E1"], "resource": resource("keystrokes")},
            {"subject": subject("E1"), "resource": resource("keystrokes"), "context": "now"},
            {"subject": subject("E1"), "resource": resource("keystrokes"), "context": {"min_seq": -1}},
            {"subject": subject("E1"), "resource": resource("keystrokes"), "action": {"name": true}},
        ],
    });
    let items = items(&sent);
    assert!(items[0].is_ok());
    assert!(items[1..].iter().all(Result::is_err), "{items:?}");
}

#[test]
fn without_items_it_is_one_question() {
    let dialect = Dialect::default();
    for items in [json!(null), json!([])] {
        let sent = json!({"subject": subject("E1"), "action": action(), "resource": resource("keystrokes"), "evaluations": items});
        let body = body(&sent);
        let Asked::One(one) = body.read::<Evaluations<'_>>().unwrap().asked().unwrap() else {
            panic!("{sent}");
        };
        assert_eq!(one.question(&dialect).unwrap().employee, "E1");
    }
    let lacking = json!({"subject": subject("E1"), "action": action(), "evaluations": []});
    let body = body(&lacking);
    let Asked::One(one) = body.read::<Evaluations<'_>>().unwrap().asked().unwrap() else {
        panic!("{lacking}");
    };
    assert!(one.question(&dialect).is_err());
}

#[test]
fn wrong_types_and_unknown_semantics_are_refused_and_unknown_options_are_not() {
    for bad in [
        json!({"evaluations": {}}),
        json!({"evaluations": "all"}),
        json!({"subject": "E1", "evaluations": [{}]}),
        json!({"subject": {"type": "employee", "id": 7}, "evaluations": [{}]}),
        json!({"subject": subject("E1"), "action": {"name": 123}, "evaluations": [{}]}),
        json!({"action": {"name": "collect", "properties": {"program": 1}}, "evaluations": [{}]}),
        json!({"resource": {"type": "data_category", "properties": []}, "evaluations": [{}]}),
        json!({"context": [], "evaluations": [{}]}),
        json!({"evaluations": [{}], "options": []}),
        json!({"evaluations": [{}], "options": {"evaluations_semantic": "execute_some"}}),
        json!({"evaluations": [{}], "options": {"evaluations_semantic": 1}}),
        json!({"evaluations": vec![json!({}); 1001]}),
    ] {
        assert!(is_refused(&bad), "{bad}");
    }
    let fine = json!({"evaluations": [{}], "options": {"evaluations_semantic": "permit_on_first_permit", "x": 1}});
    let body = body(&fine);
    let asked = body.read::<Evaluations<'_>>().unwrap().asked().unwrap();
    let Asked::Many(batch) = asked else { panic!() };
    assert_eq!(batch.semantic, Semantic::PermitOnFirstPermit);
}

#[test]
fn words_of_another_vocabulary_name_nobody_and_nothing_unless_they_are_the_agents_own() {
    let sent = json!({
        "subject": {"type": "user", "id": "E1"},
        "action": {"name": "read", "properties": {"program": "mci", "soft": true}},
        "resource": {"type": "record", "id": "keystrokes"},
    });
    let body = body(&sent);
    let evaluation: Evaluation<'_> = body.read().unwrap();
    let words = |dialect: &Dialect| {
        let question = evaluation.question(dialect).unwrap();
        let words = [question.employee, question.program, question.category];
        assert_eq!(
            question.given.action.get("soft"),
            Some(&property::Value::Flag(true))
        );
        words.map(ToOwned::to_owned)
    };
    assert_eq!(words(&Dialect::default()), ["", "", ""]);
    let theirs = Dialect {
        subject: "user".into(),
        resource: "record".into(),
        action: None,
    };
    assert_eq!(words(&theirs), ["E1", "read", "keystrokes"]);
}

#[tokio::test]
async fn answers_are_written_as_described_and_cut_after_the_one_that_triggered() {
    let at = |second| DateTime::from_timestamp(second, 250_000_000).unwrap();
    let decision = |permits: bool| {
        Ok(Decision {
            standing: Standing {
                reason: if permits {
                    Reason::ConsentGiven
                } else {
                    Reason::PrivateTime
                },
                since: at(7),
            },
            seq: u64::MAX,
            as_of: at(8),
            lease_ms: 0,
        })
    };
    let cut = async |semantic, items: &[Result<Decision, Fault>]| -> Vec<_> {
        let response = many(items, semantic);
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        let answers: Answers = serde_json::from_slice(&body.unwrap()).unwrap();
        answers.evaluations
    };
    let decisions =
        |decisions: &[bool]| -> Vec<_> { decisions.iter().map(|yes| decision(*yes)).collect() };
    let mut mixed = decisions(&[true, false]);
    mixed.push(Err("Mend it."));
    let all = cut(Semantic::ExecuteAll, &mixed).await;
    assert!(matches!(&all[0].context, Context::Standing(context)
        if context.seq == u64::MAX && context.as_of == at(8) && context.since == at(7)));
    assert!(matches!(&all[2].context, Context::Error { error } if error.message == "Mend it."));
    let yes: Vec<_> = all.iter().map(|answer| answer.decision).collect();
    assert_eq!(yes, [true, false, false]);
    for (semantic, sent, length) in [
        (Semantic::DenyOnFirstDeny, vec![true, false, true], 2),
        (Semantic::DenyOnFirstDeny, vec![true, true], 2),
        (Semantic::PermitOnFirstPermit, vec![false, true, false], 2),
        (Semantic::PermitOnFirstPermit, vec![false, false], 2),
    ] {
        assert_eq!(
            cut(semantic, &decisions(&sent)).await.len(),
            length,
            "{semantic:?} {sent:?}"
        );
    }
    assert_eq!(
        cut(
            Semantic::DenyOnFirstDeny,
            &[Err("Mend it."), decision(true)]
        )
        .await
        .len(),
        1
    );
}
