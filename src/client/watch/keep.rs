//! How what is known is written: changes, snapshots, heartbeats, and the stops that come of them.
//!
//! The order of every stop: first the answer is no, then whoever listens is told, then the purge is in the queue, then
//! its confirmation.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::standing::Reason;

use super::super::error::Error;
use super::super::moment::Moment;
use super::fresh::Fresh;
use super::known::{Job, Shared};
use super::status::Way;
use super::stop::{Scope, Stop};
use super::subset::Subset;
use super::token::Source;
use super::wire::{Beat, Change};

impl Shared {
    /// Takes the server's word that it was there at `at`, at the position `seq`, which came this way.
    pub fn beat(&self, seq: u64, beat: Beat, at: Moment, way: Way) {
        {
            let mut known = self.write();
            known.seq = known.seq.max(Some(seq));
            known.way = Some(way);
            known.beats = known.beats.wrapping_add(1);
            known.last_beat = Some(at);
            known.error = None;
        }
        self.freshen(at, beat.lease, Some(beat.time));
        // The server waits for every collector that is registered for somebody who said no, and does not tell this one
        // of people whom it does not follow: nothing of theirs is captured here.
        if self.partial {
            self.give(Job::Confirm(seq));
        }
    }

    /// Puts a snapshot in place of what was known, and takes it that the server was there at `at`.
    ///
    /// # Errors
    /// When a newer position has been seen: nothing that was taken back comes to life again.
    pub fn replace(
        &self,
        subset: Subset,
        seq: u64,
        at: Moment,
        lease: Duration,
    ) -> Result<(), Error> {
        let old = {
            let mut known = self.write();
            if known.seq.is_some_and(|seen| seq < seen) {
                return Err(Error::Unclear("an older position than was seen before"));
            }
            known.seq = Some(seq);
            known.sound = true;
            std::mem::replace(&mut known.subset, subset)
        };
        let lost = self.write().subset.lost_since(&old);
        self.stop(lost);
        self.tell();
        self.give(Job::Confirm(seq));
        self.freshen(at, lease, None);
        Ok(())
    }

    /// Applies a change.
    ///
    /// # Errors
    /// When it does not fit in.
    pub fn apply(&self, seq: u64, change: Change) -> Result<(), Error> {
        let applied = {
            let mut known = self.write();
            known.seq = known.seq.max(Some(seq));
            known.subset.apply(seq, change)?
        };
        self.stop(applied.stops);
        self.expire();
        if applied.confirm {
            self.give(Job::Confirm(seq));
        }
        self.tell();
        Ok(())
    }

    /// Takes note that the connection is gone, and why.
    pub fn lose(&self, error: &Error) {
        let mut known = self.write();
        known.way = None;
        known.error = Some(error.to_string());
    }

    /// Takes note of what the server has taken as confirmed.
    pub fn confirmed(&self, seq: u64) {
        let mut known = self.write();
        known.confirmed = known.confirmed.max(Some(seq));
    }

    /// Denies everything until the next snapshot. What was captured may turn out to have been permitted.
    pub fn distrust(&self) {
        {
            let mut known = self.write();
            known.sound = false;
            known.all = Source::default();
        }
        self.tell();
    }

    /// Denies everything for good: nobody keeps it up to date any more.
    pub fn close(&self) {
        self.distrust();
        self.write().fresh = None;
    }

    /// Denies everything until the server is heard again, and has everything purged that was captured.
    pub fn stop_everything(&self, reason: Reason) {
        {
            let mut known = self.write();
            known.all = Source::default();
            if known.fresh.take().is_none() {
                return;
            }
        }
        self.stop(vec![Stop {
            scope: Scope::Everything,
            reason,
        }]);
    }

    /// Stops what has run out, and says after how long to look again.
    pub fn look(&self) -> Duration {
        const LONGEST: Duration = Duration::from_secs(1);
        let now = (self.clock)();
        let left = self.write().fresh.map(|fresh| fresh.left(now));
        match left {
            Some(Duration::ZERO) => {
                self.stop_everything(Reason::ProjectionStale);
                LONGEST
            }
            Some(left) => self.expire().map_or(left, |end| end.min(left)).min(LONGEST),
            None => LONGEST,
        }
    }

    /// Stops what a notice has ended. Returns the time until the next such end.
    fn expire(&self) -> Option<Duration> {
        let now = (self.clock)();
        let (stops, next) = {
            let known = self.write();
            let time = known.fresh?.time(now);
            let end = known.subset.next_end?;
            drop(known);
            if end > time {
                return Some((end - time).to_std().unwrap_or_default());
            }
            let mut known = self.write();
            let stops = known.subset.expire(time);
            let next = known.subset.next_end;
            (stops, next.and_then(|next| (next - time).to_std().ok()))
        };
        self.stop(stops);
        next
    }

    fn freshen(&self, at: Moment, lease: Duration, time: Option<DateTime<Utc>>) {
        let now = (self.clock)();
        // What had run out stops, even if it may go on at once.
        let ran_out = self
            .write()
            .fresh
            .is_some_and(|fresh| fresh.left(now).is_zero());
        if ran_out {
            self.stop_everything(Reason::ProjectionStale);
        }
        let lease = lease.min(self.max_stale);
        let new = Fresh { at, lease, time };
        if new.left(now).is_zero() {
            return;
        }
        let first = {
            let mut known = self.write();
            match &mut known.fresh {
                // An answer that was asked for earlier takes nothing back; the server's time is worth keeping.
                Some(old) if at.since(old.at).is_zero() => {
                    old.lease = old.lease.min(lease);
                    let since = old.at.since(at);
                    old.time = old.time.or_else(|| time.map(|time| time + since));
                    false
                }
                Some(old) => {
                    let time = time.or_else(|| old.time.map(|time| time + at.since(old.at)));
                    *old = Fresh { time, ..new };
                    false
                }
                None => {
                    known.fresh = Some(new);
                    true
                }
            }
        };
        if first {
            self.tell();
        }
    }

    fn stop(&self, stops: Vec<Stop>) {
        if stops.is_empty() {
            return;
        }
        {
            let mut known = self.write();
            known.stops = known.stops.saturating_add(stops.len() as u64);
        }
        self.tell();
        for stop in stops {
            self.give(Job::Purge(stop));
        }
    }
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
