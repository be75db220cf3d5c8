//! The contract for witnesses of the log: checkpoints that were given to them, and what they answered.
//!
//! The caller verifies before it stores. Everything is idempotent, so that replicas that feed the same witnesses do not
//! fight. Sizes are those of one log, named by its number.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;

/// A checkpoint that witnesses were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Number of the log.
    pub log: i64,
    /// Number of entries.
    pub size: u64,
    /// The note, signed by the log.
    pub checkpoint: String,
    /// Whether its cosignatures were enough when they were last counted.
    pub witnessed: bool,
    /// When it was given first.
    pub at: DateTime<Utc>,
}

/// A good cosignature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// Verifier key of the witness.
    pub witness: String,
    /// The signature line, with its line feed.
    pub line: String,
    /// The time that the witness signed.
    pub at: DateTime<Utc>,
}

/// Why there is no cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It does not answer, or not in the form of a witness.
    Silent,
    /// It refuses: it does not know this log, or was asked wrongly.
    Refuses,
    /// It says that this log contradicts what it has cosigned.
    Contradicts,
    /// It has cosigned more entries than there are here.
    Ahead,
}

/// What a witness last did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessState {
    /// Verifier key of the witness.
    pub witness: String,
    /// Size that it cosigned last, and when by its own clock.
    pub cosigned: Option<(u64, DateTime<Utc>)>,
    /// What is wrong with it now, in words.
    pub trouble: Option<(Trouble, String)>,
    /// When it was last asked.
    pub at: DateTime<Utc>,
}

/// Checkpoints and their witnesses.
#[async_trait]
pub trait Cosignatures {
    /// Notes that a checkpoint is given to witnesses. One of that size that is there already stays.
    async fn publish(
        &self,
        log: i64,
        size: u64,
        checkpoint: &str,
        at: DateTime<Utc>,
    ) -> Result<(), Error>;
    /// The newest checkpoints that were given to witnesses, largest first.
    async fn published(&self, log: i64, limit: u32) -> Result<Vec<Published>, Error>;
    /// The newest whose cosignatures were enough when they were last counted.
    async fn newest_witnessed(&self, log: i64) -> Result<Option<Published>, Error>;
    /// The cosignatures of a size.
    async fn cosignatures(&self, log: i64, size: u64) -> Result<Vec<Cosignature>, Error>;
    /// Keeps a cosignature of a published checkpoint; a later one of the same witness replaces an earlier one.
    async fn cosign(&self, log: i64, size: u64, cosignature: &Cosignature) -> Result<(), Error>;
    /// Says whether the cosignatures of a size are enough.
    async fn set_witnessed(&self, log: i64, size: u64, witnessed: bool) -> Result<(), Error>;
    /// Notes what a witness did. Without `cosigned`, what it cosigned before stays.
    async fn heard(&self, log: i64, state: &WitnessState) -> Result<(), Error>;
    /// What each witness last did.
    async fn witness_states(&self, log: i64) -> Result<Vec<WitnessState>, Error>;
    /// Drops checkpoints that were given before `before` and that a newer witnessed one stands in for.
    async fn forget_published(&self, before: DateTime<Utc>) -> Result<(), Error>;
}

impl Trouble {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Silent, Self::Refuses, Self::Contradicts, Self::Ahead];

    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Refuses => "refuses",
            Self::Contradicts => "contradicts",
            Self::Ahead => "ahead",
        }
    }
}
