//! The contract for programmes, their notices and what was acknowledged.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::id::{NoticeId, SubjectId};
use crate::domain::notice::PublishedNotice;
use crate::domain::program::{Declaration, Program};

/// Tells whether anything that is declared or published has changed: equal as long as nothing has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Programmes, changes of their status, versions of notices: how many of each. None is ever removed.
    pub counts: [i64; 3],
    /// The latest declaration, in microseconds; each declaration moves it.
    pub declared_at: i64,
}

/// Programmes and notices. Publishing is a ledger write (`ledger::Change::Notice`).
#[async_trait]
pub trait Programs {
    /// Adds a programme (active from `at`) or replaces the declaration of a known one.
    async fn declare(&self, declaration: &Declaration, at: DateTime<Utc>) -> Result<(), Error>;
    /// The stamp of what is declared and published.
    async fn stamp(&self) -> Result<Stamp, Error>;
    /// Every programme with its status over time, by name.
    async fn programs(&self) -> Result<Vec<Program>, Error>;
    /// Every version of every notice, newest publication first.
    async fn notices(&self) -> Result<Vec<PublishedNotice>, Error>;
    /// The document whose hash stands in the ledger.
    async fn document(&self, notice: &NoticeId, version: u32) -> Result<Option<String>, Error>;
    /// What a person has acknowledged, and when.
    async fn acknowledgements(
        &self,
        subject: &SubjectId,
    ) -> Result<Vec<(NoticeId, u32, DateTime<Utc>)>, Error>;
}
