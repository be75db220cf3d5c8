//! What the ledger's writer is asked to do: changes that happen together, and what became of them.
//!
//! To add a kind of change: a variant here, its conditions in `query/check.rs`, its rows in `query/apply.rs`, its
//! statement in `ledger::payload` if it is about a person.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::pulse::ChoiceRow;
use crate::domain::account::Role;
use crate::domain::choice::{ChoiceEvent, ChoiceState};
use crate::domain::condition::Conditions;
use crate::domain::employee::Locale;
use crate::domain::id::{AgentName, CategoryId, FormId, NoticeId, ProgramId, SubjectId, TaskId};
use crate::domain::notice::NoticeVersion;
use crate::domain::program::ProgramStatus;
use crate::domain::request::{Attestation, Request};
use crate::ledger::prepared::Prepared;
use crate::ledger::tile::{TileId, right_edge};

/// Changes that happen together or not at all.
#[derive(Debug, Clone)]
pub struct Write {
    /// The form that was posted, where it was one: the second time it is refused.
    pub once: Option<FormId>,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// What changes, in order. Empty is allowed: then only the form is marked as posted.
    pub changes: Vec<Change>,
}

/// One change of state.
#[derive(Debug, Clone)]
pub enum Change {
    /// A person said yes or no.
    Choice(ChoiceDraft),
    /// HR publishes a version of a notice.
    Notice(NoticeVersion),
    /// A programme is stopped for everybody, or goes on.
    Status {
        /// Which programme.
        program: ProgramId,
        /// Its status from then on.
        status: ProgramStatus,
        /// The role of whoever does it.
        by: Role,
        /// Why, in words for everybody.
        reason: String,
    },
    /// "I have read this."
    Acknowledgement {
        /// Who.
        subject: SubjectId,
        /// What.
        notice: NoticeId,
        /// Which version.
        version: u32,
    },
    /// A person asks for something.
    Request {
        /// What, with its tasks.
        request: Request,
        /// The statement for the person's chain.
        statement: Prepared,
    },
    /// A store answers. An answer of erasure takes our own records of that scope along, and the last answer
    /// completes the request.
    Attestation {
        /// Who answers.
        store: AgentName,
        /// Which task.
        task: TaskId,
        /// What.
        attestation: Attestation,
    },
    /// A new password; ends the account's other sessions.
    Password {
        /// Whose.
        subject: SubjectId,
        /// PHC string.
        hash: String,
        /// The invitation that is spent for it, if it came from one.
        invitation: Option<[u8; 32]>,
    },
}

impl Change {
    /// Whether programmes, their status or notices change by it.
    pub const fn is_declaration(&self) -> bool {
        matches!(self, Self::Notice(_) | Self::Status { .. })
    }
}

/// A choice that is about to be made.
#[derive(Debug, Clone)]
pub struct ChoiceDraft {
    /// The statement for the person's chain. It says who and when, and by its place in the chain upon which history the
    /// choice was decided; if the chain has grown since, the write is `Stale`.
    pub statement: Prepared,
    /// About which programme.
    pub program: ProgramId,
    /// About which kind of data.
    pub category: CategoryId,
    /// What it becomes.
    pub state: ChoiceState,
    /// The version of the notice that was shown; 0 when none was.
    pub notice_version: u32,
    /// The language in which it was shown.
    pub language: Locale,
    /// What narrows it, if it is a yes.
    pub conditions: Conditions,
}

impl ChoiceDraft {
    /// The choice as it stands at a position.
    pub fn event(&self, entry: u64) -> ChoiceEvent {
        ChoiceEvent {
            program: self.program.clone(),
            category: self.category.clone(),
            state: self.state,
            at: self.statement.at,
            notice_version: self.notice_version,
            language: self.language,
            conditions: self.conditions.clone(),
            entry,
        }
    }
}

/// What a batch came to.
#[derive(Debug)]
pub struct Outcome {
    /// What became of each write.
    pub results: Vec<Result<Committed, Refusal>>,
    /// The position after the log's last entry before the batch.
    pub before: u64,
    /// The same after it.
    pub after: u64,
    /// The choices that were made, in their order.
    pub choices: Vec<ChoiceRow>,
    /// Whether programmes, their status or notices may have changed.
    pub declarations: bool,
}

/// What became of a write.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Positions of its ledger entries, in the order of its changes.
    pub entries: Vec<u64>,
    /// The log after the batch.
    pub log: Arc<Snapshot>,
}

/// The log right after a batch, with the tiles that a proof for one of the batch's entries is made from.
#[derive(Debug)]
pub struct Snapshot {
    /// Position of the log's first entry.
    pub base: u64,
    /// Number of entries in this log.
    pub size: u64,
    /// The signed checkpoint of that size.
    pub checkpoint: String,
    /// The tiles at the right edge before and after the batch, the later ones where both exist.
    pub tiles: Vec<(TileId, Vec<u8>)>,
}

impl Snapshot {
    /// The tiles that are not full yet; `None` when they are not all here.
    pub(crate) fn edge(&self) -> Option<Vec<(TileId, Vec<u8>)>> {
        let tile = |id: TileId| self.tiles.iter().find(|(tile, _)| *tile == id).cloned();
        right_edge(self.size).into_iter().map(tile).collect()
    }

    /// The position that a later check may ask for: everything before it is in.
    pub const fn seq(&self) -> u64 {
        self.base + self.size
    }
}

/// Why a write was left out of its batch. Nothing of it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The form was already posted.
    Replayed,
    /// What it was decided upon has changed meanwhile; read again and decide again.
    Stale,
    /// That version of the notice exists.
    VersionTaken,
    /// A different final answer stands.
    AlreadyAnswered,
    /// It already is so, or can no longer be.
    AlreadySo,
    /// What it refers to is not there (any more).
    NotFound,
}
