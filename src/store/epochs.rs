//! The contract for epochs: which key wraps people's keys now, and the change to the next one.
//!
//! The keys themselves are files (`config/keys.rs`); the database knows a number and a check value.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::ledger::seal::EpochKey;

/// An epoch, as the database knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: u64,
    /// What [`EpochKey::check_value`] of its key must be.
    pub check: [u8; 16],
}

/// Epochs.
#[async_trait]
pub trait Epochs {
    /// The present epoch; on a database that has none yet, begins the one of `key`.
    async fn open_epoch(&self, key: &EpochKey, at: DateTime<Utc>) -> Result<Epoch, Error>;
    /// The present epoch; `None` before the first was begun.
    async fn epoch(&self) -> Result<Option<Epoch>, Error>;
    /// Wraps every person's key under `new` instead of `old` and makes `new`'s the present epoch, in one transaction
    /// under the log's lock; how many keys.
    ///
    /// # Errors
    /// `Error::Epoch` when `old` is not the present epoch's key.
    async fn turn_epoch(
        &self,
        old: &EpochKey,
        new: &EpochKey,
        fill: &(dyn for<'b> Fn(&'b mut [u8]) + Send + Sync),
        at: DateTime<Utc>,
    ) -> Result<u64, Error>;
    /// How many people's keys are wrapped in another epoch than `number`. Anything but 0 means that an older key is
    /// still needed.
    async fn wrapped_elsewhere(&self, number: u64) -> Result<u64, Error>;
}
