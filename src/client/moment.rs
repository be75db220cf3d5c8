//! A point in time by both clocks of the machine.
//!
//! The steady clock measures leases. It stands still while the machine sleeps on some systems, so the wall clock is
//! asked as well: whichever has run further counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// Now, by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Never goes back; may stand still while the machine sleeps.
    pub steady: Instant,
    /// Time of day; may be set by anybody.
    pub wall: DateTime<Utc>,
}

/// Where moments come from. The binaries pass the system's clocks, tests their own.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

impl Moment {
    /// How long ago `earlier` was, by the clock that ran further. A wall clock that was set back counts as no time;
    /// the steady one then still runs.
    pub fn since(self, earlier: Self) -> Duration {
        let steady = self.steady.saturating_duration_since(earlier.steady);
        let wall = (self.wall - earlier.wall).to_std().unwrap_or_default();
        steady.max(wall)
    }
}
