//! The fold where a yes is narrowed.

use super::super::choice::tests::event;
use super::tests::{program, second};
use super::*;

fn narrowed(json: &str) -> [ChoiceEvent; 1] {
    [ChoiceEvent {
        conditions: serde_json::from_str(json).unwrap(),
        ..event(ChoiceState::Given, 10, 1)
    }]
}

#[test]
fn a_narrowed_yes_is_a_yes_on_the_page_and_in_its_own_apps_only() {
    let program = program(&[(ProgramStatus::Active, 0)]);
    let choices = narrowed(r#"[{"apps":["mail"]}]"#);
    let history = History {
        program: &program,
        material: &[],
        choices: &choices,
    };
    let category = "keystrokes".parse().unwrap();
    let reason = |app| history.standing(&category, app, second(60)).reason;
    assert_eq!(
        history.overall(&category, second(60)).reason,
        Reason::ConsentGiven
    );
    assert_eq!(
        reason(Some("mail")),
        Reason::AppExcluded,
        "the programme does not capture there"
    );
    assert_eq!(
        reason(Some("browser")),
        Reason::AppExcluded,
        "the person did not say yes to it"
    );
    assert_eq!(reason(None), Reason::AppExcluded);
}

#[test]
fn a_batch_counts_only_if_it_lies_in_the_hours_that_were_said() {
    let program = program(&[(ProgramStatus::Active, 0)]);
    // The epoch was a Thursday.
    let choices = narrowed(
        r#"[{"hours":{"utc_offset_minutes":0,"windows":[{"days":["thu"],"from":"01:00","to":"02:00"},{"days":["thu"],"from":"02:01","to":"03:00"}]}}]"#,
    );
    let history = History {
        program: &program,
        material: &[],
        choices: &choices,
    };
    let category = "keystrokes".parse().unwrap();
    let throughout = |from, to| {
        let standing =
            history.standing_throughout(&category, Some("browser"), second(from), second(to));
        standing.reason
    };
    assert_eq!(throughout(3600, 7199), Reason::ConsentGiven);
    assert_eq!(throughout(3599, 3700), Reason::NoChoice);
    assert_eq!(throughout(7100, 7200), Reason::NoChoice);
    assert_eq!(
        throughout(7100, 7300),
        Reason::NoChoice,
        "the minute between counts"
    );
    let at = second(7300);
    let standing = history.standing(&category, Some("browser"), at);
    assert_eq!(
        standing.since,
        second(7260),
        "what was captured before the hour is not covered"
    );
}
