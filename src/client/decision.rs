//! Questions and decisions in AuthZEN 1.0 terms (OpenID Authorization API 1.0, sections 5 to 7).

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::standing::Reason;
use crate::domain::strict::Object;

use super::error::Error;
use super::moment::Moment;
use super::parsed;

/// May I collect this, about this person, for this programme?
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question {
    /// About whom.
    pub employee: ExternalId,
    /// For which programme.
    pub program: ProgramId,
    /// Which kind of data.
    pub category: CategoryId,
    /// In which app, where the programme is limited to some.
    pub app: Option<String>,
}

/// A clean answer.
#[derive(Debug, Clone)]
pub enum Decision {
    /// Yes, for a while.
    Permit(Permit),
    /// No.
    Deny(Denial),
}

/// A yes that runs out.
#[derive(Debug, Clone)]
pub struct Permit {
    /// Since when the yes has held without a break: nothing from before may be captured.
    pub since: DateTime<Utc>,
    /// The ledger position that the answer is based on.
    pub seq: Option<u64>,
    lease: Duration,
    asked: Moment,
}

/// A no.
#[derive(Debug, Clone, Copy)]
pub struct Denial {
    /// Why, if the server said so in a word that is known here.
    pub reason: Option<Reason>,
    /// The ledger position that the answer is based on.
    pub seq: Option<u64>,
}

impl Permit {
    /// Longest lease that is honoured, whatever the server says.
    pub const MAX_LEASE: Duration = Duration::from_secs(30);

    /// Whether the yes still holds at `now`. The lease counts from when the question was sent.
    pub fn holds(&self, now: Moment) -> bool {
        now.since(self.asked) < self.lease
    }

    /// How long it holds, counted from when the question was sent.
    pub const fn lease(&self) -> Duration {
        self.lease
    }
}

impl Decision {
    /// Whether it is a yes that holds at `now`.
    pub fn permits(&self, now: Moment) -> bool {
        matches!(self, Self::Permit(permit) if permit.holds(now))
    }
}

impl Question {
    pub(super) fn request(&self) -> Value {
        let mut resource = json!({ "type": "data_category", "id": self.category });
        if let Some(app) = &self.app {
            resource["properties"] = json!({ "app": app });
        }
        json!({
            "subject": { "type": "employee", "id": self.employee },
            "action": { "name": "collect", "properties": { "program": self.program } },
            "resource": resource,
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    decision: bool,
    context: Option<Object<Context>>,
}

#[derive(Deserialize, Default)]
struct Context {
    reason: Option<String>,
    seq: Option<u64>,
    lease_ms: Option<u64>,
    since: Option<DateTime<Utc>>,
    obligations: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Answers {
    evaluations: Vec<Object<Answer>>,
}

pub(super) fn parse_one(body: &[u8], asked: Moment) -> Result<Decision, Error> {
    parsed::<Answer>(body)?.decision(asked)
}

pub(super) fn parse_many(
    body: &[u8],
    expected: usize,
    asked: Moment,
) -> Result<Vec<Decision>, Error> {
    let answers = parsed::<Answers>(body)?.evaluations;
    if answers.len() != expected {
        return Err(Error::Unclear(
            "another number of decisions than was asked for",
        ));
    }
    let decisions = answers
        .into_iter()
        .map(|Object(answer)| answer.decision(asked));
    decisions.collect()
}

impl Answer {
    fn decision(self, asked: Moment) -> Result<Decision, Error> {
        let context = self.context.unwrap_or_default().0;
        if !self.decision {
            let reason = context.reason.and_then(|reason| reason.parse().ok());
            return Ok(Decision::Deny(Denial {
                reason,
                seq: context.seq,
            }));
        }
        if context.obligations.is_some() {
            return Err(Error::Unclear(
                "a yes with conditions that are not known here",
            ));
        }
        let (Some(lease), Some(since)) = (context.lease_ms, context.since) else {
            return Err(Error::Unclear(
                "a yes without saying since when and for how long",
            ));
        };
        Ok(Decision::Permit(Permit {
            since,
            seq: context.seq,
            lease: Duration::from_millis(lease).min(Permit::MAX_LEASE),
            asked,
        }))
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
pub(crate) mod tests;
