//! The heart: one beat a second for everybody who holds a stream open, made once and shared; and what ends a stream
//! from this side: a revoked key, the end of the process.
//!
//! Streams are dealt to groups whose turns are spread over the second, so that ten thousand of them are a murmur and not
//! a burst that a withdrawal would have to wait behind. Nothing beats before the first stream is opened.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError, RwLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};

use super::clock::Clock;
use super::feed::Feed;
use super::halt::Halt;
use crate::store::Store;

/// Groups that streams are dealt to.
const GROUPS: usize = 16;

/// How often each group's turn comes.
pub const PERIOD: Duration = Duration::from_secs(1);

/// How far back a revocation is looked for: longer than the clocks of two servers may differ.
const LOOK_BACK: TimeDelta = TimeDelta::seconds(60);

/// One heartbeat.
#[derive(Debug)]
pub struct Beat {
    /// Counts the beats of its group.
    pub number: u64,
    /// Everything before this position is published.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    wire: OnceLock<Bytes>,
}

impl Beat {
    /// The beat as it is sent, written once for its group.
    pub fn wire(&self, write: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.wire.get_or_init(|| write(self)).clone()
    }
}

/// A handle to the heart. Cheap to clone.
#[derive(Clone)]
pub struct Heart(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    feed: Feed,
    halt: Halt,
    groups: [Group; GROUPS],
    dealt: AtomicUsize,
    revoked: RwLock<HashSet<String>>,
    closed: AtomicBool,
    begun: Once,
}

#[derive(Default)]
struct Group {
    turn: Notify,
    beat: Mutex<Option<Arc<Beat>>>,
}

/// A stream's seat in its group.
#[derive(Clone)]
pub struct Seat {
    inner: Arc<Inner>,
    group: usize,
}

impl Heart {
    pub(super) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        feed: Feed,
        halt: Halt,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            feed,
            halt,
            groups: Default::default(),
            dealt: AtomicUsize::new(0),
            revoked: RwLock::default(),
            closed: AtomicBool::new(false),
            begun: Once::new(),
        }))
    }

    /// A seat for one more stream.
    pub fn sit(&self) -> Seat {
        self.0.begun.call_once(|| {
            tokio::spawn(beat(Arc::downgrade(&self.0)));
            tokio::spawn(watch(Arc::downgrade(&self.0)));
        });
        Seat {
            inner: self.0.clone(),
            group: self.0.dealt.fetch_add(1, Ordering::Relaxed) % GROUPS,
        }
    }

    /// Ends every stream and long poll: the process is about to end.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        for group in &self.0.groups {
            group.turn.notify_waiters();
        }
        self.0.feed.moved().notify_waiters();
    }

    /// Whether everything that waits should end.
    pub fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }
}

impl Seat {
    /// The group's latest beat.
    pub fn beat(&self) -> Option<Arc<Beat>> {
        self.inner.groups[self.group].last().clone()
    }

    /// Whom to ask to be woken by the next beat: enable the future first, look at the beat, then await it.
    pub fn turn(&self) -> &Notify {
        &self.inner.groups[self.group].turn
    }

    /// Whether the stream of an agent that came with this key has to end.
    pub fn is_over(&self, key: &str) -> bool {
        let revoked = self
            .inner
            .revoked
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        revoked.contains(key) || self.inner.closed.load(Ordering::Acquire)
    }
}

impl Group {
    fn last(&self) -> std::sync::MutexGuard<'_, Option<Arc<Beat>>> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its turn has come. Whoever sits in it is woken even where there is nothing to send, to see whether to go on.
    fn take_turn(&self, seq: Option<u64>, at: DateTime<Utc>) {
        if let Some(seq) = seq {
            let mut last = self.last();
            *last = Some(Arc::new(Beat {
                number: last.as_ref().map_or(1, |beat| beat.number + 1),
                seq,
                at,
                wire: OnceLock::new(),
            }));
        }
        self.turn.notify_waiters();
    }
}

/// Lets the groups take their turns, as long as this server may be relied on and anybody is there.
async fn beat(heart: Weak<Inner>) {
    let mut turns = interval(PERIOD / 16);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for group in (0..GROUPS).cycle() {
        turns.tick().await;
        let Some(heart) = heart.upgrade() else { return };
        let now = heart.clock.now();
        let seq = heart.feed.fresh(now).filter(|_| !heart.halt.is_on());
        heart.groups[group].take_turn(seq, now);
    }
}

/// Looks for revoked keys.
async fn watch(heart: Weak<Inner>) {
    let mut seconds = interval(PERIOD / 2);
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None::<DateTime<Utc>>;
    loop {
        seconds.tick().await;
        let Some(heart) = heart.upgrade() else { return };
        let now = heart.clock.now();
        // From the last look that succeeded, however long that is ago.
        let since = seen.map_or(now, |seen| seen.min(now)) - LOOK_BACK;
        match heart.store.revoked_keys(since).await {
            Ok(keys) => {
                seen = Some(now);
                let mut revoked = heart
                    .revoked
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                revoked.extend(keys);
            }
            Err(error) => tracing::warn!(%error, "revoked keys"),
        }
    }
}
