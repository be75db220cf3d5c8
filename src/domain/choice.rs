//! A choice: what one employee said for one programme and category.
//!
//! States follow the W3C Data Privacy Vocabulary (DPV 2.3, consent status). Only `given` and `renewed` permit.

use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::condition::Conditions;
use super::employee::Locale;
use super::id::{CategoryId, ProgramId};
use super::invalid::Invalid;
use super::standing::Last;
use super::words::words;

/// What a choice event left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceState {
    /// Asked, not answered.
    Requested,
    /// A yes.
    Given,
    /// A no that was never a yes.
    Refused,
    /// A yes taken back.
    Withdrawn,
    /// A yes that ran out.
    Expired,
    /// A yes that turned out not to be valid.
    Invalidated,
    /// A yes given again.
    Renewed,
}

words!(
    ChoiceState,
    "decision",
    Requested = "requested",
    Given = "given",
    Refused = "refused",
    Withdrawn = "withdrawn",
    Expired = "expired",
    Invalidated = "invalidated",
    Renewed = "renewed"
);

impl ChoiceState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Given,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Invalidated,
        Self::Renewed,
    ];

    /// Whether the state itself is a yes.
    pub const fn permits(self) -> bool {
        matches!(self, Self::Given | Self::Renewed)
    }
}

/// One event in a person's history of choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceEvent {
    /// About which programme.
    pub program: ProgramId,
    /// About which kind of data.
    pub category: CategoryId,
    /// What was said.
    pub state: ChoiceState,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// The notice version that was shown.
    pub notice_version: u32,
    /// The language in which it was shown.
    pub language: Locale,
    /// What narrows it, if it is a yes.
    pub conditions: Conditions,
    /// Index of its ledger entry; orders events of the same instant.
    pub entry: u64,
}

impl ChoiceEvent {
    /// As far as a decision needs it.
    pub const fn last(&self) -> Last {
        Last {
            state: self.state,
            at: self.at,
            notice_version: self.notice_version,
        }
    }
}

/// The two answers that the portal offers. There is no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// On.
    Give,
    /// Off.
    Refuse,
}

impl FromStr for Answer {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "give" => Ok(Self::Give),
            "refuse" => Ok(Self::Refuse),
            _ => Err(Invalid::new("choice", "Choose On or Off.")),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Give) {
            "give"
        } else {
            "refuse"
        })
    }
}

/// What an answer does, given the latest event for the same programme and category: the state to record, or
/// `None` where it would say again what already holds.
///
/// `shown` is the notice version that the person saw, `conditions` are what narrows a yes; `counts` tells whether the
/// earlier yes still counts now.
pub fn transition(
    latest: Option<&ChoiceEvent>,
    answer: Answer,
    shown: u32,
    conditions: &Conditions,
    counts: bool,
) -> Option<ChoiceState> {
    let state = latest.map(|event| event.state);
    match answer {
        Answer::Give => match latest {
            Some(event) if event.state.permits() && counts => {
                let differs = shown > event.notice_version || event.conditions != *conditions;
                differs.then_some(ChoiceState::Renewed)
            }
            _ => Some(ChoiceState::Given),
        },
        Answer::Refuse => match state {
            Some(ChoiceState::Given | ChoiceState::Renewed) => Some(ChoiceState::Withdrawn),
            Some(ChoiceState::Refused | ChoiceState::Withdrawn) => None,
            _ => Some(ChoiceState::Refused),
        },
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn event(state: ChoiceState, second: i64, notice_version: u32) -> ChoiceEvent {
        ChoiceEvent {
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            state,
            at: DateTime::from_timestamp(second, 0).unwrap(),
            notice_version,
            language: Locale::En,
            conditions: Conditions::NONE,
            entry: u64::try_from(second).unwrap(),
        }
    }

    #[test]
    fn a_first_answer_is_given_or_refused() {
        assert_eq!(
            transition(None, Answer::Give, 1, &Conditions::NONE, false),
            Some(ChoiceState::Given)
        );
        assert_eq!(
            transition(None, Answer::Refuse, 1, &Conditions::NONE, false),
            Some(ChoiceState::Refused)
        );
    }

    #[test]
    fn a_yes_taken_back_is_withdrawn_even_when_it_no_longer_counts() {
        for state in [ChoiceState::Given, ChoiceState::Renewed] {
            for counts in [true, false] {
                assert_eq!(
                    transition(
                        Some(&event(state, 1, 1)),
                        Answer::Refuse,
                        1,
                        &Conditions::NONE,
                        counts
                    ),
                    Some(ChoiceState::Withdrawn)
                );
            }
        }
    }

    #[test]
    fn saying_the_same_again_writes_nothing() {
        assert_eq!(
            transition(
                Some(&event(ChoiceState::Given, 1, 1)),
                Answer::Give,
                1,
                &Conditions::NONE,
                true
            ),
            None
        );
        for state in [ChoiceState::Refused, ChoiceState::Withdrawn] {
            assert_eq!(
                transition(
                    Some(&event(state, 1, 1)),
                    Answer::Refuse,
                    1,
                    &Conditions::NONE,
                    false
                ),
                None
            );
        }
    }

    #[test]
    fn a_yes_to_a_newer_notice_renews_and_one_after_a_break_is_given_anew() {
        assert_eq!(
            transition(
                Some(&event(ChoiceState::Given, 1, 1)),
                Answer::Give,
                2,
                &Conditions::NONE,
                true
            ),
            Some(ChoiceState::Renewed)
        );
        assert_eq!(
            transition(
                Some(&event(ChoiceState::Given, 1, 1)),
                Answer::Give,
                2,
                &Conditions::NONE,
                false
            ),
            Some(ChoiceState::Given)
        );
        assert_eq!(
            transition(
                Some(&event(ChoiceState::Withdrawn, 1, 1)),
                Answer::Give,
                1,
                &Conditions::NONE,
                false
            ),
            Some(ChoiceState::Given)
        );
    }

    #[test]
    fn only_given_and_renewed_permit() {
        let permitting: Vec<_> = ChoiceState::ALL
            .into_iter()
            .filter(|state| state.permits())
            .collect();
        assert_eq!(permitting, [ChoiceState::Given, ChoiceState::Renewed]);
    }

    #[test]
    fn a_yes_with_other_conditions_is_said_anew_and_one_with_the_same_is_not() {
        let narrowed: Conditions = serde_json::from_str(r#"[{"apps":["browser"]}]"#).unwrap();
        let whole = event(ChoiceState::Given, 1, 1);
        let narrow = ChoiceEvent {
            conditions: narrowed.clone(),
            ..whole.clone()
        };
        let give = |latest, conditions| transition(Some(latest), Answer::Give, 1, conditions, true);
        assert_eq!(give(&whole, &narrowed), Some(ChoiceState::Renewed));
        assert_eq!(give(&narrow, &whole.conditions), Some(ChoiceState::Renewed));
        assert_eq!(give(&narrow, &narrowed), None);
    }
}
