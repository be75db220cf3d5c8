//! The contract for confirmations: a collector's word that it has stopped.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::id::AgentName;

/// Everything that was to stop before a position has stopped at this agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Who says so.
    pub agent: AgentName,
    /// The position.
    pub seq: u64,
    /// When it was said, by the server's clock.
    pub at: DateTime<Utc>,
}

/// Confirmations. The first one that covers a position counts.
#[async_trait]
pub trait Acks {
    /// Keeps confirmations, all or none; what is already there stays as it is. What an earlier one of the same agent covers
    /// need not be kept: ask first.
    async fn confirm(&self, acks: &[Ack]) -> Result<(), Error>;
    /// For each agent that has confirmed everything before `seq`: its first such confirmation, by the agents' names.
    async fn confirmations(&self, seq: u64) -> Result<Vec<Ack>, Error>;
    /// One agent's first confirmation of everything before `seq`.
    async fn confirmation(&self, agent: &AgentName, seq: u64) -> Result<Option<Ack>, Error>;
    /// Forgets what was confirmed before a moment, but for each agent's latest confirmation.
    async fn forget_confirmations(&self, before: DateTime<Utc>) -> Result<(), Error>;
}
