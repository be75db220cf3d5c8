//! How questions on the wire are read, and answers cut.

use serde_json::json;

use super::answer::{Answer, ItemError};
use super::authzen::{Asked, Evaluation, Evaluations, Semantic};
use crate::app::check::Question;
use crate::domain::strict;

fn evaluations(body: &serde_json::Value) -> Option<Result<Asked, u16>> {
    let parsed = strict::from_slice::<Evaluations>(body.to_string().as_bytes()).ok()?;
    Some(parsed.asked().map_err(|problem| problem.status))
}

fn items(body: &serde_json::Value) -> Vec<Result<Question, u16>> {
    match evaluations(body) {
        Some(Ok(Asked::Many(items, _))) => items
            .into_iter()
            .map(|item| item.map_err(|error| error.status))
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn subject(id: &str) -> serde_json::Value {
    json!({"type": "employee", "id": id, "more": 1})
}

fn resource(id: &str) -> serde_json::Value {
    json!({"type": "data_category", "id": id})
}

fn action() -> serde_json::Value {
    json!({"name": "collect", "properties": {"program": "mci"}})
}

#[test]
fn entities_are_merged_whole() {
    let body = json!({
        "subject": subject("E1"), "action": action(),
        "resource": {"type": "data_category", "id": "keystrokes", "properties": {"app": "browser"}},
        "evaluations": [
            {},
            {"resource": resource("mouse_movement")},
            {"subject": subject("E2"), "action": {"name": "collect"}},
            {"subject": null},
        ],
    });
    let items: Vec<_> = items(&body).into_iter().map(Result::unwrap).collect();
    let words: Vec<_> = items
        .iter()
        .map(|item| {
            (
                item.employee.as_str(),
                item.program.as_str(),
                item.category.as_str(),
                item.app.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            ("E1", "mci", "keystrokes", Some("browser")),
            ("E1", "mci", "mouse_movement", None),
            ("E2", "", "keystrokes", Some("browser")),
            ("E1", "mci", "keystrokes", Some("browser")),
        ],
        "a replaced entity keeps nothing of the default"
    );
}

#[test]
fn a_bad_item_is_an_answer_of_its_own() {
    let good = json!({"subject": subject("E1"), "resource": resource("keystrokes")});
    let body = json!({
        "action": action(),
        "evaluations": [
            good, {"subject": subject("E1")}, {"subject": "E1", "resource": resource("keystrokes")}, 7, null, ["E1"],
            {"subject": {"type": "employee"}, "resource": resource("keystrokes")},
            {"subject": ["employee", "E1"], "resource": resource("keystrokes")},
            {"subject": subject("E1"), "resource": resource("keystrokes"), "context": "now"},
        ],
    });
    let results: Vec<_> = items(&body).into_iter().map(Result::err).collect();
    assert_eq!(results[0], None);
    assert!(
        results[1..].iter().all(|error| *error == Some(400)),
        "{results:?}"
    );
}

#[test]
fn without_items_it_is_one_question() {
    for items in [json!(null), json!([])] {
        let body = json!({"subject": subject("E1"), "action": action(), "resource": resource("keystrokes"), "evaluations": items});
        assert!(
            matches!(evaluations(&body), Some(Ok(Asked::One(_)))),
            "{body}"
        );
    }
    let lacking = json!({"subject": subject("E1"), "action": action(), "evaluations": []});
    assert!(matches!(evaluations(&lacking), Some(Err(400))));
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
        json!({"evaluations": [{}], "options": []}),
        json!({"evaluations": [{}], "options": {"evaluations_semantic": "execute_some"}}),
        json!({"evaluations": [{}], "options": {"evaluations_semantic": 1}}),
    ] {
        assert!(evaluations(&bad).is_none(), "{bad}");
    }
    let fine = json!({"evaluations": [{}], "options": {"evaluations_semantic": "permit_on_first_permit", "x": 1}});
    assert!(matches!(
        evaluations(&fine),
        Some(Ok(Asked::Many(_, Semantic::PermitOnFirstPermit)))
    ));
    let many = json!({"evaluations": vec![json!({}); 1001]});
    assert!(matches!(evaluations(&many), Some(Err(400))));
}

#[test]
fn words_of_another_vocabulary_name_nobody_and_nothing() {
    let body = json!({
        "subject": {"type": "user", "id": "E1"},
        "action": {"name": "read", "properties": {"program": "mci"}},
        "resource": {"type": "record", "id": "keystrokes"},
    });
    let evaluation: Evaluation = strict::from_slice(body.to_string().as_bytes()).unwrap();
    let question = evaluation.question().unwrap();
    assert_eq!(
        (question.employee, question.program, question.category),
        Default::default()
    );
}

#[test]
fn short_circuits_cut_after_the_answer_that_triggered() {
    let answer = |decision| Answer {
        decision,
        ..ItemError {
            status: 400,
            message: "",
        }
        .into()
    };
    let cut = |semantic: Semantic, decisions: &[bool]| {
        semantic
            .cut(decisions.iter().map(|decision| answer(*decision)).collect())
            .len()
    };
    assert_eq!(cut(Semantic::ExecuteAll, &[true, false, true]), 3);
    assert_eq!(cut(Semantic::DenyOnFirstDeny, &[true, false, true]), 2);
    assert_eq!(cut(Semantic::DenyOnFirstDeny, &[true, true]), 2);
    assert_eq!(cut(Semantic::PermitOnFirstPermit, &[false, true, true]), 2);
    assert_eq!(cut(Semantic::PermitOnFirstPermit, &[false, false]), 2);
}
