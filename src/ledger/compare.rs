//! Judging a log by what was seen of it earlier: does it still hold the leaf, does it continue the signed head, and which
//! leaf differs first.
//!
//! A log that was rewritten and signed anew is whole in itself; only what somebody kept from before shows it. So each
//! answer names what was kept and what stands there now.

use std::collections::HashMap;

use super::audit::{Source, open_head};
use super::checkpoint::{Checkpoint, Signed};
use super::finding::{Fault, Finding, Place};
use super::hash::Hash;
use super::key::VerifierKey;
use super::proof::{verify_consistency, verify_inclusion};
use super::tile::{self, HASH, TileId, WIDTH, width_at};
use super::tree;

/// How a log differs from what was seen of it earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Divergence {
    /// Another leaf stands there.
    #[error("entry {index} was changed: its leaf hash was {then}, and the log now has {now} there")]
    Leaf {
        /// Index of the entry.
        index: u64,
        /// The leaf hash that was seen.
        then: Hash,
        /// The leaf hash that the log has.
        now: Hash,
    },
    /// The log ends before the entry.
    #[error("entry {index} is gone: the log now ends at size {size}")]
    Gone {
        /// Index of the entry.
        index: u64,
        /// The log's size.
        size: u64,
    },
    /// The log is smaller than it was.
    #[error("the log went back from size {then} to {now}")]
    Shrunk {
        /// The size that was signed.
        then: u64,
        /// The size that it has.
        now: u64,
    },
    /// The log has another root at a size that was signed.
    #[error(
        "the heads part at size {size}: root {then} was signed, and the log now has root {now} at that size"
    )]
    Head {
        /// The size.
        size: u64,
        /// The root that was signed.
        then: Hash,
        /// The root that the log has at this size.
        now: Hash,
    },
}

/// A log as it is now, with its signed head, to which its own tiles lead.
pub struct View<'s, S> {
    source: &'s S,
    signed: Signed,
}

impl<'s, S: Source> View<'s, S> {
    /// Opens the log's checkpoint and checks that the log's tiles lead to it.
    ///
    /// # Errors
    /// When they do not, or it is not properly signed, or the log cannot be read.
    pub async fn open(source: &'s S, keys: &[VerifierKey]) -> Result<Self, Fault<S::Error>> {
        let signed = open_head(source, keys).await?;
        let view = Self { source, signed };
        let Checkpoint { size, root, .. } = view.signed.checkpoint;
        let found = view.root_at(size).await?;
        if found == root {
            return Ok(view);
        }
        let signed = format!("root {root} at size {size}");
        let expected = format!("root {found}, to which its tiles lead,");
        Err(Finding::new(Place::Checkpoint, signed, expected).into())
    }

    /// The checkpoint that the log signed.
    pub const fn head(&self) -> &Checkpoint {
        &self.signed.checkpoint
    }

    /// How the log differs from an earlier head of it, and from an entry that stood in it. Empty when it holds all that
    /// it had.
    ///
    /// # Errors
    /// When the log contradicts itself or cannot be read.
    pub async fn divergences(
        &self,
        earlier: &Checkpoint,
        leaf: Option<(u64, Hash)>,
    ) -> Result<Vec<Divergence>, Fault<S::Error>> {
        let (mut found, size) = (Vec::new(), self.head().size);
        if let Some((index, then)) = leaf {
            if index >= size {
                found.push(Divergence::Gone { index, size });
            } else {
                let now = self.leaf(index).await?;
                if now != then {
                    found.push(Divergence::Leaf { index, then, now });
                }
            }
        }
        if earlier.size > size {
            let (then, now) = (earlier.size, size);
            found.push(Divergence::Shrunk { then, now });
            return Ok(found);
        }
        let now = self.root_at(earlier.size).await?;
        if now != earlier.root {
            let (size, then) = (earlier.size, earlier.root);
            found.push(Divergence::Head { size, then, now });
        }
        self.grew_from(earlier.size, now).await?;
        Ok(found)
    }

    /// The first leaf in which this log differs from an earlier copy of it, found from the top: equal hashes one level
    /// up spare the 256 below. `None` when all that the two have in common is equal.
    ///
    /// # Errors
    /// When one of them contradicts itself or cannot be read.
    pub async fn first_difference(
        &self,
        earlier: &Self,
    ) -> Result<Option<Divergence>, Fault<S::Error>> {
        let common = self.head().size.min(earlier.head().size);
        let mut from = common / WIDTH as u64;
        for n in 0..from.div_ceil(WIDTH as u64) {
            let id = TileId { level: 1, n };
            let (now, then) = (self.read(id).await?, earlier.read(id).await?);
            if let Some(i) = first_other(&now, &then) {
                from = from.min(n * WIDTH as u64 + i);
                break;
            }
        }
        if from * WIDTH as u64 == common {
            return Ok(None);
        }
        let id = TileId { level: 0, n: from };
        let (now, then) = (self.read(id).await?, earlier.read(id).await?);
        let Some(i) = first_other(&now, &then) else {
            return Ok(None);
        };
        let index = from * WIDTH as u64 + i;
        // Each from its own signed head: neither copy can lead astray.
        let (then, now) = (earlier.leaf(index).await?, self.leaf(index).await?);
        Ok(Some(Divergence::Leaf { index, then, now }))
    }

    /// The leaf hash at `index`, proven to stand under the signed root.
    async fn leaf(&self, index: u64) -> Result<Hash, Fault<S::Error>> {
        let Checkpoint { size, root, .. } = *self.head();
        let n = index / WIDTH as u64;
        let id = TileId { level: 0, n };
        let tile = self.read(id).await?;
        let at = usize::try_from(index % WIDTH as u64).unwrap_or_default() * HASH;
        let leaf = tile.get(at..at + HASH).and_then(Hash::from_slice);
        let place = Place::Tile(id, width_at(n, size).1);
        let leaf = leaf.ok_or_else(|| Finding::new(place, "too few bytes", "a leaf hash"))?;
        let tiles = self.tiles(tile::needed_for_inclusion(index, size)).await?;
        let path = tree::inclusion_path(index, size, &mut |level, n| {
            tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
        });
        let proven = path.map_err(|error| error.to_string()).and_then(|path| {
            verify_inclusion(&leaf, index, size, &path, &root).map_err(|error| error.to_string())
        });
        proven.map_err(|error| Finding::new(place, error, "a way to the signed root"))?;
        Ok(leaf)
    }

    /// The root that this log has at an earlier size.
    async fn root_at(&self, size: u64) -> Result<Hash, Fault<S::Error>> {
        let tiles = self.tiles(tile::right_edge(size)).await?;
        let root = tree::root(size, &mut |level, n| {
            tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
        });
        let wrong = |error: String| {
            let expected = format!("tiles that lead to a root at size {size}");
            Finding::new(Place::Checkpoint, error, expected)
        };
        Ok(root.map_err(|error| wrong(error.to_string()))?)
    }

    /// That the signed head continues what the log's own tiles say about an earlier size.
    async fn grew_from(&self, old: u64, old_root: Hash) -> Result<(), Fault<S::Error>> {
        let Checkpoint { size, root, .. } = *self.head();
        let tiles = self.tiles(tile::needed_for_consistency(old, size)).await?;
        let path = tree::consistency_path(old, size, &mut |level, n| {
            tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
        });
        let proven = path.map_err(|error| error.to_string()).and_then(|path| {
            verify_consistency(old, size, &path, &old_root, &root)
                .map_err(|error| error.to_string())
        });
        let wrong = |error| {
            let expected = format!("tiles that lead from size {old} to the signed root");
            Finding::new(Place::Checkpoint, error, expected)
        };
        Ok(proven.map_err(wrong)?)
    }

    async fn tiles(&self, ids: Vec<TileId>) -> Result<HashMap<TileId, Vec<u8>>, Fault<S::Error>> {
        let mut tiles = HashMap::new();
        for id in ids {
            tiles.insert(id, self.read(id).await?);
        }
        Ok(tiles)
    }

    /// A tile as wide as the log's size makes it.
    async fn read(&self, id: TileId) -> Result<Vec<u8>, Fault<S::Error>> {
        let total = self.head().size >> (8 * u32::from(id.level)).min(63);
        let (hashes, width) = width_at(id.n, total);
        let place = Place::Tile(id, width);
        let tile = self
            .source
            .tile(id, width)
            .await
            .map_err(Fault::Unreadable)?;
        let wanted = format!("{} bytes", hashes * HASH);
        let tile = tile.ok_or_else(|| Finding::new(place, "nothing", &wanted))?;
        if tile.len() == hashes * HASH {
            Ok(tile)
        } else {
            Err(Finding::new(place, format!("{} bytes", tile.len()), wanted).into())
        }
    }
}

/// The number of the first hash in which two tiles differ, as far as both go.
fn first_other(one: &[u8], other: &[u8]) -> Option<u64> {
    let pairs = one.chunks(HASH).zip(other.chunks(HASH));
    (0..)
        .zip(pairs)
        .find_map(|(i, (a, b))| (a != b).then_some(i))
}
