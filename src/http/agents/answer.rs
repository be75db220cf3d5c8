//! The check on the wire: answers in AuthZEN's form.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::authzen::Semantic;
use crate::app::check::Decision;
use crate::domain::standing::Reason;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answer {
    /// Whether it is permitted now. Only a literal `true` is a yes.
    pub decision: bool,
    /// Why, since when, and for how long.
    pub context: Context,
}

/// What comes with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Context {
    /// With a decision.
    Standing(StandingContext),
    /// With an item that could not be read; its decision is no.
    Error {
        /// What is wrong with the item.
        error: ItemError,
    },
}

/// What comes with a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingContext {
    /// Why.
    #[schema(value_type = String, examples("consent_given"))]
    pub reason: Reason,
    /// Position in the ledger that the answer is based on.
    pub seq: u64,
    /// When it was given.
    pub as_of: DateTime<Utc>,
    /// For how many milliseconds it may be relied on, counted from when it was asked for.
    pub lease_ms: u64,
    /// Since when this has held without a break: what was captured before is not covered.
    pub since: DateTime<Utc>,
}

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemError {
    /// As an HTTP status.
    pub status: u16,
    /// What to do.
    pub message: &'static str,
}

/// Many answers, in the order of the questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answers {
    /// One for each question, up to the one after which to stop.
    pub evaluations: Vec<Answer>,
}

impl Semantic {
    /// The answers up to the one after which to stop.
    pub fn cut(self, mut answers: Vec<Answer>) -> Vec<Answer> {
        let last = match self {
            Self::ExecuteAll => None,
            Self::DenyOnFirstDeny => answers.iter().position(|answer| !answer.decision),
            Self::PermitOnFirstPermit => answers.iter().position(|answer| answer.decision),
        };
        answers.truncate(last.map_or(usize::MAX, |last| last + 1));
        answers
    }
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        Self {
            decision: decision.standing.permits(),
            context: Context::Standing(StandingContext {
                reason: decision.standing.reason,
                seq: decision.seq,
                as_of: decision.as_of,
                lease_ms: decision.lease_ms,
                since: decision.standing.since,
            }),
        }
    }
}

impl From<ItemError> for Answer {
    fn from(error: ItemError) -> Self {
        Self {
            decision: false,
            context: Context::Error { error },
        }
    }
}
