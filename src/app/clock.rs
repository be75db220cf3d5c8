//! Time and randomness as parameters, so that tests and the demo can choose them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The present moment, in whole microseconds (what both databases keep).
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock, moved by a fixed amount (zero outside the demo and tests).
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    offset: TimeDelta,
}

impl SystemClock {
    /// The system's own time.
    pub const fn real() -> Self {
        Self {
            offset: TimeDelta::zero(),
        }
    }

    /// A clock that shows `start` now and goes on from there.
    pub fn starting_at(start: DateTime<Utc>) -> Self {
        Self {
            offset: start - Self::real().now(),
        }
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        (DateTime::<Utc>::from(SystemTime::now()) + self.offset).trunc_subsecs(6)
    }
}

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// Stands at `start`.
    pub const fn at(start: DateTime<Utc>) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves to `to`.
    pub fn set(&self, to: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// Where random bytes come from.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

impl Random {
    /// From a function that fills a buffer.
    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// The system's CSPRNG. It never fails on a system that has booted; if it did, going on with predictable keys
    /// would be worse than stopping.
    pub fn system() -> Self {
        use rand::TryRng as _;
        Self::new(|buffer| {
            if rand::rngs::SysRng.try_fill_bytes(buffer).is_err() {
                std::process::abort();
            }
        })
    }

    /// A repeatable sequence from a seed, for tests and the demo's invented company only.
    pub fn seeded(seed: u64) -> Self {
        use rand::{Rng as _, SeedableRng as _};
        let rng = Mutex::new(rand::rngs::StdRng::seed_from_u64(seed));
        Self::new(move |buffer| {
            rng.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(buffer);
        })
    }

    /// Fills a buffer.
    pub fn fill(&self, buffer: &mut [u8]) {
        (self.0)(buffer);
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random(..)")
    }
}
