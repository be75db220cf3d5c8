//! The fold, case by case.

use super::super::choice::tests::event;
use super::super::program::tests::declaration;
use super::super::program::{Program, StatusChange};
use super::*;

pub(super) fn second(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

pub(super) fn program(changes: &[(ProgramStatus, i64)]) -> Program {
    let statuses = changes
        .iter()
        .map(|(status, at)| StatusChange {
            status: *status,
            at: second(*at),
        })
        .collect();
    Program {
        declaration: declaration(),
        statuses,
    }
}

fn active() -> Program {
    program(&[(ProgramStatus::Active, 0)])
}

pub(super) fn reason(
    program: &Program,
    material: &[MaterialChange],
    choices: &[ChoiceEvent],
    app: Option<&str>,
    at: i64,
) -> Reason {
    History {
        program,
        material,
        choices,
    }
    .standing(&"keystrokes".parse().unwrap(), app, second(at))
    .reason
}

#[test]
fn no_answer_means_no() {
    assert_eq!(reason(&active(), &[], &[], None, 10), Reason::NoChoice);
    assert_eq!(
        reason(
            &active(),
            &[],
            &[event(ChoiceState::Requested, 1, 1)],
            None,
            10
        ),
        Reason::NoChoice
    );
}

#[test]
fn each_state_has_its_reason() {
    let pairs = [
        (ChoiceState::Given, Reason::ConsentGiven),
        (ChoiceState::Renewed, Reason::ConsentGiven),
        (ChoiceState::Refused, Reason::Refused),
        (ChoiceState::Withdrawn, Reason::Withdrawn),
        (ChoiceState::Expired, Reason::Expired),
        (ChoiceState::Invalidated, Reason::NoticeOutdated),
    ];
    for (state, expected) in pairs {
        assert_eq!(
            reason(&active(), &[], &[event(state, 1, 1)], None, 10),
            expected
        );
    }
}

#[test]
fn a_choice_holds_from_its_own_moment_until_the_next_one() {
    let choices = [
        event(ChoiceState::Given, 10, 1),
        event(ChoiceState::Withdrawn, 20, 1),
    ];
    let expected = [
        (9, Reason::NoChoice),
        (10, Reason::ConsentGiven),
        (19, Reason::ConsentGiven),
        (20, Reason::Withdrawn),
    ];
    for (at, expected) in expected {
        assert_eq!(
            reason(&active(), &[], &choices, None, at),
            expected,
            "at {at}"
        );
    }
}

#[test]
fn of_two_events_in_one_instant_the_later_entry_holds() {
    let given = event(ChoiceState::Given, 10, 1);
    let withdrawn = ChoiceEvent {
        entry: given.entry + 1,
        ..event(ChoiceState::Withdrawn, 10, 1)
    };
    assert_eq!(
        reason(
            &active(),
            &[],
            &[withdrawn.clone(), given.clone()],
            None,
            10
        ),
        Reason::Withdrawn
    );
    assert_eq!(
        reason(&active(), &[], &[given, withdrawn], None, 10),
        Reason::Withdrawn
    );
}

#[test]
fn a_material_version_ends_older_choices_on_its_effective_date() {
    let material = [MaterialChange {
        version: 2,
        effective_at: second(100),
    }];
    let old = [event(ChoiceState::Given, 10, 1)];
    assert_eq!(
        reason(&active(), &material, &old, None, 99),
        Reason::ConsentGiven
    );
    assert_eq!(
        reason(&active(), &material, &old, None, 100),
        Reason::NoticeOutdated
    );
    let ahead = [
        event(ChoiceState::Given, 10, 1),
        event(ChoiceState::Renewed, 50, 2),
    ];
    assert_eq!(
        reason(&active(), &material, &ahead, None, 100),
        Reason::ConsentGiven
    );
    let no = [event(ChoiceState::Refused, 10, 1)];
    assert_eq!(
        reason(&active(), &material, &no, None, 100),
        Reason::Refused,
        "a no stays a no"
    );
}

#[test]
fn a_pause_stops_everything_and_touches_nothing() {
    let paused = program(&[
        (ProgramStatus::Active, 0),
        (ProgramStatus::Paused, 50),
        (ProgramStatus::Active, 60),
        (ProgramStatus::Ended, 70),
    ]);
    let choices = [event(ChoiceState::Given, 10, 1)];
    let expected = [
        (49, Reason::ConsentGiven),
        (50, Reason::ProgramPaused),
        (60, Reason::ConsentGiven),
        (70, Reason::ProgramEnded),
    ];
    for (at, expected) in expected {
        assert_eq!(
            reason(&paused, &[], &choices, None, at),
            expected,
            "at {at}"
        );
    }
}

#[test]
fn nothing_is_permitted_before_the_declaration_or_for_an_undeclared_category() {
    let late = program(&[(ProgramStatus::Active, 100)]);
    assert_eq!(
        reason(&late, &[], &[event(ChoiceState::Given, 10, 1)], None, 50),
        Reason::NoChoice
    );
    let undeclared = ChoiceEvent {
        category: "screen_content".parse().unwrap(),
        ..event(ChoiceState::Given, 10, 1)
    };
    let (program, choices) = (active(), [undeclared]);
    let history = History {
        program: &program,
        material: &[],
        choices: &choices,
    };
    assert_eq!(
        history
            .standing(&"screen_content".parse().unwrap(), None, second(20))
            .reason,
        Reason::NoChoice
    );
}

#[test]
fn an_undeclared_app_is_excluded() {
    let choices = [event(ChoiceState::Given, 10, 1)];
    assert_eq!(
        reason(&active(), &[], &choices, Some("browser"), 20),
        Reason::ConsentGiven
    );
    assert_eq!(
        reason(&active(), &[], &choices, Some("mail"), 20),
        Reason::AppExcluded
    );
}

#[test]
fn a_batch_counts_only_if_every_instant_of_it_does() {
    let program = active();
    let choices = [
        event(ChoiceState::Given, 10, 1),
        event(ChoiceState::Withdrawn, 20, 1),
        event(ChoiceState::Given, 30, 1),
    ];
    let history = History {
        program: &program,
        material: &[],
        choices: &choices,
    };
    let over = |from, to| {
        history
            .standing_throughout(
                &"keystrokes".parse().unwrap(),
                None,
                second(from),
                second(to),
            )
            .reason
    };
    assert_eq!(over(10, 19), Reason::ConsentGiven);
    assert_eq!(over(9, 12), Reason::NoChoice, "began too early");
    assert_eq!(over(12, 20), Reason::Withdrawn, "ended too late");
    assert_eq!(over(12, 35), Reason::Withdrawn, "a gap inside");
    assert_eq!(over(30, 90), Reason::ConsentGiven);
}
