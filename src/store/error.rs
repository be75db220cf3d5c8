//! What can go wrong in the store. "Not found" is not among it: that is `Ok(None)`.

use chrono::{DateTime, Utc};

use crate::domain::invalid::Invalid;

/// A failure of the database or of what is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database said no, or nothing at all.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Migrations could not be applied.
    #[error("migrations: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what was never written by us.
    #[error("the database holds an unreadable {0}")]
    Corrupt(&'static str),
    /// The ledger in the database contradicts itself.
    #[error("ledger: {0}")]
    Ledger(String),
    /// The key that was given is not that of the present epoch. Nothing was changed.
    #[error("the database is in epoch {present}, and the key at hand is not that epoch's")]
    Epoch {
        /// The present epoch.
        present: u64,
    },
    /// The database's address cannot be used.
    #[error("{0}")]
    Address(String),
}

impl Error {
    /// Whether the database was well but refused a row. Nothing was written.
    pub fn is_about_a_row(&self) -> bool {
        use sqlx::error::ErrorKind;
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        !matches!(error.kind(), ErrorKind::Other)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Corrupt(invalid.field)
    }
}

/// Times are stored as microseconds since 1970 in UTC.
pub(super) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(super) fn time(micros: i64) -> Result<DateTime<Utc>, Error> {
    DateTime::from_timestamp_micros(micros).ok_or(Error::Corrupt("time"))
}

/// Counts and positions are below 2^63 by construction; more would be a corrupted value, so it saturates visibly.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn count(value: i64) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| Error::Corrupt("count"))
}

pub(super) fn json<T: serde::de::DeserializeOwned>(
    text: &str,
    what: &'static str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt(what))
}

pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Corrupt("value"))
}
