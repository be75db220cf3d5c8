//! The contract for rights requests and their tasks. Filing and answering are ledger writes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::employee::ExternalId;
use crate::domain::id::{AgentName, RequestId, SubjectId, TaskId};
use crate::domain::request::{Request, Scope, Task};

/// A task with what its store needs to do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// The task.
    pub task: Task,
    /// About whom.
    pub employee: ExternalId,
    /// What it covers.
    pub scope: Scope,
    /// When the request was received.
    pub received_at: DateTime<Utc>,
    /// When the answer is due.
    pub due_at: DateTime<Utc>,
}

/// Requests.
#[async_trait]
pub trait Requests {
    /// A person's requests, newest first, or the one with that id. Somebody else's id finds nothing.
    async fn requests(
        &self,
        subject: &SubjectId,
        id: Option<&RequestId>,
    ) -> Result<Vec<Request>, Error>;
    /// What a store still has to answer, oldest first.
    async fn open_tasks(&self, store: &AgentName, limit: u32) -> Result<Vec<OpenTask>, Error>;
    /// A task of that store.
    async fn task(&self, store: &AgentName, id: &TaskId) -> Result<Option<Task>, Error>;
}
