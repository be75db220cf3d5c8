//! The receipt of what was committed a moment ago, from what the writer has in hand: the database is not asked again.

use std::sync::Arc;

use super::error::Error;
use crate::ledger::commitment::Opening;
use crate::ledger::receipt::Receipt;
use crate::ledger::tile;
use crate::ledger::tree;
use crate::store::write::Snapshot;

/// What a fresh receipt is made from.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// What the entry commits to.
    pub opening: Opening,
    /// Position of the entry.
    pub entry: u64,
    /// The log right after the entry was committed.
    pub log: Arc<Snapshot>,
}

impl Fresh {
    /// The receipt's file, against the checkpoint that was signed with the entry.
    ///
    /// # Errors
    /// When the log's edge lacks a tile, which its writer has just written.
    pub fn receipt(self) -> Result<String, Error> {
        let Self {
            opening,
            entry,
            log,
        } = self;
        let index = entry.saturating_sub(log.base);
        let blob = |id| {
            let found = log.tiles.iter().find(|(tile, _)| *tile == id);
            found.map(|(_, blob)| blob.as_slice())
        };
        let path = tree::inclusion_path(index, log.size, &mut |level, n| {
            tile::subtree_hash(level, n, blob)
        });
        let receipt = Receipt {
            opening: Some(opening),
            index,
            path: path.map_err(|error| Error::Internal(error.to_string()))?,
            checkpoint: log.checkpoint.clone(),
        };
        Ok(receipt.to_text())
    }
}
