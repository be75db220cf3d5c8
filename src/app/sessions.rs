//! Sessions: tower-sessions over our own store, listed and ended per account.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as BackendError, Result as BackendResult, SessionStore};

use super::App;
use super::clock::Clock;
use super::error::Error;
use crate::domain::id::{FormId, SubjectId};
use crate::store::Store;
use crate::store::sessions::SessionRow;

/// Under this key a session holds whose it is.
pub const SUBJECT: &str = "subject";

/// One live session, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Session {
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last saved.
    pub seen_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// The live sessions of an account, newest first.
///
/// # Errors
/// When the database fails.
pub async fn sessions(app: &App, subject: &SubjectId) -> Result<Vec<Session>, Error> {
    let rows = app.store.sessions_of(subject, app.now()).await?;
    let session = |row: SessionRow| Session {
        created_at: row.created_at,
        seen_at: row.seen_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Ends every session of an account, this one too; how many there were.
///
/// # Errors
/// `Replayed` when the form was already sent.
pub async fn end_all(app: &App, subject: &SubjectId, once: FormId) -> Result<u64, Error> {
    app.write(Some(once), vec![]).await??;
    Ok(app.store.delete_sessions_of(subject).await?)
}

impl App {
    /// The store behind the session layer.
    pub fn session_store(&self) -> SessionRows {
        SessionRows {
            store: self.store.clone(),
            clock: self.clock.clone(),
        }
    }
}

/// tower-sessions' view of our session table. Only the SHA-256 of a session id is kept.
#[derive(Clone)]
pub struct SessionRows {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for SessionRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionRows(..)")
    }
}

impl SessionRows {
    fn row(&self, record: &Record) -> BackendResult<SessionRow> {
        let subject = record.data.get(SUBJECT).and_then(|value| value.as_str());
        let now = self.clock.now();
        let expires_at = DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0);
        Ok(SessionRow {
            id_sha256: id_sha256(&record.id),
            subject: subject.and_then(|subject| subject.parse().ok()),
            data: serde_json::to_string(&record.data)
                .map_err(|error| BackendError::Encode(error.to_string()))?,
            created_at: now,
            seen_at: now,
            expires_at: expires_at
                .ok_or_else(|| BackendError::Encode("expiry out of range".into()))?,
        })
    }
}

#[async_trait]
impl SessionStore for SessionRows {
    async fn create(&self, record: &mut Record) -> BackendResult<()> {
        while !self
            .store
            .create_session(&self.row(record)?)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> BackendResult<()> {
        self.store
            .save_session(&self.row(record)?)
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> BackendResult<Option<Record>> {
        let Some(row) = self
            .store
            .session(id_sha256(id), self.clock.now())
            .await
            .map_err(backend)?
        else {
            return Ok(None);
        };
        let data = serde_json::from_str(&row.data)
            .map_err(|error| BackendError::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp())
            .map_err(|error| BackendError::Decode(error.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> BackendResult<()> {
        self.store
            .delete_session(id_sha256(id))
            .await
            .map_err(backend)
    }
}

fn id_sha256(id: &Id) -> [u8; 32] {
    Sha256::digest(id.0.to_be_bytes()).into()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function in map_err"
)]
fn backend(error: crate::store::error::Error) -> BackendError {
    BackendError::Backend(error.to_string())
}
