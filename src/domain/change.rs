//! One change that a collector has to hear of: at which position, when, and what.
//!
//! What stands here is the same for everybody; `http/agents` turns it into JSON and leaves out what an agent is not
//! registered for. To add a kind: a variant of [`What`], its JSON there, and what a collector makes of it in `client`.

use chrono::{DateTime, Utc};

use super::condition::Conditions;
use super::employee::ExternalId;
use super::id::{CategoryId, NoticeId, ProgramId};
use super::program::ProgramStatus;
use super::standing::Reason;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The position after it: everything before that position is in. A change that owes no ledger entry carries the
    /// position that the ledger had then, so several changes may carry the same one.
    pub seq: u64,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// What.
    pub what: What,
}

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// What a person's choice permits.
    Choice {
        /// Whose.
        employee: ExternalId,
        /// About which programme.
        program: ProgramId,
        /// About which kind of data.
        category: CategoryId,
        /// Why it is so now.
        reason: Reason,
        /// What is permitted now; `None`: nothing.
        permit: Option<Allowed>,
    },
    /// A programme was paused or ended, or goes on. No choice is touched by it.
    Status {
        /// Which programme.
        program: ProgramId,
        /// Its status now.
        status: ProgramStatus,
    },
    /// A programme was declared, or declared anew.
    Declared {
        /// Which.
        program: ProgramId,
    },
    /// A version of a notice was published.
    Notice {
        /// Which notice.
        notice: NoticeId,
        /// Which version.
        version: u32,
        /// Whether older choices end on its effective date.
        material: bool,
        /// From when it counts.
        effective_at: DateTime<Utc>,
        /// The programmes whose notice it is.
        programs: Vec<ProgramId>,
    },
    /// Something that cannot be told as changes: everybody fetches the snapshot anew.
    Resync,
}

/// What a choice permits, as long as its programme is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Since when without a break.
    pub since: DateTime<Utc>,
    /// From then on it is denied, because a material notice takes effect; `None`: no known end.
    pub until: Option<DateTime<Utc>>,
    /// What narrows it.
    pub conditions: Conditions,
}

impl What {
    /// Whether its position is its own. What else is told carries the position up to which was read when it was seen, and
    /// comes again to whoever resumes there: better twice than never.
    pub const fn has_own_position(&self) -> bool {
        matches!(self, Self::Choice { .. })
    }
}
