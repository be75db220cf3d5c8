//! What is known, and what stops when it changes.

use serde_json::{Map, Value, json};

use super::super::apply::Applied;
use super::super::stop::{Scope, Stop};
use super::super::wire::{Event, Page, What};
use super::*;
use crate::domain::strict;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-11-23T12:00:00Z")
}

fn permit(employee: &str, program: &str, since: &str) -> Value {
    json!({"employee": employee, "program": program, "category": "keystrokes", "since": since, "until": null, "conditions": []})
}

fn program(id: &str) -> Value {
    json!({"id": id, "status": "active", "since": "2026-11-01T08:00:00Z", "categories": ["keystrokes", "mouse_movement"], "apps": ["browser", "mail"]})
}

fn page(programs: Value, permits: Value) -> Subset {
    let page = json!({"seq": 10, "lease_ms": 5000, "programs": programs, "permits": permits, "next": null});
    let page: Page = strict::from_slice(page.to_string().as_bytes()).unwrap();
    let mut subset = Subset::default();
    subset.add(10, page).unwrap();
    subset
}

/// E1 and E2 in `mci`, E1 in `hours` too.
fn subset() -> Subset {
    let since = "2026-11-20T08:00:00Z";
    page(
        json!([program("mci"), program("hours")]),
        json!([
            permit("E1", "mci", since),
            permit("E2", "mci", since),
            permit("E1", "hours", since)
        ]),
    )
}

fn apply(subset: &mut Subset, seq: u64, mut event: Value) -> Applied {
    event["seq"] = seq.into();
    event["at"] = now().to_rfc3339().into();
    let object: Map<String, Value> = serde_json::from_value(event).unwrap();
    match Event::read(object).unwrap().what {
        What::Change(change) => subset.apply(seq, change).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn choice(permit: &Value) -> Value {
    json!({"type": "choice.changed", "employee": "E1", "program": "mci", "category": "keystrokes", "permit": permit, "reason": "withdrawn"})
}

fn terms(since: &str) -> Value {
    json!({"since": since, "until": null, "conditions": []})
}

fn answer(subset: &Subset, employee: &str, program: &str, time: DateTime<Utc>) -> Option<Reason> {
    subset
        .find(&Ask::new(employee, program, "keystrokes"), time)
        .err()
}

fn e1_in_mci(reason: Reason) -> Stop {
    let scope = Scope::Choice {
        employee: "E1".parse().unwrap(),
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
    };
    Stop { scope, reason }
}

fn all_of(program: &str, reason: Reason) -> Stop {
    let scope = Scope::Program(program.parse().unwrap());
    Stop { scope, reason }
}

#[test]
fn what_is_not_listed_is_denied() {
    let subset = subset();
    assert_eq!(answer(&subset, "E1", "mci", now()), None);
    assert_eq!(answer(&subset, "E3", "mci", now()), Some(Reason::NoChoice));
    assert_eq!(
        answer(&subset, "E1", "other", now()),
        Some(Reason::AgentNotRegistered)
    );
    let ask = |category, app| {
        let ask = Ask {
            app,
            ..Ask::new("E1", "mci", category)
        };
        subset.find(&ask, now()).err()
    };
    assert_eq!(ask("mouse_movement", None), Some(Reason::NoChoice));
    assert_eq!(
        ask("screen_content", None),
        Some(Reason::AgentNotRegistered)
    );
    assert_eq!(ask("keystrokes", Some("mail")), None);
    assert_eq!(ask("keystrokes", Some("bank")), Some(Reason::AppExcluded));
}

#[test]
fn a_withdrawal_stops_one_thing_and_has_to_be_confirmed() {
    let mut subset = subset();
    let applied = apply(&mut subset, 11, choice(&Value::Null));
    assert_eq!(applied.stops, [e1_in_mci(Reason::Withdrawn)]);
    assert!(applied.confirm);
    assert_eq!(answer(&subset, "E1", "mci", now()), Some(Reason::Withdrawn));
    assert_eq!(answer(&subset, "E2", "mci", now()), None);
    assert_eq!(answer(&subset, "E1", "hours", now()), None);
    let again = apply(&mut subset, 12, choice(&Value::Null));
    assert!(again.stops.is_empty() && again.confirm);
    let given = apply(&mut subset, 13, choice(&terms("2026-11-23T11:00:00Z")));
    assert_eq!(given, Applied::default());
    assert_eq!(answer(&subset, "E1", "mci", now()), None);
}

#[test]
fn permits_given_before_a_stop_are_worth_nothing_after_it_even_if_the_yes_comes_back() {
    let mut subset = subset();
    let ask = Ask::new("E1", "mci", "keystrokes");
    let tokens = |subset: &Subset| {
        let found = subset.find(&ask, now()).unwrap();
        [found.program.token(), found.choice.token()]
    };
    let before = tokens(&subset);
    apply(&mut subset, 11, choice(&Value::Null));
    apply(&mut subset, 12, choice(&terms("2026-11-23T11:00:00Z")));
    assert!(before[0].holds() && !before[1].holds());
    let before = tokens(&subset);
    apply(
        &mut subset,
        13,
        json!({"type": "program.paused", "program": "mci"}),
    );
    apply(
        &mut subset,
        14,
        json!({"type": "program.resumed", "program": "mci"}),
    );
    assert!(!before[0].holds() && before[1].holds());
    assert_eq!(
        subset.find(&ask, now()).unwrap().since,
        now(),
        "nothing from before the pause"
    );
    let confirmed = tokens(&subset);
    apply(&mut subset, 15, choice(&terms("2026-11-23T11:00:00Z")));
    assert!(
        confirmed.iter().all(super::super::token::Token::holds),
        "the same yes again"
    );
    drop(subset);
    assert!(!confirmed.iter().any(super::super::token::Token::holds));
}

#[test]
fn a_pause_and_an_end_stop_one_programme_for_everybody() {
    for (word, reason) in [
        ("paused", Reason::ProgramPaused),
        ("ended", Reason::ProgramEnded),
    ] {
        let mut subset = subset();
        let event = json!({"type": format!("program.{word}"), "program": "mci"});
        let applied = apply(&mut subset, 11, event.clone());
        assert_eq!(applied.stops, [all_of("mci", reason)]);
        assert!(applied.confirm);
        for employee in ["E1", "E2", "E3"] {
            assert_eq!(answer(&subset, employee, "mci", now()), Some(reason));
        }
        assert_eq!(answer(&subset, "E1", "hours", now()), None);
        assert!(
            apply(&mut subset, 12, event).stops.is_empty(),
            "it had stopped"
        );
    }
}

#[test]
fn a_new_declaration_that_takes_less_stops_the_programme() {
    for (change, reason) in [
        (
            json!({"categories": ["mouse_movement"]}),
            Reason::AgentNotRegistered,
        ),
        (json!({"apps": ["browser"]}), Reason::AppExcluded),
        (json!({"status": "paused"}), Reason::ProgramPaused),
    ] {
        let mut subset = subset();
        let mut declared = program("mci");
        for (name, value) in change.as_object().unwrap() {
            declared[name] = value.clone();
        }
        let applied = apply(
            &mut subset,
            11,
            json!({"type": "program.changed", "program": declared}),
        );
        assert_eq!(applied.stops, [all_of("mci", reason)], "{change}");
    }
    let mut subset = subset();
    let mut more = program("mci");
    more["apps"] = json!([]);
    let applied = apply(
        &mut subset,
        11,
        json!({"type": "program.changed", "program": more}),
    );
    assert!(applied.stops.is_empty() && applied.confirm);
}

#[test]
fn a_material_notice_ends_what_is_permitted_now_and_not_what_comes_after_it() {
    let mut subset = subset();
    let day = at("2026-12-01T00:00:00Z");
    let before = day - chrono::TimeDelta::seconds(1);
    let notice = json!({"type": "notice.changed", "notice": "mci", "version": 2, "material": true, "effective_at": day, "programs": ["mci"]});
    assert!(apply(&mut subset, 11, notice).stops.is_empty());
    assert_eq!(answer(&subset, "E1", "mci", before), None);
    assert_eq!(
        answer(&subset, "E1", "mci", day),
        Some(Reason::NoticeOutdated)
    );
    assert_eq!(answer(&subset, "E1", "hours", day), None);
    apply(&mut subset, 12, choice(&terms("2026-11-23T11:00:00Z")));
    assert_eq!(
        answer(&subset, "E1", "mci", day),
        None,
        "a yes to the new notice"
    );

    assert_eq!(subset.expire(before), []);
    assert_eq!(subset.next_end, Some(day));
    let stops = subset.expire(day);
    assert_eq!(stops.len(), 1);
    assert!(stops[0].scope.covers("E2", "mci", "keystrokes"));
    assert_eq!(stops[0].reason, Reason::NoticeOutdated);
    assert_eq!((subset.next_end, subset.expire(day).len()), (None, 0));
    assert_eq!(
        answer(&subset, "E2", "mci", before),
        Some(Reason::NoticeOutdated),
        "no way back"
    );
}

#[path = "subset_loss_tests.rs"]
mod loss;
