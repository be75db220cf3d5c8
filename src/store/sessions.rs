//! The contract for sessions. Rows are found by the hash of the session id: reading the table opens nothing.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::id::SubjectId;

/// One session of one account.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// SHA-256 of the session id.
    pub id_sha256: [u8; 32],
    /// Whose it is; `None` before sign-in.
    pub subject: Option<SubjectId>,
    /// The session's values as JSON.
    pub data: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last saved.
    pub seen_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// Sessions.
#[async_trait]
pub trait Sessions {
    /// Inserts a new row; `false` if that id is taken.
    async fn create_session(&self, row: &SessionRow) -> Result<bool, Error>;
    /// Changes owner, values and end of an existing row; does nothing when it is gone (signed out meanwhile).
    async fn save_session(&self, row: &SessionRow) -> Result<(), Error>;
    /// The row, unless it has ended by `now`.
    async fn session(
        &self,
        id_sha256: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<SessionRow>, Error>;
    /// Ends one session.
    async fn delete_session(&self, id_sha256: [u8; 32]) -> Result<(), Error>;
    /// The live sessions of an account, newest first.
    async fn sessions_of(
        &self,
        subject: &SubjectId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionRow>, Error>;
    /// Ends every session of an account; how many.
    async fn delete_sessions_of(&self, subject: &SubjectId) -> Result<u64, Error>;
    /// Removes what has ended, and posted-form marks older than `forms_before`.
    async fn sweep(&self, now: DateTime<Utc>, forms_before: DateTime<Utc>) -> Result<(), Error>;
}
