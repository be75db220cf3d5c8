//! The contract for the ledger: every change that owes an entry, and the one way to make it durable.
//!
//! To add a kind of change: a variant here, its conditions and rows in `query/apply.rs`, its statement in
//! `ledger::payload` if it is about a person.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::choice::ChoiceState;
use crate::domain::employee::Locale;
use crate::domain::id::{AgentName, CategoryId, FormId, NoticeId, ProgramId, SubjectId, TaskId};
use crate::domain::notice::NoticeVersion;
use crate::domain::request::{Attestation, Request};
use crate::ledger::hash::Hash;
use crate::ledger::key::SignerKey;
use crate::ledger::seal::EpochKey;

/// What the writer needs besides the database: the keys that are not in it, and randomness.
pub struct Forge<'a> {
    /// Signs checkpoints; its name is the log's origin.
    pub signer: &'a SignerKey,
    /// Wraps the keys of people.
    pub epoch_key: &'a EpochKey,
    /// Fills a buffer from the system's CSPRNG.
    pub fill: &'a (dyn Fn(&mut [u8]) + Send + Sync),
}

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
        /// Who.
        subject: SubjectId,
        /// What, with its tasks.
        request: Request,
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

/// A choice that is about to be made.
#[derive(Debug, Clone)]
pub struct ChoiceDraft {
    /// Who.
    pub subject: SubjectId,
    /// About which programme.
    pub program: ProgramId,
    /// About which kind of data.
    pub category: CategoryId,
    /// What it becomes.
    pub state: ChoiceState,
    /// Ledger entry of the latest choice that this was decided upon; if there is a newer one, the write is `Stale`.
    pub after: Option<u64>,
    /// The notice that was shown, if the programme has one yet.
    pub shown: Option<Shown>,
    /// The language in which it was shown.
    pub language: Locale,
}

/// The notice version that a person saw when choosing.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Which notice.
    pub notice: NoticeId,
    /// Which version.
    pub version: u32,
    /// Its ledger entry.
    pub entry: u64,
    /// SHA-256 of the published document.
    pub sha256: [u8; 32],
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Indices of its ledger entries, in the order of its changes.
    pub entries: Vec<u64>,
    /// Size of the log after the batch: the position that a later check may ask for.
    pub seq: u64,
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
    /// What it refers to is not there (any more).
    NotFound,
}

/// The head of the log.
#[derive(Debug, Clone)]
pub struct Head {
    /// The log's name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root hash.
    pub root: Hash,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// One entry of a person's own chain.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Position in the person's chain, from 0.
    pub seq: u64,
    /// Index in the log.
    pub entry: u64,
    /// Leaf hash.
    pub leaf: Hash,
    /// When.
    pub at: DateTime<Utc>,
}

/// The ledger.
#[async_trait]
pub trait Ledger {
    /// Starts the log with its first public entry unless it is already there.
    ///
    /// # Errors
    /// `Error::Ledger` if the database holds a log of another origin.
    async fn open_log(&self, forge: &Forge<'_>, at: DateTime<Utc>) -> Result<(), Error>;
    /// Makes a batch durable: state, entries, tiles and the newly signed checkpoint in one transaction. A refused
    /// write leaves the others alone. An error means that nothing of the batch is known to be there: read again.
    async fn commit(
        &self,
        batch: &[Write],
        forge: &Forge<'_>,
    ) -> Result<Vec<Result<Committed, Refusal>>, Error>;
    /// The newest head; `None` before the log was opened.
    async fn head(&self) -> Result<Option<Head>, Error>;
    /// A tile as far as it is filled.
    async fn tile(&self, level: u8, n: u64) -> Result<Option<Vec<u8>>, Error>;
    /// The bytes of an entry.
    async fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Error>;
    /// A person's chain, oldest first.
    async fn events(&self, subject: &SubjectId) -> Result<Vec<EventRow>, Error>;
    /// The sealed opening of one of a person's entries. Somebody else's entry finds nothing.
    async fn sealed(&self, subject: &SubjectId, entry: u64) -> Result<Option<Vec<u8>>, Error>;
    /// A person's wrapped key and its epoch.
    async fn dek(&self, subject: &SubjectId) -> Result<Option<(u64, Vec<u8>)>, Error>;
    /// Whether a form was already posted.
    async fn is_posted(&self, once: &FormId) -> Result<bool, Error>;
}
