//! How far a case is, and when it came to its stop.

use chrono::{DateTime, Utc};
use tokio::time::Instant;

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// All is well.
    Calm,
    /// What comes right before the stop, where there is something.
    Prelude,
    /// It has gone wrong.
    Struck,
    /// The server is well again, and what was stopped stays so.
    Healed,
}

/// When it stopped, by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Stopped {
    /// For what the collector prints.
    pub at: Instant,
    /// For what its records say.
    pub wall: DateTime<Utc>,
}
