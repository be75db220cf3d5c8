//! The contract for records: metadata of captured batches.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::id::{AgentName, CategoryId, ProgramId, RecordId, SubjectId};
use crate::domain::record::Record;
use crate::domain::request::Scope;
use crate::domain::standing::Reason;

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// What the collector reported.
    pub record: Record,
    /// Which collector.
    pub agent: AgentName,
    /// When it arrived, by the server's clock.
    pub received_at: DateTime<Utc>,
    /// Why it was quarantined, if it was.
    pub quarantined: Option<Reason>,
}

/// Which of a person's records: those that began in `from..to`.
#[derive(Debug, Clone)]
pub struct Range {
    /// Inclusive.
    pub from: DateTime<Utc>,
    /// Exclusive.
    pub to: DateTime<Utc>,
    /// One programme, or all.
    pub program: Option<ProgramId>,
    /// One category, or all.
    pub category: Option<CategoryId>,
}

/// Counts of one category in one quarter of an hour: small enough to be summed up to days in any time zone.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Which programme.
    pub program: ProgramId,
    /// Which category.
    pub category: CategoryId,
    /// Beginning of the quarter of an hour.
    pub at: DateTime<Utc>,
    /// Records, events, bytes.
    pub records: u64,
    /// Captured events.
    pub events: u64,
    /// Bytes of content.
    pub bytes: u64,
}

/// Where a page of records goes on: behind the row with these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Beginning of the last row shown.
    pub from: DateTime<Utc>,
    /// Its id; orders rows of one instant.
    pub id: RecordId,
}

/// Records. Every reading method is about one person.
#[async_trait]
pub trait Records {
    /// Accepted records, counted.
    async fn buckets(&self, subject: &SubjectId, range: &Range) -> Result<Vec<Bucket>, Error>;
    /// Accepted records, newest first.
    async fn records(
        &self,
        subject: &SubjectId,
        range: &Range,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<RecordRow>, Error>;
    /// Quarantined records, newest first, and how many there are in all.
    async fn quarantined(
        &self,
        subject: &SubjectId,
        range: &Range,
        limit: u32,
    ) -> Result<(Vec<RecordRow>, u64), Error>;
    /// How many records an erasure of that scope would cover.
    async fn count_in_scope(&self, subject: &SubjectId, scope: &Scope) -> Result<u64, Error>;
}
