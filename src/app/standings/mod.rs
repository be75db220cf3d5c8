//! The standing projection: what everybody's standing is, in memory, fed from the ledger in commit order.
//!
//! Decisions are made from it and from nothing else. It is brought up to date in two ways that come to the same state:
//! the writer tells what it has just committed before it answers ([`Standings::committed`]), and [`Standings::catch_up`]
//! reads what others wrote, other replicas or commands on the same database. Whoever has not seen the ledger's head for
//! [`MAX_STALENESS`] looks again before it says yes, or says no.
//!
//! `follow` reads, `cell` packs a choice, `people` and `programs` find rows and columns, `table` holds them, `news` tells what agents
//! must hear of. To hold something else that narrows a standing, add it to the table and to `domain::standing::Case`.

mod cell;
mod follow;
mod news;
mod people;
mod programs;
mod reading;
mod table;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::catalogue::Shelf;
use super::clock::{Clock, Random};
use super::error::{Conflict, Error};
use super::feed::Feed;
use crate::store::Store;
use crate::store::pulse::{ChoiceRow, Revisions};
pub use reading::{Permitted, Reading};
use table::Table;

/// For how long a look at the ledger's head holds.
pub const MAX_STALENESS: Duration = Duration::from_secs(1);
/// How often the database is looked at. What another process wrote counts here at the latest after this and a read.
const EVERY: Duration = Duration::from_millis(20);

/// A handle to the projection. Cheap to clone.
#[derive(Clone)]
pub struct Standings(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    shelf: Shelf,
    clock: Arc<dyn Clock>,
    random: Random,
    feed: Feed,
    /// The log's name: another one is not followed.
    origin: String,
    table: RwLock<Table>,
    /// Held by whoever reads from the database.
    turn: Mutex<Option<Revisions>>,
    /// The revisions of agents and of people that the last look found.
    callers: AtomicU64,
    /// Whether everything up to some position is in.
    loaded: AtomicBool,
    /// While everything is read anew, batches are not taken beside it: they wait for their turn.
    anew: AtomicBool,
    /// When the head was last looked at and found to be here: in milliseconds from `begun`, and one; 0 for never.
    confirmed: AtomicU64,
    begun: Instant,
    seq: watch::Sender<u64>,
    /// How far the first load has come, and how far it has to go.
    progress: watch::Sender<(u64, u64)>,
}

impl Standings {
    /// An empty projection that feeds `feed`. It loads with the first look.
    pub(super) fn new(
        store: Arc<dyn Store>,
        shelf: Shelf,
        (clock, random): (Arc<dyn Clock>, Random),
        feed: Feed,
        origin: String,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            shelf,
            clock,
            random,
            feed,
            origin,
            table: RwLock::default(),
            turn: Mutex::default(),
            callers: AtomicU64::new(0),
            loaded: AtomicBool::new(false),
            anew: AtomicBool::new(false),
            confirmed: AtomicU64::new(0),
            begun: Instant::now(),
            seq: watch::Sender::new(0),
            progress: watch::Sender::default(),
        }))
    }

    /// Follows the database until the last other handle is dropped.
    pub(super) fn follow(&self) {
        let inner = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            let mut failing = false;
            while let Some(inner) = inner.upgrade() {
                let looked = Self(inner).catch_up().await;
                if let Err(error) = &looked
                    && !failing
                {
                    tracing::error!(%error, "cannot follow the ledger; no yes is given meanwhile");
                }
                failing = looked.is_err();
                tokio::time::sleep(EVERY).await;
            }
        });
    }

    /// What can be decided now: the standings, confirmed within [`MAX_STALENESS`]. Looks again when that is over.
    ///
    /// # Errors
    /// `Busy` while the first load is under way.
    pub async fn reading(&self) -> Result<Reading<'_>, Error> {
        if self.is_fresh() {
            return Ok(self.read(true));
        }
        if !self.is_loaded() && self.0.turn.try_lock().is_err() {
            return Err(Conflict::Busy.into());
        }
        let look = tokio::time::timeout(MAX_STALENESS, self.catch_up());
        let looked = match look.await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::error!(%error, "cannot read the ledger");
                false
            }
            Err(_) => false,
        };
        if !self.is_loaded() {
            return Err(Conflict::Busy.into());
        }
        Ok(self.read(looked || self.is_fresh()))
    }

    /// Waits until everything before position `seq` is in, or `patience` is over.
    pub async fn reached(&self, seq: u64, patience: Duration) -> bool {
        let mut reached = self.0.seq.subscribe();
        let wait = reached.wait_for(|here| *here >= seq);
        matches!(tokio::time::timeout(patience, wait).await, Ok(Ok(_)))
    }

    /// Whether the first load is over.
    pub fn is_loaded(&self) -> bool {
        self.0.loaded.load(Ordering::Acquire)
    }

    /// How many positions the first load has read, and of how many.
    pub fn progress(&self) -> (u64, u64) {
        *self.0.progress.borrow()
    }

    /// Changes whenever agents, their keys or the directory do: what was read about a caller before does not count.
    /// `None` when that has not been looked at lately.
    pub(super) fn callers(&self) -> Option<u64> {
        self.is_fresh()
            .then(|| self.0.callers.load(Ordering::Acquire))
    }

    /// Takes what the writer has just made durable, before it answers: a batch that moved the log from position `before`
    /// to `after`. Never fails: what cannot be taken leaves the projection stale, and stale says no.
    pub(super) async fn committed(
        &self,
        before: u64,
        after: u64,
        rows: &[ChoiceRow],
        declarations: bool,
    ) {
        if !self.is_loaded() {
            // Whoever loads reads it; from then on batches are taken here.
            let _turn = self.0.turn.lock().await;
            if !self.is_loaded() {
                return;
            }
        }
        let beside = !declarations && !self.0.anew.load(Ordering::Acquire);
        if beside && self.take(before, after, rows) {
            return;
        }
        if let Err(error) = self.catch_up().await {
            tracing::error!(%error, "the projection has lost touch with the ledger");
            self.0.confirmed.store(0, Ordering::Release);
        }
    }

    /// Takes a batch that follows what is here, if it does.
    fn take(&self, before: u64, after: u64, rows: &[ChoiceRow]) -> bool {
        let now = self.0.clock.now();
        let mut table = self.table_mut();
        if table.seq != before || !rows.iter().all(|row| table.knows_notice_of(row)) {
            return table.seq >= after;
        }
        let changes = rows
            .iter()
            .filter_map(|row| table.apply(row, now))
            .collect();
        table.seq = after;
        // Under the lock: the feed has to have the order of the table.
        self.0.feed.publish(changes);
        drop(table);
        self.0.seq.send_replace(after);
        true
    }

    fn is_fresh(&self) -> bool {
        let confirmed = self.0.confirmed.load(Ordering::Acquire);
        let staleness = u64::try_from(MAX_STALENESS.as_millis()).unwrap_or_default();
        confirmed > 0 && self.is_loaded() && self.elapsed(Instant::now()) < confirmed + staleness
    }

    /// Milliseconds from the beginning to `now`, and one.
    fn elapsed(&self, now: Instant) -> u64 {
        let elapsed = now.duration_since(self.0.begun).as_millis();
        u64::try_from(elapsed).map_or(u64::MAX, |elapsed| elapsed + 1)
    }

    fn read(&self, fresh: bool) -> Reading<'_> {
        Reading::new(self.table(), fresh)
    }

    fn table(&self) -> RwLockReadGuard<'_, Table> {
        self.0.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn table_mut(&self) -> std::sync::RwLockWriteGuard<'_, Table> {
        self.0.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}
