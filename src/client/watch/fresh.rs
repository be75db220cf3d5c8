//! How fresh what is known is: a lease that counts from when the server was last known to be there.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::moment::Moment;

/// That the server was there.
#[derive(Clone, Copy)]
pub struct Fresh {
    /// When.
    pub at: Moment,
    /// For how long its word may be relied on.
    pub lease: Duration,
    /// What the server's clock showed then, if it said so.
    pub time: Option<DateTime<Utc>>,
}

impl Fresh {
    /// For how much longer. A machine that slept in between has to hear the server again.
    pub fn left(&self, now: Moment) -> Duration {
        if now.slept_since(self.at) {
            return Duration::ZERO;
        }
        self.lease.saturating_sub(now.since(self.at))
    }

    /// What the server's clock shows now, or a little more; the own one if the server has not said it yet.
    pub fn time(&self, now: Moment) -> DateTime<Utc> {
        self.time.map_or(now.wall, |time| time + now.since(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::moment::tests::{later, moment};
    use super::*;

    fn fresh(at: Moment) -> Fresh {
        Fresh {
            at,
            lease: Duration::from_secs(5),
            time: Some("2031-01-01T00:00:00Z".parse().unwrap()),
        }
    }

    #[test]
    fn a_lease_runs_out_by_whichever_clock_is_furthest() {
        let at = moment();
        assert_eq!(fresh(at).left(later(at, 4999)), Duration::from_millis(1));
        assert!(fresh(at).left(later(at, 5000)).is_zero());
        let mut back = later(at, 5000);
        back.wall = at.wall - chrono::TimeDelta::days(1);
        assert!(fresh(at).left(back).is_zero(), "a wall clock set back");
    }

    #[test]
    fn a_machine_that_slept_however_briefly_has_to_hear_the_server_again() {
        let at = moment();
        let mut awake = later(at, 100);
        awake.boot = later(at, 900).boot;
        assert!(fresh(at).left(awake).is_zero());
    }

    #[test]
    fn the_servers_time_goes_on_here_whatever_the_own_wall_clock_shows() {
        let at = moment();
        let time = fresh(at).time(later(at, 2000));
        assert_eq!(time.to_rfc3339(), "2031-01-01T00:00:02+00:00");
    }
}
