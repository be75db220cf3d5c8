//! Conditions: what holds, what does not, and that nobody can widen one by saying something.

use proptest::prelude::*;

use super::*;
use crate::domain::property::Properties;

fn conditions(json: &str) -> Conditions {
    serde_json::from_str(json).unwrap()
}

fn said(name: &'static str, value: Value<'static>) -> Properties<'static> {
    Properties(vec![(name.into(), value)])
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const NOON: &str = "2026-11-25T12:00:00Z";

fn holds(conditions: &Conditions, caller: &Properties<'_>, stored: &Properties<'_>) -> bool {
    let given = |properties| Given {
        action: properties,
        ..Given::NOTHING
    };
    let around = Circumstances {
        app: None,
        caller: given(caller),
        stored: given(stored),
    };
    conditions.judge(&around, at(NOON)).is_ok()
}

const MASKED: &str = r#"[{"only_if":{"attribute":"action.masked","equals":true}}]"#;
const UNMASKED: &str = r#"[{"not_if":{"attribute":"action.masked","equals":false}}]"#;

#[test]
fn only_if_needs_somebody_who_says_so_and_nobody_who_says_otherwise() {
    let only = conditions(MASKED);
    let (yes, no) = (
        said("masked", Value::Flag(true)),
        said("masked", Value::Flag(false)),
    );
    let other = said("masked", Value::Other);
    let none = Properties::default();
    assert!(holds(&only, &yes, &none));
    assert!(holds(&only, &none, &yes), "what is stored is enough");
    assert!(!holds(&only, &none, &none), "nobody says it");
    assert!(!holds(&only, &yes, &no), "what is stored wins");
    assert!(!holds(&only, &no, &yes), "a caller may narrow");
    assert!(!holds(&only, &other, &yes));
    assert!(!holds(
        &only,
        &said("masked", Value::Text("true".into())),
        &none
    ));
    assert!(!holds(&only, &said("mask", Value::Flag(true)), &none));
}

#[test]
fn not_if_holds_until_somebody_says_so() {
    let not = conditions(UNMASKED);
    let (yes, no) = (
        said("masked", Value::Flag(true)),
        said("masked", Value::Flag(false)),
    );
    let none = Properties::default();
    assert!(holds(&not, &none, &none));
    assert!(holds(&not, &yes, &yes));
    assert!(!holds(&not, &no, &none));
    assert!(!holds(&not, &yes, &no), "what is stored wins");
    assert!(!holds(&not, &said("masked", Value::Other), &none));
}

#[test]
fn apps_must_be_named() {
    let apps = conditions(r#"[{"apps":["browser","mail"]}]"#);
    let judge = |app| apps.judge(&Circumstances::in_app(app), at(NOON));
    assert_eq!(judge(Some("mail")), Ok(None));
    assert_eq!(judge(Some("Mail")), Err(Reason::AppExcluded));
    assert_eq!(judge(None), Err(Reason::AppExcluded));
}

#[test]
fn hours_hold_in_their_own_local_time_and_say_since_when() {
    // 2026-11-25 is a Wednesday.
    let hours = conditions(
        r#"[{"hours":{"utc_offset_minutes":60,"windows":[{"days":["tue","wed"],"from":"09:00","to":"17:00"}]}}]"#,
    );
    let judge = |time| hours.judge(&Circumstances::in_app(None), at(time));
    assert_eq!(judge("2026-11-25T07:59:59.999Z"), Err(Reason::NoChoice));
    assert_eq!(
        judge("2026-11-25T08:00:00Z"),
        Ok(Some(at("2026-11-25T08:00:00Z")))
    );
    assert_eq!(
        judge("2026-11-25T15:59:59.5Z"),
        Ok(Some(at("2026-11-25T08:00:00Z")))
    );
    assert_eq!(judge("2026-11-25T16:00:00Z"), Err(Reason::NoChoice));
    assert_eq!(judge("2026-11-26T12:00:00Z"), Err(Reason::NoChoice));
    let whole = conditions(
        r#"[{"hours":{"utc_offset_minutes":-60,"windows":[{"days":["tue"],"from":"00:00","to":"24:00"}]}}]"#,
    );
    let tuesday = at("2026-11-25T00:59:59Z");
    assert!(
        whole.judge(&Circumstances::in_app(None), tuesday).is_ok(),
        "still Tuesday there"
    );
    assert!(
        whole
            .judge(&Circumstances::in_app(None), at("2026-11-25T01:00:00Z"))
            .is_err()
    );
}

#[test]
fn what_is_not_exactly_a_condition_is_refused() {
    let many = format!("[{}]", vec![r#"{"apps":["a"]}"#; 17].join(","));
    let hours = |hours: &str| format!(r#"[{{"hours":{hours}}}]"#);
    let window = |days: &str, from: &str, to: &str| {
        hours(&format!(
            r#"{{"utc_offset_minutes":0,"windows":[{{"days":{days},"from":"{from}","to":"{to}"}}]}}"#
        ))
    };
    for bad in [
        "{}",
        "[{}]",
        r#"[{"sometimes":true}]"#,
        r#"[{"apps":[]}]"#,
        r#"[{"apps":["a\nb"]}]"#,
        r#"[{"apps":["a"],"only_if":{"attribute":"action.a","equals":1}}]"#,
        r#"[{"only_if":{"attribute":"action.masked"}}]"#,
        r#"[{"only_if":{"attribute":"action.masked","equals":null}}]"#,
        r#"[{"only_if":{"attribute":"action.masked","equals":[true]}}]"#,
        r#"[{"only_if":{"attribute":"action.masked","equals":1.5}}]"#,
        r#"[{"only_if":{"attribute":"action.masked","equals":""}}]"#,
        r#"[{"only_if":{"attribute":"action.masked","equals":9007199254740992}}]"#,
        r#"[{"only_if":{"attribute":"action.masked","equals":true,"or":1}}]"#,
        r#"[{"only_if":{"attribute":"masked","equals":true}}]"#,
        r#"[{"only_if":{"attribute":"context.masked","equals":true}}]"#,
        r#"[{"only_if":{"attribute":"action.a.b","equals":true}}]"#,
        r#"[{"only_if":{"attribute":"action.program","equals":"mci"}}]"#,
        r#"[{"only_if":{"attribute":"resource.app","equals":"mail"}}]"#,
        &many,
        &hours(r#"{"utc_offset_minutes":0,"windows":[]}"#),
        &hours(
            r#"{"utc_offset_minutes":900,"windows":[{"days":["mon"],"from":"09:00","to":"10:00"}]}"#,
        ),
        &window("[]", "09:00", "10:00"),
        &window(r#"["mon","mon"]"#, "09:00", "10:00"),
        &window(r#"["tue","mon"]"#, "09:00", "10:00"),
        &window(r#"["Monday"]"#, "09:00", "10:00"),
        &window(r#"["mon"]"#, "9:00", "10:00"),
        &window(r#"["mon"]"#, "10:00", "10:00"),
        &window(r#"["mon"]"#, "10:00", "24:01"),
        &window(r#"["mon"]"#, "10:60", "11:00"),
    ] {
        assert!(serde_json::from_str::<Conditions>(bad).is_err(), "{bad}");
    }
}

#[test]
fn conditions_are_told_in_words() {
    let all = conditions(
        r#"[{"only_if":{"attribute":"action.masked","equals":true}},{"not_if":{"attribute":"resource.status","equals":"archived"}},{"apps":["browser","mail"]},{"hours":{"utc_offset_minutes":-90,"windows":[{"days":["mon","fri"],"from":"09:00","to":"17:30"}]}}]"#,
    );
    assert_eq!(
        all.to_string(),
        "only if action.masked is true; not if resource.status is archived; only in browser, mail; only mon, fri 09:00 to 17:30 (UTC-01:30)"
    );
}

fn value() -> impl Strategy<Value = Option<Value<'static>>> {
    prop_oneof![
        Just(None),
        Just(Some(Value::Flag(true))),
        Just(Some(Value::Flag(false))),
        Just(Some(Value::Number(1))),
        Just(Some(Value::Other)),
    ]
}

proptest! {
    /// Whatever a caller says: it turns no stored "no" into a yes.
    #[test]
    fn a_caller_can_only_narrow_what_is_stored(caller in value(), stored in value()) {
        let properties = |value: Option<Value<'static>>| value.map_or_else(Properties::default, |value| said("masked", value));
        let (caller, stored) = (properties(caller), properties(stored));
        for text in [MASKED, UNMASKED] {
            let conditions = conditions(text);
            if !stored.0.is_empty() && holds(&conditions, &caller, &stored) {
                prop_assert!(holds(&conditions, &Properties::default(), &stored));
            }
        }
    }
}
