//! Tasks as a store receives them.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::domain::employee::ExternalId;
use crate::domain::id::{DatasetId, TaskId};
use crate::domain::request::{RequestKind, Scope};

/// One task that this store owes an answer to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OpenTask {
    /// Its id, to answer with.
    pub id: TaskId,
    /// What is asked for.
    pub kind: RequestKind,
    /// In which dataset.
    pub dataset: DatasetId,
    /// About whom.
    pub employee: ExternalId,
    /// What it covers.
    pub scope: Scope,
    /// When the person asked.
    pub received_at: DateTime<Utc>,
    /// When the person must have the answer.
    pub due_at: DateTime<Utc>,
}

#[derive(Deserialize)]
pub(super) struct List {
    pub(super) tasks: Vec<OpenTask>,
}
