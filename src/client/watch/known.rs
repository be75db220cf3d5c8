//! What the follower writes and `guard` reads: what is known, and whether it is still fresh.
//!
//! Readers take a lock that is held for the length of one change only, never while anything is waited for. A lock that
//! a panic has broken is a no for good. How it is written stands in `keep`.

use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::domain::standing::Reason;

use super::super::moment::{Clock, Moment};
use super::Ask;
use super::fresh::Fresh;
use super::permit::Permit;
use super::status::{Status, Way};
use super::stop::Stop;
use super::subset::{Found, Subset};
use super::token::Source;

/// Work for whoever purges and confirms.
#[derive(Debug)]
pub enum Job {
    /// Has to be purged.
    Purge(Stop),
    /// All stops before that position are in the queue before this.
    Confirm(u64),
}

/// What is shared between the follower and all who ask.
pub struct Shared {
    pub(super) clock: Clock,
    /// Longest lease, whatever the server says.
    pub(super) max_stale: Duration,
    /// Whether only some of the people are followed for whom the agent is registered.
    pub(super) partial: bool,
    known: RwLock<Known>,
    changed: watch::Sender<u64>,
    jobs: mpsc::UnboundedSender<Job>,
}

#[derive(Default)]
pub(super) struct Known {
    pub(super) subset: Subset,
    /// The position that `subset` has; never goes back.
    pub(super) seq: Option<u64>,
    /// Whether `subset` may be relied on while it is fresh.
    pub(super) sound: bool,
    pub(super) fresh: Option<Fresh>,
    /// What every permit hangs by.
    pub(super) all: Source,
    pub(super) way: Option<Way>,
    pub(super) beats: u64,
    pub(super) last_beat: Option<Moment>,
    pub(super) stops: u64,
    pub(super) confirmed: Option<u64>,
    pub(super) error: Option<String>,
}

impl Known {
    fn left(&self, now: Moment) -> Duration {
        let left = self.fresh.map(|fresh| fresh.left(now));
        left.filter(|_| self.sound).unwrap_or_default()
    }

    fn find(&self, ask: &Ask, now: Moment) -> Result<(Found<'_>, Fresh), Reason> {
        let fresh = self.fresh.filter(|fresh| !fresh.left(now).is_zero());
        let fresh = fresh.filter(|_| self.sound);
        let fresh = fresh.ok_or(Reason::ProjectionStale)?;
        Ok((self.subset.find(ask, fresh.time(now))?, fresh))
    }
}

impl Shared {
    /// Nothing known, so nothing permitted.
    pub fn new(
        clock: Clock,
        max_stale: Duration,
        partial: bool,
        jobs: mpsc::UnboundedSender<Job>,
    ) -> Self {
        Self {
            clock,
            max_stale,
            partial,
            known: RwLock::default(),
            changed: watch::Sender::new(0),
            jobs,
        }
    }

    /// Whether the answer is yes now. Allocates nothing.
    pub fn permits(&self, ask: &Ask) -> bool {
        let now = (self.clock)();
        let known = self.known.read();
        known.is_ok_and(|known| known.find(ask, now).is_ok())
    }

    /// The answer as a permit.
    ///
    /// # Errors
    /// Why not.
    pub fn permit(&self, ask: &Ask) -> Result<Permit, Reason> {
        let now = (self.clock)();
        let known = self.known.read().map_err(|_| Reason::ProjectionStale)?;
        let (found, fresh) = known.find(ask, now)?;
        let mut left = fresh.left(now);
        if let Some(until) = found.until {
            let until = (until - fresh.time(now)).to_std().unwrap_or_default();
            left = left.min(until);
        }
        left = left.min(found.hour_ends.unwrap_or(left));
        Ok(Permit {
            clock: self.clock.clone(),
            given: now,
            left,
            since: found.since,
            as_of: fresh.time.unwrap_or(fresh.at.wall),
            seq: known.seq.unwrap_or_default(),
            tokens: [
                known.all.token(),
                found.program.token(),
                found.choice.token(),
            ],
        })
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        let now = (self.clock)();
        let Ok(known) = self.known.read() else {
            return Status::default();
        };
        let left = known.left(now);
        let (programs, permits) = known.subset.size();
        Status {
            connected: known.way,
            fresh: !left.is_zero(),
            seq: known.seq,
            heartbeat_age: known.last_beat.map(|beat| now.since(beat)),
            lease_left: left,
            programs,
            permits,
            stops: known.stops,
            confirmed: known.confirmed,
            error: known.error.clone(),
        }
    }

    /// For how much longer what is known may be relied on.
    pub fn lease_left(&self) -> Duration {
        let now = (self.clock)();
        self.known
            .read()
            .map_or(Duration::ZERO, |known| known.left(now))
    }

    /// Whether what is known may be built upon, and at which position.
    pub fn position(&self) -> Option<u64> {
        let known = self.write();
        known.seq.filter(|_| known.sound)
    }

    /// The position that is known, whether or not it may be built upon.
    pub fn seq(&self) -> Option<u64> {
        self.known.read().ok().and_then(|known| known.seq)
    }

    /// The lease that the server gives, within the own limit.
    pub fn lease(&self) -> Duration {
        let fresh = self.write().fresh;
        fresh.map_or(self.max_stale, |fresh| fresh.lease)
    }

    /// Heartbeats so far.
    pub fn beats(&self) -> u64 {
        self.write().beats
    }

    /// Counts changes of what is permitted.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn tell(&self) {
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(super) fn give(&self, job: Job) {
        // Nobody is left to do it only when the whole is being dropped.
        let _ = self.jobs.send(job);
    }

    /// For whoever writes, who never waits while holding it.
    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}
