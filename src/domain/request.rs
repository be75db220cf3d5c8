//! Rights requests: what a person asks for, the task it makes for each store, and the store's answer.

use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};

use super::id::{AgentName, CategoryId, DatasetId, ProgramId, RequestId, TaskId};
use super::invalid::Invalid;
use super::words::words;

/// What is asked for. Erasure (GDPR Art. 17) is the only kind so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Delete what was captured.
    Erasure,
}

words!(RequestKind, "kind", Erasure = "erasure");

/// What a request covers: records of one programme and category, or of all, in a range of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// One programme, or all.
    pub program: Option<ProgramId>,
    /// One category, or all.
    pub category: Option<CategoryId>,
    /// Batches that end at or after this moment, or from the beginning.
    pub from: Option<DateTime<Utc>>,
    /// Batches that begin before this moment. Always set: a request is about what was captured, not what will be.
    pub to: DateTime<Utc>,
}

impl Scope {
    /// Checks a scope that is asked for at `now`.
    ///
    /// # Errors
    /// When it reaches into the future or ends before it begins.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Invalid> {
        if self.to > now {
            return Err(Invalid::new(
                "to",
                "Choose today or an earlier day: what is not yet captured cannot be deleted. To stop it, turn it off.",
            ));
        }
        if self.from.is_some_and(|from| from >= self.to) {
            return Err(Invalid::new(
                "from",
                "Choose a first day that is not after the last one.",
            ));
        }
        Ok(())
    }
}

/// A store's answer to a task. "Instructed" is not "erased", and `no_match` is a result, not a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Deleted; `count` records.
    Erased,
    /// Kept, with a reason.
    Retained,
    /// Cannot be taken out any more (for example trained into a model), with a reason that names it.
    CannotBeRemoved,
    /// Nothing was there.
    NoMatch,
    /// Tried and failed; the task stays open.
    Failed,
}

words!(
    Outcome,
    "outcome",
    Erased = "erased",
    Retained = "retained",
    CannotBeRemoved = "cannot_be_removed",
    NoMatch = "no_match",
    Failed = "failed"
);

impl Outcome {
    /// Whether the task is done with this answer.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Failed)
    }
}

/// A store's signed-for answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// What became of the data.
    pub outcome: Outcome,
    /// How many records; 0 unless something was erased.
    #[serde(default)]
    pub count: u64,
    /// Why, where data remain or the attempt failed.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Attestation {
    /// Checks an answer.
    ///
    /// # Errors
    /// When the reason is missing where one is owed, or the count does not fit the outcome.
    pub fn check(&self) -> Result<(), Invalid> {
        let reason = self.reason.as_deref().map(str::trim).unwrap_or_default();
        if reason.chars().count() > 1000 {
            return Err(Invalid::new("reason", "Say it in at most 1000 characters."));
        }
        match self.outcome {
            Outcome::Erased if self.count == 0 || self.count > i64::MAX as u64 => {
                Err(Invalid::new(
                    "count",
                    "Say how many records were erased. If there were none, answer no_match.",
                ))
            }
            Outcome::NoMatch | Outcome::Retained | Outcome::CannotBeRemoved | Outcome::Failed
                if self.count != 0 =>
            {
                Err(Invalid::new("count", "Only erased carries a count."))
            }
            Outcome::Retained | Outcome::CannotBeRemoved | Outcome::Failed if reason.is_empty() => {
                Err(Invalid::new(
                    "reason",
                    "Say why; the person concerned reads it.",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A request's part for one dataset in one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Of which request.
    pub request: RequestId,
    /// Which store has to answer.
    pub store: AgentName,
    /// For which dataset.
    pub dataset: DatasetId,
    /// The programme of that dataset.
    pub program: ProgramId,
    /// The answer and when it came, once there is one.
    pub attestation: Option<(Attestation, DateTime<Utc>)>,
}

impl Task {
    /// Whether the store still owes an answer.
    pub fn is_open(&self) -> bool {
        !self
            .attestation
            .as_ref()
            .is_some_and(|(attestation, _)| attestation.outcome.is_final())
    }
}

/// One rights request with its tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What is asked for.
    pub kind: RequestKind,
    /// What it covers.
    pub scope: Scope,
    /// When it was received; the legal clock starts here.
    pub received_at: DateTime<Utc>,
    /// When the answer is due.
    pub due_at: DateTime<Utc>,
    /// When the last store had answered.
    pub completed_at: Option<DateTime<Utc>>,
    /// One per store and dataset.
    pub tasks: Vec<Task>,
}

/// When a request received at `received_at` must be answered: one month later (GDPR Art. 12(3)); in a shorter month,
/// on its last day.
pub fn due_at(received_at: DateTime<Utc>) -> DateTime<Utc> {
    received_at
        .checked_add_months(Months::new(1))
        .unwrap_or(received_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn scope(from: Option<&str>, to: &str) -> Scope {
        Scope {
            program: None,
            category: None,
            from: from.map(at),
            to: at(to),
        }
    }

    #[test]
    fn a_month_ends_with_the_month() {
        assert_eq!(
            due_at(at("2026-01-31T10:00:00Z")),
            at("2026-02-28T10:00:00Z")
        );
        assert_eq!(
            due_at(at("2026-11-12T10:00:00Z")),
            at("2026-12-12T10:00:00Z")
        );
    }

    #[test]
    fn a_scope_lies_in_the_past_and_runs_forward() {
        let now = at("2026-11-23T00:00:00Z");
        assert!(scope(None, "2026-11-23T00:00:00Z").check(now).is_ok());
        assert_eq!(
            scope(None, "2026-11-24T00:00:00Z")
                .check(now)
                .unwrap_err()
                .field,
            "to"
        );
        assert_eq!(
            scope(Some("2026-11-21T00:00:00Z"), "2026-11-20T00:00:00Z")
                .check(now)
                .unwrap_err()
                .field,
            "from"
        );
    }

    #[test]
    fn an_answer_says_how_many_or_why() {
        let answer = |outcome, count, reason: Option<&str>| {
            Attestation {
                outcome,
                count,
                reason: reason.map(Into::into),
            }
            .check()
        };
        assert!(answer(Outcome::Erased, 3, None).is_ok());
        assert!(answer(Outcome::NoMatch, 0, None).is_ok());
        assert!(answer(Outcome::Retained, 0, Some("Legal hold 2026/4")).is_ok());
        assert!(
            answer(Outcome::Erased, 0, None).is_err(),
            "erased nothing is no_match"
        );
        assert!(answer(Outcome::NoMatch, 1, None).is_err());
        for outcome in [Outcome::Retained, Outcome::CannotBeRemoved, Outcome::Failed] {
            assert!(answer(outcome, 0, None).is_err());
            assert!(answer(outcome, 0, Some("  ")).is_err());
        }
    }

    #[test]
    fn a_failed_task_stays_open() {
        let attestation = |outcome| Attestation {
            outcome,
            count: 0,
            reason: None,
        };
        let mut task = Task {
            id: TaskId::from_random([1; 16]),
            request: RequestId::from_random([2; 16]),
            store: "lake".parse().unwrap(),
            dataset: "mci-keys".parse().unwrap(),
            program: "mci".parse().unwrap(),
            attestation: None,
        };
        assert!(task.is_open());
        task.attestation = Some((attestation(Outcome::Failed), at("2026-11-23T00:00:00Z")));
        assert!(task.is_open());
        task.attestation = Some((attestation(Outcome::NoMatch), at("2026-11-23T00:00:00Z")));
        assert!(!task.is_open());
    }
}
