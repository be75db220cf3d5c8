//! A point in time by all clocks of the machine.
//!
//! The steady clock measures leases. On Linux it stands still while the machine sleeps, so the clock since the start of
//! the machine, which does not, is asked as well, and so is the wall clock: whichever has run furthest counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// Now, by all clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Never goes back; may stand still while the machine sleeps.
    pub steady: Instant,
    /// Time of day; may be set by anybody.
    pub wall: DateTime<Utc>,
    /// Since the machine was started, its sleep included; `None` where the system has no such clock.
    pub boot: Option<Duration>,
}

/// Where moments come from. The binaries pass the system's clocks, tests their own.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

impl Moment {
    /// Longest time for which one clock may have run and another not, without the machine having slept.
    const WAKEFUL: Duration = Duration::from_millis(500);

    /// This very moment, at which the wall clock shows `wall`.
    pub fn at(wall: DateTime<Utc>) -> Self {
        Self {
            steady: Instant::now(),
            wall,
            boot: boot(),
        }
    }

    /// How long ago `earlier` was, by the clock that ran furthest. A wall clock that was set back counts as no time;
    /// the others then still run.
    pub fn since(self, earlier: Self) -> Duration {
        let steady = self.steady.saturating_duration_since(earlier.steady);
        let wall = (self.wall - earlier.wall).to_std().unwrap_or_default();
        steady.max(wall).max(self.booted_since(earlier))
    }

    /// Whether the machine slept after `earlier`, as far as the system can tell.
    pub fn slept_since(self, earlier: Self) -> bool {
        let steady = self.steady.saturating_duration_since(earlier.steady);
        self.booted_since(earlier).saturating_sub(steady) > Self::WAKEFUL
    }

    /// The moment that lies `time` before this one, or as near to it as a clock can show.
    #[must_use]
    pub fn before(self, time: Duration) -> Self {
        let wall = TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
        Self {
            steady: self.steady.checked_sub(time).unwrap_or(self.steady),
            wall: self
                .wall
                .checked_sub_signed(wall)
                .unwrap_or(DateTime::<Utc>::MIN_UTC),
            boot: self.boot.map(|boot| boot.saturating_sub(time)),
        }
    }

    fn booted_since(self, earlier: Self) -> Duration {
        match (self.boot, earlier.boot) {
            (Some(now), Some(then)) => now.saturating_sub(then),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(target_os = "linux")]
fn boot() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(Duration::new(seconds, u32::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(target_os = "linux"))]
const fn boot() -> Option<Duration> {
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn moment() -> Moment {
        Moment {
            steady: Instant::now() + Duration::from_hours(24),
            wall: "2026-11-23T08:00:00Z".parse().unwrap(),
            boot: Some(Duration::from_hours(25)),
        }
    }

    /// The moment `ms` milliseconds later, by all clocks.
    pub(crate) fn later(moment: Moment, ms: u64) -> Moment {
        let time = Duration::from_millis(ms);
        Moment {
            steady: moment.steady + time,
            wall: moment.wall + time,
            boot: moment.boot.map(|boot| boot + time),
        }
    }

    #[test]
    fn the_clock_that_ran_furthest_counts() {
        let then = moment();
        let mut now = later(then, 1000);
        assert_eq!(now.since(then), Duration::from_secs(1));
        assert!(!now.slept_since(then));
        now.wall = then.wall - TimeDelta::hours(1);
        assert_eq!(now.since(then), Duration::from_secs(1), "set back");
        now.wall = then.wall + TimeDelta::hours(1);
        assert_eq!(now.since(then), Duration::from_hours(1), "set forward");
        let asleep = Moment {
            boot: then.boot.map(|boot| boot + Duration::from_secs(9)),
            ..later(then, 1000)
        };
        assert_eq!(asleep.since(then), Duration::from_secs(9));
        assert!(asleep.slept_since(then));
    }

    #[test]
    fn an_earlier_moment_is_as_far_away_as_it_was_put() {
        let now = moment();
        let time = Duration::from_secs(3);
        assert_eq!(now.since(now.before(time)), time);
        assert!(!now.slept_since(now.before(time)));
    }

    #[test]
    fn the_systems_clocks_run_together() {
        let then = Moment::at(moment().wall);
        let now = Moment::at(moment().wall);
        assert!(!now.slept_since(then));
        assert!(now.since(then) < Duration::from_secs(5));
        assert_eq!(now.boot.is_some(), cfg!(target_os = "linux"));
    }
}
