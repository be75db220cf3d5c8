//! The contract for the ledger: one way to make a batch of changes durable, and what can be read of the log.
//!
//! What a batch is made of stands in `write.rs`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use super::write::{Outcome, Write};
use crate::domain::id::SubjectId;
use crate::ledger::hash::Hash;
use crate::ledger::key::SignerKey;
use crate::ledger::prepared::Link;
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

/// The head of a log.
#[derive(Debug, Clone)]
pub struct Head {
    /// Number of the log in this database: 1, and one more for each that succeeded another.
    pub log: i64,
    /// Position of its first entry.
    pub base: u64,
    /// The log's name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root hash.
    pub root: Hash,
    /// The signed checkpoint.
    pub checkpoint: String,
}

impl Head {
    /// The position after the last entry.
    pub const fn seq(&self) -> u64 {
        self.base + self.size
    }
}

/// One entry of a person's own chain.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Number in the person's chain, from 0.
    pub seq: u64,
    /// Position in the ledger.
    pub entry: u64,
    /// Leaf hash.
    pub leaf: Hash,
    /// When.
    pub at: DateTime<Utc>,
}

/// The ledger. A *position* is a log's base plus an index in that log; in a first log the two are the same.
#[async_trait]
pub trait Ledger {
    /// Starts the log with its first public entry unless it is already there.
    ///
    /// # Errors
    /// `Error::Ledger` if the database holds a log of another origin.
    async fn open_log(&self, forge: &Forge<'_>, at: DateTime<Utc>) -> Result<(), Error>;
    /// Makes a batch durable: state, entries, tiles and the newly signed checkpoint in one transaction. A refused
    /// write leaves the others alone. An error means that nothing of the batch is known to be there: read again.
    async fn commit(&self, batch: &[Write], forge: &Forge<'_>) -> Result<Outcome, Error>;
    /// The newest head of the log that is being written; `None` before it was opened.
    async fn head(&self) -> Result<Option<Head>, Error>;
    /// The newest head of the log that holds the entry at a position, or that held the last one before it.
    async fn head_at(&self, position: u64) -> Result<Option<Head>, Error>;
    /// A tile of a log as far as it is filled.
    async fn tile(&self, log: i64, level: u8, n: u64) -> Result<Option<Vec<u8>>, Error>;
    /// The bytes of the entry at an index of a log.
    async fn entry(&self, log: i64, index: u64) -> Result<Option<Vec<u8>>, Error>;
    /// A person's chain, oldest first.
    async fn events(&self, subject: &SubjectId) -> Result<Vec<EventRow>, Error>;
    /// The end of a person's chain; `None` before the first statement.
    async fn link(&self, subject: &SubjectId) -> Result<Option<Link>, Error>;
    /// The sealed opening of one of a person's entries, by position. Somebody else's entry finds nothing.
    async fn sealed(&self, subject: &SubjectId, entry: u64) -> Result<Option<Vec<u8>>, Error>;
    /// A person's wrapped key and its epoch.
    async fn dek(&self, subject: &SubjectId) -> Result<Option<(u64, Vec<u8>)>, Error>;
}
