//! The fold, by property: what must hold whatever happened.

use proptest::prelude::*;

use super::super::choice::tests::event;
use super::super::program::Program;
use super::tests::{program, reason, second};
use super::*;

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
