//! A yes that cannot be kept.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::moment::{Clock, Moment};
use super::token::Token;

/// A yes for the moment. It runs out, and whatever takes the yes away takes it from every permit that was given:
/// ask [`Permit::holds`] before each use. It cannot be copied; ask for another one.
#[must_use = "a permit says yes only while it holds"]
pub struct Permit {
    pub(super) clock: Clock,
    pub(super) given: Moment,
    pub(super) left: Duration,
    pub(super) since: DateTime<Utc>,
    pub(super) as_of: DateTime<Utc>,
    pub(super) seq: u64,
    pub(super) tokens: [Token; 3],
}

impl Permit {
    /// Whether it is still a yes: in time, and nothing that it was given from was taken away since, however briefly.
    pub fn holds(&self) -> bool {
        self.tokens.iter().all(Token::holds) && !self.left().is_zero()
    }

    /// For how long it holds at most.
    pub fn left(&self) -> Duration {
        let now = (self.clock)();
        if now.slept_since(self.given) {
            return Duration::ZERO;
        }
        self.left.saturating_sub(now.since(self.given))
    }

    /// Since when the yes has held without a break: nothing from before may be captured.
    pub const fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// The moment, by the server's clock, for which the yes is proven. What was captured after it may already have been
    /// after a stop that has not arrived yet.
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// The ledger position that it is based on.
    pub const fn seq(&self) -> u64 {
        self.seq
    }
}

/// Tells what may be known to a log.
impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (holds, left) = (self.holds(), self.left());
        f.debug_struct("Permit")
            .field("holds", &holds)
            .field("left", &left)
            .finish_non_exhaustive()
    }
}
