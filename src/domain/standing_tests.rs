//! The fold, exhaustively and by property.

use proptest::prelude::*;

use super::super::choice::tests::event;
use super::super::program::tests::declaration;
use super::super::program::{Program, StatusChange};
use super::*;

fn second(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn program(changes: &[(ProgramStatus, i64)]) -> Program {
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

fn reason(
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

fn any_state() -> impl Strategy<Value = ChoiceState> {
    prop::sample::select(ChoiceState::ALL.to_vec())
}

fn any_choices() -> impl Strategy<Value = Vec<ChoiceEvent>> {
    prop::collection::vec((any_state(), 0..100_i64, 1..4_u32), 0..8).prop_map(|events| {
        let numbered = events.into_iter().enumerate();
        numbered
            .map(|(entry, (state, at, version))| ChoiceEvent {
                entry: entry as u64,
                ..event(state, at, version)
            })
            .collect()
    })
}

fn any_material() -> impl Strategy<Value = Vec<MaterialChange>> {
    let change = (1..5_u32, 0..120_i64).prop_map(|(version, at)| MaterialChange {
        version,
        effective_at: second(at),
    });
    prop::collection::vec(change, 0..4)
}

fn any_program() -> impl Strategy<Value = Program> {
    let status = prop::sample::select(vec![
        ProgramStatus::Active,
        ProgramStatus::Paused,
        ProgramStatus::Ended,
    ]);
    prop::collection::vec((status, 0..100_i64), 0..3).prop_map(|mut changes| {
        changes.push((ProgramStatus::Active, 0));
        changes.sort_by_key(|(_, at)| *at);
        program(&changes)
    })
}

proptest! {
    #[test]
    fn irrelevant_events_in_any_order_change_nothing(
        program in any_program(), material in any_material(), choices in any_choices(), noise in any_choices(),
        other_program in any::<bool>(), seed in any::<u64>(), at in 0..150_i64,
    ) {
        let before = reason(&program, &material, &choices, None, at);
        let mut mixed = choices;
        for mut irrelevant in noise {
            if other_program { irrelevant.program = "other".parse().unwrap() } else { irrelevant.category = "mouse_movement".parse().unwrap() }
            mixed.push(irrelevant);
        }
        let count = mixed.len().max(1) as u64;
        for index in 0..mixed.len() {
            mixed.swap(index, usize::try_from((seed ^ index as u64) % count).unwrap());
        }
        prop_assert_eq!(reason(&program, &material, &mixed, None, at), before);
    }

    #[test]
    fn nothing_but_a_given_or_renewed_choice_permits(
        program in any_program(), material in any_material(), choices in any_choices(), at in 0..150_i64,
    ) {
        let history = History { program: &program, material: &material, choices: &choices };
        let category = "keystrokes".parse().unwrap();
        if history.standing(&category, None, second(at)).permits() {
            prop_assert!(history.latest(&category, second(at)).unwrap().state.permits());
            prop_assert_eq!(program.status_at(second(at)).unwrap().status, ProgramStatus::Active);
        }
    }

    #[test]
    fn narrowing_never_widens(
        program in any_program(), material in any_material(), choices in any_choices(),
        extra in any_material(), app in prop::sample::select(vec!["browser", "mail", ""]), at in 0..150_i64,
    ) {
        let wide = reason(&program, &material, &choices, None, at) == Reason::ConsentGiven;
        let in_app = reason(&program, &material, &choices, Some(app), at) == Reason::ConsentGiven;
        prop_assert!(wide || !in_app);
        let more: Vec<_> = material.iter().chain(&extra).copied().collect();
        let narrowed = reason(&program, &more, &choices, None, at) == Reason::ConsentGiven;
        prop_assert!(wide || !narrowed);
    }

    #[test]
    fn a_batch_is_permitted_exactly_when_each_second_of_it_is(
        program in any_program(), material in any_material(), choices in any_choices(), from in 0..100_i64, length in 0..40_i64,
    ) {
        let history = History { program: &program, material: &material, choices: &choices };
        let category = "keystrokes".parse().unwrap();
        let whole = history.standing_throughout(&category, None, second(from), second(from + length)).permits();
        let each = (from..=from + length).all(|at| history.standing(&category, None, second(at)).permits());
        prop_assert_eq!(whole, each);
    }

    #[test]
    fn what_holds_has_held_since_it_says(
        program in any_program(), material in any_material(), choices in any_choices(), at in 0..150_i64,
    ) {
        let history = History { program: &program, material: &material, choices: &choices };
        let category = "keystrokes".parse().unwrap();
        let standing = history.standing(&category, None, second(at));
        prop_assert!(standing.since <= second(at));
        if standing.permits() {
            prop_assert!(history.standing_throughout(&category, None, standing.since, second(at)).permits());
        }
    }
}
