//! How old the server's word is when it arrives, without trusting the two machines' clocks to agree.
//!
//! A network that holds messages back, or a machine that sleeps on a full buffer, would make old heartbeats look new if
//! they counted from their arrival. So each connection compares how far the server's clock has run between two
//! heartbeats with how far the own one has: what is missing is delay. The first one counts from when the connection was
//! asked for, as a lease does.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::moment::Moment;

/// The heartbeats of one connection.
#[derive(Debug, Clone, Copy)]
pub struct Pulse {
    base: Moment,
    time: Option<DateTime<Utc>>,
}

impl Pulse {
    /// Of a connection that was asked for at `sent`.
    pub const fn new(sent: Moment) -> Self {
        Self {
            base: sent,
            time: None,
        }
    }

    /// Since when at the latest the server has been where it says it is: the moment at which it can have said `time`,
    /// which arrives now. Never later than now; earlier by whatever delay can be seen.
    pub fn said(&mut self, time: DateTime<Utc>, now: Moment) -> Moment {
        let base = *self.time.get_or_insert(time);
        let here = now.since(self.base);
        match (time - base).to_std() {
            // The server's clock has run further than ours: nothing was delayed, and from here on it counts anew.
            Ok(there) if there >= here => {
                (self.base, self.time) = (now, Some(time));
                now
            }
            Ok(there) => now.before(here.saturating_sub(there)),
            Err(_) => {
                let back = (base - time).to_std().unwrap_or(Duration::MAX);
                now.before(here.saturating_add(back))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::moment::tests::{later, moment};
    use super::*;

    fn server(ms: i64) -> DateTime<Utc> {
        let start: DateTime<Utc> = "2031-01-01T00:00:00Z".parse().unwrap();
        start + chrono::TimeDelta::milliseconds(ms)
    }

    fn age(pulse: &mut Pulse, time: i64, now: Moment) -> u128 {
        now.since(pulse.said(server(time), now)).as_millis()
    }

    #[test]
    fn a_heartbeat_is_as_old_as_the_question_or_as_its_delay() {
        let sent = moment();
        let mut pulse = Pulse::new(sent);
        assert_eq!(age(&mut pulse, 0, later(sent, 80)), 80);
        assert_eq!(age(&mut pulse, 1000, later(sent, 1080)), 80);
        assert_eq!(age(&mut pulse, 2000, later(sent, 2010)), 10);
        assert_eq!(age(&mut pulse, 3000, later(sent, 9000)), 6000, "held back");
        assert_eq!(age(&mut pulse, 9000, later(sent, 9001)), 1, "caught up");
    }

    #[test]
    fn a_server_whose_clock_runs_faster_gains_nothing_by_it() {
        let sent = moment();
        let mut pulse = Pulse::new(sent);
        age(&mut pulse, 0, later(sent, 10));
        assert_eq!(age(&mut pulse, 3_600_000, later(sent, 1010)), 0);
        assert_eq!(age(&mut pulse, 3_601_000, later(sent, 5010)), 3000);
    }

    #[test]
    fn a_server_whose_clock_is_set_back_is_not_believed() {
        let sent = moment();
        let mut pulse = Pulse::new(sent);
        age(&mut pulse, 0, later(sent, 10));
        assert!(age(&mut pulse, -3_600_000, later(sent, 1010)) >= 3_600_000);
    }
}
