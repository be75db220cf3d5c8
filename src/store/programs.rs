//! The contract for programmes, their notices and what was acknowledged.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::id::{NoticeId, ProgramId, SubjectId};
use crate::domain::notice::PublishedNotice;
use crate::domain::program::{Declaration, Program};
use crate::domain::stop::StatusNote;

/// Programmes and notices. Publishing is a ledger write (`ledger::Change::Notice`).
#[async_trait]
pub trait Programs {
    /// Adds a programme (active from `at`) or replaces the declaration of a known one.
    async fn declare(&self, declaration: &Declaration, at: DateTime<Utc>) -> Result<(), Error>;
    /// How often anything that is declared and published has changed (`pulse::Revisions::declarations`).
    async fn stamp(&self) -> Result<i64, Error>;
    /// Every programme with its status over time, by name.
    async fn programs(&self) -> Result<Vec<Program>, Error>;
    /// Every version of every notice, newest publication first.
    async fn notices(&self) -> Result<Vec<PublishedNotice>, Error>;
    /// The document whose hash stands in the ledger.
    async fn document(&self, notice: &NoticeId, version: u32) -> Result<Option<String>, Error>;
    /// What was said when a programme's status changed, newest first, each with the position of its entry.
    async fn status_notes(&self, program: &ProgramId) -> Result<Vec<(u64, StatusNote)>, Error>;
    /// What a person has acknowledged, and when.
    async fn acknowledgements(
        &self,
        subject: &SubjectId,
    ) -> Result<Vec<(NoticeId, u32, DateTime<Utc>)>, Error>;
}
