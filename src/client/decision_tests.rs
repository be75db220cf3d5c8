//! Nothing but a clean yes is a yes, and only while it lasts.

use std::time::Instant;

use chrono::TimeDelta;

use super::*;

const YES: &str = r#"{"decision":true,"context":{"reason":"consent_given","seq":7,"as_of":"2026-11-23T08:00:00Z","lease_ms":5000,"since":"2026-11-20T08:00:00Z"}}"#;

/// A yes as the server sends it.
pub(crate) fn permit(since: DateTime<Utc>, lease_ms: u64, asked: Moment) -> Decision {
    let context = json!({ "lease_ms": lease_ms, "since": since });
    let text = json!({ "decision": true, "context": context }).to_string();
    parse_one(text.as_bytes(), asked).unwrap()
}

/// A no as the server sends it.
pub(crate) fn refusal(reason: &str) -> Decision {
    let text = json!({ "decision": false, "context": { "reason": reason } }).to_string();
    parse_one(text.as_bytes(), start()).unwrap()
}

fn start() -> Moment {
    Moment {
        steady: Instant::now(),
        wall: "2026-11-23T08:00:00Z".parse().unwrap(),
        boot: None,
    }
}

fn later(moment: Moment, steady: u64, wall: i64) -> Moment {
    Moment {
        steady: moment.steady + Duration::from_millis(steady),
        wall: moment.wall + TimeDelta::milliseconds(wall),
        boot: None,
    }
}

#[test]
fn a_yes_runs_out_by_either_clock() {
    let asked = start();
    let decision = parse_one(YES.as_bytes(), asked).unwrap();
    assert!(decision.permits(asked));
    assert!(decision.permits(later(asked, 4999, 4999)));
    assert!(!decision.permits(later(asked, 5000, 0)));
    assert!(
        !decision.permits(later(asked, 10, 5000)),
        "the machine slept: only the wall clock ran on"
    );
    assert!(
        !decision.permits(later(asked, 5000, -3_600_000)),
        "a wall clock that was set back prolongs nothing"
    );
}

#[test]
fn a_lease_is_never_longer_than_half_a_minute_here() {
    let asked = start();
    let text = YES.replace("5000", "3600000");
    let decision = parse_one(text.as_bytes(), asked).unwrap();
    assert!(decision.permits(later(asked, 29_999, 0)));
    assert!(!decision.permits(later(asked, 30_000, 0)));
}

#[test]
fn nothing_but_a_clean_yes_is_a_yes() {
    let asked = start();
    for bad in [
        r#"{"decision":"true","context":{"lease_ms":5000,"since":"2026-11-20T08:00:00Z"}}"#
            .to_owned(),
        r#"{"decision":true}"#.to_owned(),
        r#"[true,{"lease_ms":5000,"since":"2026-11-20T08:00:00Z"}]"#.to_owned(),
        YES.replace("\"decision\":true", "\"decision\":false,\"decision\":true"),
        YES.replace("\"seq\":7", "\"seq\":7,\"seq\":7"),
        YES.replace("\"seq\":7", "\"x\":1,\"x\":2"),
        YES.replace("\"lease_ms\":5000", "\"lease_ms\":\"5000\""),
        YES.replace("\"lease_ms\":5000", "\"lease_ms\":-1"),
        YES.replace("\"lease_ms\":5000,", ""),
        YES.replace(",\"since\":\"2026-11-20T08:00:00Z\"", ""),
        YES.replace("\"seq\":7", "\"seq\":7,\"obligations\":[{\"id\":\"mask\"}]"),
        YES[..YES.len() - 1].to_owned(),
    ] {
        let result = parse_one(bad.as_bytes(), asked);
        assert!(!matches!(result, Ok(Decision::Permit(_))), "{bad}");
    }
    let now = parse_one(YES.replace("5000", "0").as_bytes(), asked).unwrap();
    assert!(
        !now.permits(asked),
        "a lease of nothing has run out at once"
    );
}

#[test]
fn a_no_keeps_its_reason_and_needs_no_context() {
    let deny = |text: &str| match parse_one(text.as_bytes(), start()).unwrap() {
        Decision::Deny(denial) => denial.reason,
        Decision::Permit(_) => panic!("{text}"),
    };
    assert_eq!(
        deny(r#"{"decision":false,"context":{"reason":"withdrawn"}}"#),
        Some(Reason::Withdrawn)
    );
    assert_eq!(deny(r#"{"decision":false}"#), None);
    assert_eq!(
        deny(r#"{"decision":false,"context":{"error":{"status":400}}}"#),
        None
    );
}

#[test]
fn a_batch_is_answered_as_a_whole_or_not_at_all() {
    let many = |text: &str, expected| parse_many(text.as_bytes(), expected, start());
    let both = format!(r#"{{"evaluations":[{YES},{{"decision":false}}]}}"#);
    assert_eq!(many(&both, 2).unwrap().len(), 2);
    assert!(many(&both, 1).is_err());
    assert!(many(&both, 3).is_err());
    assert!(many(YES, 1).is_err(), "a single answer to a batch");
    let spoilt = format!(r#"{{"evaluations":[{YES},{{"decision":"false"}}]}}"#);
    assert!(many(&spoilt, 2).is_err());
    let array = r#"{"evaluations":[[true]]}"#;
    assert!(many(array, 1).is_err());
}

#[test]
fn a_question_is_asked_in_authzen_words() {
    let question = Question {
        employee: "E1".parse().unwrap(),
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        app: Some("browser".into()),
    };
    assert_eq!(
        question.request(),
        json!({
            "subject": {"type": "employee", "id": "E1"},
            "action": {"name": "collect", "properties": {"program": "mci"}},
            "resource": {"type": "data_category", "id": "keystrokes", "properties": {"app": "browser"}},
        })
    );
}
