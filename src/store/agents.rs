//! The contract for agents and their keys.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::agent::Agent;
use crate::domain::id::AgentName;

/// Agents. Only hashes of secrets come in and go out.
#[async_trait]
pub trait Agents {
    /// Registers an agent with its first key; `false` if the name is taken.
    async fn register(
        &self,
        agent: &Agent,
        key_id: &str,
        secret_sha256: [u8; 32],
    ) -> Result<bool, Error>;
    /// Adds a key and revokes all but the newest earlier one, so that two are live while an agent is being rotated.
    async fn add_key(
        &self,
        agent: &AgentName,
        key_id: &str,
        secret_sha256: [u8; 32],
        at: DateTime<Utc>,
    ) -> Result<(), Error>;
    /// Revokes an agent and all its keys; `false` if there is no such live agent.
    async fn revoke(&self, agent: &AgentName, at: DateTime<Utc>) -> Result<bool, Error>;
    /// Ids of the keys that were revoked at `since` or later.
    async fn revoked_keys(&self, since: DateTime<Utc>) -> Result<Vec<String>, Error>;
    /// The agent behind a live key, with the hash of that key's secret.
    async fn agent_by_key(&self, key_id: &str) -> Result<Option<(Agent, [u8; 32])>, Error>;
    /// By name.
    async fn agent(&self, name: &AgentName) -> Result<Option<Agent>, Error>;
    /// All of them, by name.
    async fn agents(&self) -> Result<Vec<Agent>, Error>;
}
