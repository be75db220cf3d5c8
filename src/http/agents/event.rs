//! Changes on the wire: one JSON object each, the same in the stream and in the long poll.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::scope::Scope;
use crate::app::snapshot::Rules;
use crate::domain::change::{Allowed, Change, What};
use crate::domain::condition::Conditions;
use crate::domain::program::ProgramStatus;
use crate::domain::standing::Reason;

/// One change, or a sign of life.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type")]
pub enum Event {
    /// The stream begins: fetch the snapshot now. Its position may be further on; ignore events up to it.
    #[serde(rename = "snapshot")]
    Snapshot {
        /// The position from which the stream goes on.
        seq: u64,
    },
    /// Something was missed: deny until the snapshot has been fetched anew.
    #[serde(rename = "resync")]
    Resync {
        /// The position from which it goes on.
        seq: u64,
    },
    /// The server is well and knows the ledger's head.
    #[serde(rename = "heartbeat")]
    Heartbeat {
        /// Everything before this position has been sent.
        seq: u64,
        /// When, by the server's clock.
        time: DateTime<Utc>,
        /// For how many milliseconds what is known may be relied on.
        lease_ms: u64,
    },
    /// What a person's choice permits has changed.
    #[serde(rename = "choice.changed")]
    Choice {
        /// Everything before this position is in.
        seq: u64,
        /// When.
        at: DateTime<Utc>,
        /// The number by which HR knows the person.
        employee: String,
        /// Which programme.
        program: String,
        /// Which kind of data.
        category: String,
        /// What is permitted now; `null`: nothing.
        permit: Option<Terms>,
        /// Why.
        #[schema(value_type = String, examples("withdrawn"))]
        reason: Reason,
    },
    /// A programme stands still. No choice is touched.
    #[serde(rename = "program.paused")]
    Paused(Turn),
    /// A programme goes on, within each person's choices.
    #[serde(rename = "program.resumed")]
    Resumed(Turn),
    /// A programme is over.
    #[serde(rename = "program.ended")]
    Ended(Turn),
    /// A programme was declared, or declared anew.
    #[serde(rename = "program.changed")]
    Program {
        /// Everything before this position is in.
        seq: u64,
        /// When.
        at: DateTime<Utc>,
        /// As it is now.
        program: Program,
    },
    /// A version of a notice was published. If it is material, every permit of these programmes that is held at this
    /// moment ends at `effective_at`, if it does not end before.
    #[serde(rename = "notice.changed")]
    Notice {
        /// Everything before this position is in.
        seq: u64,
        /// When.
        at: DateTime<Utc>,
        /// Which notice.
        notice: String,
        /// Which version.
        version: u32,
        /// Whether older choices end.
        material: bool,
        /// From when it counts.
        effective_at: DateTime<Utc>,
        /// The agent's programmes whose notice it is.
        programs: Vec<String>,
    },
}

/// A programme's change of status.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Turn {
    /// Everything before this position is in.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Which programme.
    pub program: String,
}

/// What a choice permits, as long as its programme is active.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Terms {
    /// Since when.
    pub since: DateTime<Utc>,
    /// From then on it is denied; `null`: no known end.
    pub until: Option<DateTime<Utc>>,
    /// Conditions that narrow it. Whoever does not understand one treats the permit as a no.
    #[schema(value_type = Vec<Object>)]
    pub conditions: Conditions,
}

/// A programme, as far as the agent is registered for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Program {
    /// Its name.
    pub id: String,
    /// `active`, `paused` or `ended`.
    #[schema(value_type = String, examples("active"))]
    pub status: ProgramStatus,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The kinds of data.
    pub categories: Vec<String>,
    /// The apps in which it captures; empty means any.
    pub apps: Vec<String>,
}

impl Event {
    /// The change as this agent gets it. `rules`: the programme that was declared; without them the agent starts over.
    pub fn of(change: &Change, scope: &Scope, rules: Option<Rules>) -> Self {
        let Change { seq, at, what } = change.clone();
        match what {
            What::Choice {
                employee,
                program,
                category,
                reason,
                permit,
            } => Self::Choice {
                seq,
                at,
                employee: employee.into(),
                program: program.into(),
                category: category.into(),
                permit: permit.map(Into::into),
                reason,
            },
            What::Status { program, status } => {
                let program = program.into();
                let turn = Turn { seq, at, program };
                match status {
                    ProgramStatus::Active => Self::Resumed(turn),
                    ProgramStatus::Paused => Self::Paused(turn),
                    ProgramStatus::Ended => Self::Ended(turn),
                }
            }
            What::Declared { .. } => rules.map_or(Self::Resync { seq }, |rules| Self::Program {
                seq,
                at,
                program: rules.into(),
            }),
            What::Notice {
                notice,
                version,
                material,
                effective_at,
                programs,
            } => Self::Notice {
                seq,
                at,
                notice: notice.into(),
                version,
                material,
                effective_at,
                programs: programs
                    .into_iter()
                    .filter(|program| scope.agent.programs.contains(program))
                    .map(Into::into)
                    .collect(),
            },
            What::Resync => Self::Resync { seq },
        }
    }

    /// The word after `event:`, and the number after `id:`.
    const fn label(&self) -> (&'static str, u64) {
        match self {
            Self::Snapshot { seq } => ("snapshot", *seq),
            Self::Resync { seq } => ("resync", *seq),
            Self::Heartbeat { seq, .. } => ("heartbeat", *seq),
            Self::Choice { seq, .. } => ("choice.changed", *seq),
            Self::Paused(turn) => ("program.paused", turn.seq),
            Self::Resumed(turn) => ("program.resumed", turn.seq),
            Self::Ended(turn) => ("program.ended", turn.seq),
            Self::Program { seq, .. } => ("program.changed", *seq),
            Self::Notice { seq, .. } => ("notice.changed", *seq),
        }
    }

    /// As an event of the stream.
    pub fn frame(&self) -> Bytes {
        let (word, seq) = self.label();
        // Never fails for these types; if it did, an event without data is one that no client takes for anything.
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("id: {seq}\nevent: {word}\ndata: {json}\n\n").into()
    }
}

/// The JSON in a frame.
pub fn json(frame: &Bytes) -> &[u8] {
    const DATA: &[u8] = b"\ndata: ";
    let begin = frame.windows(DATA.len()).position(|window| window == DATA);
    let begin = begin.map_or(frame.len(), |begin| begin + DATA.len());
    frame[begin..].trim_ascii_end()
}

impl From<Allowed> for Terms {
    fn from(allowed: Allowed) -> Self {
        Self {
            since: allowed.since,
            until: allowed.until,
            conditions: allowed.conditions,
        }
    }
}

impl From<Rules> for Program {
    fn from(rules: Rules) -> Self {
        Self {
            id: rules.program.into(),
            status: rules.status,
            since: rules.since,
            categories: rules.categories.into_iter().map(Into::into).collect(),
            apps: rules.apps,
        }
    }
}
