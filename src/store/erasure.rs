//! The contract for erasing what one person said. The ledger's entries stay; what opens them goes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::id::SubjectId;
use crate::ledger::key::SignerKey;

/// What is kept of a person's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Statements that can be opened: choices, requests, answers to requests.
    pub openings: u64,
    /// Notices marked as read.
    pub acknowledgements: u64,
    /// Requests that every store has answered.
    pub answered_requests: u64,
    /// Requests that wait for a store's answer. An erasure leaves them: they are the order to delete what was captured.
    pub open_requests: u64,
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// What was there. All of it is gone but for the open requests.
    pub gone: Holdings,
    /// The public entry that counts it; none where no statement was there.
    pub entry: Option<u64>,
}

/// Erasure of a person's statements.
#[async_trait]
pub trait Erasure {
    /// What an erasure would take.
    async fn holdings(&self, subject: &SubjectId) -> Result<Holdings, Error>;
    /// Takes it, together with the public entry that says how many openings went (never whose), in one transaction
    /// under the log's lock.
    async fn erase(
        &self,
        subject: &SubjectId,
        signer: &SignerKey,
        at: DateTime<Utc>,
    ) -> Result<Erased, Error>;
    /// Leaves no copy of deleted rows in files beside the database; `false` when a reader still uses one and it must
    /// be tried again. PostgreSQL keeps its write-ahead log as long as it likes: there only the end of the epoch helps,
    /// and this does nothing.
    async fn settle(&self) -> Result<bool, Error>;
}
