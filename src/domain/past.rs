//! A person's past: everything that they chose, in order, so that what held while something was captured is looked up and
//! not searched for. A collector may deliver a day late, and a person may have changed their mind a thousand times.

use chrono::{DateTime, Utc};

use super::choice::ChoiceEvent;
use super::id::{CategoryId, ProgramId};

/// Everything that one person chose. The default is somebody who never chose, or whom nobody knows.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// By programme, category and time.
    choices: Vec<ChoiceEvent>,
}

impl Past {
    /// From choices in any order.
    pub fn new(mut choices: Vec<ChoiceEvent>) -> Self {
        choices.sort_unstable_by(|a, b| {
            let key = |choice: &ChoiceEvent| (choice.at, choice.entry);
            (&a.program, &a.category)
                .cmp(&(&b.program, &b.category))
                .then_with(|| key(a).cmp(&key(b)))
        });
        Self { choices }
    }

    /// The choices that decide what held from `from` to `to`, oldest first: the last one before, and those within. What
    /// holds at any moment of that time follows from these as it follows from all of them.
    pub fn bearing(
        &self,
        program: &ProgramId,
        category: &CategoryId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> &[ChoiceEvent] {
        let about = (program, category);
        let begin = self
            .choices
            .partition_point(|choice| (&choice.program, &choice.category) < about);
        let own = &self.choices[begin..];
        let own =
            &own[..own.partition_point(|choice| (&choice.program, &choice.category) == about)];
        let until = own.partition_point(|choice| choice.at <= to);
        let before = own.partition_point(|choice| choice.at <= from);
        &own[before.saturating_sub(1).min(until)..until]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::choice::ChoiceState;
    use super::super::choice::tests::event;
    use super::super::program::tests::declaration;
    use super::super::program::{Program, ProgramStatus, StatusChange};
    use super::super::standing::History;
    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn choices() -> impl Strategy<Value = Vec<ChoiceEvent>> {
        let one = (
            0..ChoiceState::ALL.len(),
            0_i64..20,
            prop::sample::select(vec!["keystrokes", "mouse_movement"]),
            prop::sample::select(vec!["mci", "other"]),
        );
        prop::collection::vec(one, 0..30).prop_map(|events| {
            let event =
                |(entry, (state, at, category, program)): (u64, (usize, i64, &str, &str))| {
                    ChoiceEvent {
                        entry,
                        category: category.parse().unwrap(),
                        program: program.parse().unwrap(),
                        ..event(ChoiceState::ALL[state], at, 1)
                    }
                };
            (0..).zip(events).map(event).collect()
        })
    }

    proptest! {
        #[test]
        fn what_was_looked_up_decides_as_the_whole_history_does(
            choices in choices(), from in 0_i64..20, long in 0_i64..10,
        ) {
            let program = Program {
                declaration: declaration(),
                statuses: vec![StatusChange { status: ProgramStatus::Active, at: second(0) }],
            };
            let (id, category) = (&program.declaration.id, "keystrokes".parse().unwrap());
            let (from, to) = (second(from), second(from + long));
            let past = Past::new(choices.clone());
            let found = past.bearing(id, &category, from, to);
            let whole = History { program: &program, material: &[], choices: &choices };
            let looked_up = History { choices: found, ..whole };
            prop_assert_eq!(
                looked_up.standing_throughout(&category, None, from, to),
                whole.standing_throughout(&category, None, from, to)
            );
            let within = found.iter().filter(|choice| choice.at > from).count();
            prop_assert!(found.len() <= within + 1, "no more than the last one before, and those within");
        }
    }

    #[test]
    fn somebody_who_never_chose_has_no_past() {
        let past = Past::default();
        let (program, category) = ("mci".parse().unwrap(), "keystrokes".parse().unwrap());
        assert!(
            past.bearing(&program, &category, second(0), second(9))
                .is_empty()
        );
    }
}
