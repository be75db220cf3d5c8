//! The contract for following what others write: other replicas, and commands on the same database.
//!
//! Choices are followed by their positions in the ledger; what has no position is counted in `revision`.

use async_trait::async_trait;

use super::error::Error;
use crate::domain::choice::ChoiceEvent;
use crate::domain::employee::ExternalId;

/// Something that is kept in memory and changes without a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Programmes, their status, notices.
    Declarations,
    /// Agents and their keys.
    Agents,
    /// The directory.
    People,
    /// Erasures of what somebody said.
    Erasures,
}

impl Counter {
    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declarations => "declarations",
            Self::Agents => "agents",
            Self::People => "people",
            Self::Erasures => "erasures",
        }
    }
}

/// How often each has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Revisions {
    /// Programmes, their status, notices.
    pub declarations: i64,
    /// Agents and their keys.
    pub agents: i64,
    /// The directory.
    pub people: i64,
    /// Erasures of what somebody said.
    pub erasures: i64,
}

/// What one glance at the database tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// The name of the log that is being written.
    pub origin: String,
    /// The position after its last entry.
    pub seq: u64,
    /// How often the rest has changed.
    pub revisions: Revisions,
}

/// A choice and who made it, by the name that agents know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceRow {
    /// Who.
    pub employee: ExternalId,
    /// What.
    pub event: ChoiceEvent,
}

/// Reads for whoever keeps standings in memory.
#[async_trait]
pub trait Pulses {
    /// The pulse; `None` before the log was opened.
    async fn pulse(&self) -> Result<Option<Pulse>, Error>;
    /// Choices at positions in `from..to`, in their order.
    async fn choices_between(&self, from: u64, to: u64) -> Result<Vec<ChoiceRow>, Error>;
    /// Everybody who works in one of `units`.
    async fn members(&self, units: &[String]) -> Result<Vec<ExternalId>, Error>;
}
