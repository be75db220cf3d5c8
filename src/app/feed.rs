//! The feed: changes in the order of their commits, kept for a while in memory, and whoever waits for the next one.
//!
//! The projection publishes what it has applied and confirms the ledger's head; streams and long polls read. Each
//! reader remembers its [`Place`] and nothing else, so a slow one costs nothing: when what it has not read yet is gone,
//! it is told that it has lost the thread.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use crate::domain::change::Change;

/// Changes that are kept.
pub const RETAINED: usize = 65_536;

/// For how long a confirmation of the ledger's head holds. After it, nobody gets a heartbeat.
pub const MAX_STALENESS: TimeDelta = TimeDelta::seconds(1);

/// A change on its way out.
#[derive(Debug)]
pub struct Published {
    /// What has changed.
    pub change: Change,
    wire: OnceLock<Bytes>,
}

impl Published {
    /// The change as it is sent, written once for all readers.
    pub fn wire(&self, write: impl FnOnce(&Change) -> Bytes) -> Bytes {
        self.wire.get_or_init(|| write(&self.change)).clone()
    }

    /// The same, if it was written already.
    pub fn written(&self) -> Option<Bytes> {
        self.wire.get().cloned()
    }
}

/// Where a reader stands: the number of the next change it has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(u64);

/// What a reader finds at its place.
#[derive(Debug, Clone)]
pub enum Found {
    /// The next change. The place has moved past it.
    Change(Arc<Published>),
    /// Nothing yet.
    Nothing,
    /// What came next is not kept any more. The place has moved to the end.
    Lost,
}

/// A handle to the feed. Cheap to clone.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    ring: RwLock<Ring>,
    moved: Notify,
    retained: usize,
}

#[derive(Default)]
struct Ring {
    changes: VecDeque<Arc<Published>>,
    /// Number of the first change in `changes`.
    first: u64,
    /// Whoever knows everything before this position can go on; `None` before the feed has begun.
    floor: Option<u64>,
    seq: u64,
    confirmed_at: Option<DateTime<Utc>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self::with_room_for(RETAINED)
    }
}

impl Feed {
    /// A feed that keeps that many changes.
    pub fn with_room_for(retained: usize) -> Self {
        Self(Arc::new(Inner {
            ring: RwLock::default(),
            moved: Notify::new(),
            retained: retained.max(1),
        }))
    }

    /// Adds changes, in commit order, and wakes whoever waits.
    pub fn publish(&self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        let mut ring = self.ring();
        for change in changes {
            ring.push(change, self.0.retained);
        }
        drop(ring);
        self.0.moved.notify_waiters();
    }

    /// The ledger's head was read at `at`, and everything before position `seq` is published.
    pub fn confirmed(&self, seq: u64, at: DateTime<Utc>) {
        let mut ring = self.ring();
        ring.floor.get_or_insert(seq);
        ring.seq = ring.seq.max(seq);
        ring.confirmed_at = Some(at);
    }

    /// Everything before this position is published; 0 before the feed has begun.
    pub fn seq(&self) -> u64 {
        self.read().seq
    }

    /// The same, as long as the last confirmation is young enough to be relied on at `now`.
    pub fn fresh(&self, now: DateTime<Utc>) -> Option<u64> {
        let ring = self.read();
        let age = now - ring.confirmed_at?;
        (age.abs() <= MAX_STALENESS).then_some(ring.seq)
    }

    /// The end, and the position there: what is published from now on comes next. `None` before the feed has begun.
    pub fn subscribe(&self) -> Option<(Place, u64)> {
        let ring = self.read();
        ring.floor.map(|_| (ring.end(), ring.seq))
    }

    /// The place of somebody who knows everything before position `seq`. `None` when that is too long ago, has not been
    /// reached yet, or the feed has not begun.
    ///
    /// A change that owes no entry has no position of its own: those at `seq` come again.
    pub fn since(&self, seq: u64) -> Option<Place> {
        let ring = self.read();
        let kept = ring.floor.is_some_and(|floor| floor <= seq) && seq <= ring.seq;
        kept.then(|| {
            let before = |published: &Arc<Published>| published.change.seq < seq;
            let earlier = ring.changes.partition_point(before);
            let known = ring.changes.range(earlier..).take_while(|published| {
                let change = &published.change;
                change.seq == seq && change.what.has_own_position()
            });
            Place(ring.first + (earlier + known.count()) as u64)
        })
    }

    /// What comes next at `place`, if its position is at most `up_to`.
    pub fn next(&self, place: &mut Place, up_to: u64) -> Found {
        let ring = self.read();
        let Some(index) = place.0.checked_sub(ring.first) else {
            *place = ring.end();
            return Found::Lost;
        };
        let next = usize::try_from(index)
            .ok()
            .and_then(|index| ring.changes.get(index));
        match next.filter(|published| published.change.seq <= up_to) {
            Some(published) => {
                place.0 += 1;
                Found::Change(published.clone())
            }
            None => Found::Nothing,
        }
    }

    /// Whom to ask to be woken by the next change: enable the future first, look for changes, then await it.
    pub fn moved(&self) -> &Notify {
        &self.0.moved
    }

    fn read(&self) -> RwLockReadGuard<'_, Ring> {
        self.0.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) -> RwLockWriteGuard<'_, Ring> {
        self.0.ring.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn end(&self) -> Place {
        Place(self.first + self.changes.len() as u64)
    }

    fn push(&mut self, mut change: Change, retained: usize) {
        self.floor.get_or_insert(change.seq.saturating_sub(1));
        // Positions never go back, or they could not be searched.
        change.seq = change.seq.max(self.seq);
        self.seq = change.seq;
        if self.changes.len() == retained
            && let Some(oldest) = self.changes.pop_front()
        {
            self.first += 1;
            let Change { seq, what, .. } = &oldest.change;
            self.floor = Some(if what.has_own_position() {
                *seq
            } else {
                seq + 1
            });
        }
        self.changes.push_back(Arc::new(Published {
            change,
            wire: OnceLock::new(),
        }));
    }
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
