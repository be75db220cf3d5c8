//! What the writer remembers from its last batch, so that it need not read it again.
//!
//! It holds as long as the log's size and root under the lock are those that the last batch left: every change of a
//! person's chain or of the tiles changes them, by whichever replica or command it is made. After a failed batch nothing
//! is remembered.

use super::chains::Chains;
use crate::ledger::hash::Hash;
use crate::ledger::tile::TileId;

/// People whose chains are remembered at most.
const PEOPLE: usize = 20_000;

/// The tiles that are not full yet.
pub(super) type Edge = Vec<(TileId, Vec<u8>)>;

/// The state that a batch left.
pub(super) struct Memory {
    /// Number, size and root of the log.
    pub(super) log: (i64, u64, Hash),
    /// The tiles that are not full yet, where the batch had them in hand.
    pub(super) edge: Option<Edge>,
    /// Where chains end, and the people's keys.
    pub(super) chains: Chains,
}

impl Memory {
    /// What is still true of `last` when the log stands at `log`.
    pub(super) fn recall(last: Option<Self>, log: (i64, u64, Hash)) -> (Chains, Option<Edge>) {
        match last.filter(|memory| memory.log == log) {
            Some(memory) if memory.chains.people() <= PEOPLE => (memory.chains, memory.edge),
            Some(memory) => (Chains::default(), memory.edge),
            None => (Chains::default(), None),
        }
    }
}
