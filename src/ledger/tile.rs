//! Tiles of 256 hashes (c2sp.org/tlog-tiles). Hash i of tile n at level l is the root of the 256^l entries that begin
//! at (n·256+i)·256^l; only complete subtrees stand in a tile, so a partial tile is a prefix of the full one.

use std::collections::BTreeMap;

use super::hash::{Hash, node_hash};
use super::tree::{OutOfRange, inclusion_ranges, subtrees};

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;
const HEIGHT: u8 = 8;
/// Bytes of a hash.
const BYTES: usize = 32;

/// Names a tile, whatever its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 holds leaf hashes, 1 roots of full tiles of level 0, and so on; 0 to 63.
    pub level: u8,
    /// From the left, from 0.
    pub n: u64,
}

/// What stored tiles can be wrong about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A tile that must be there is missing or too short.
    #[error("tile {n} of level {level} is missing or too short")]
    Missing {
        /// Its level.
        level: u8,
        /// Its number.
        n: u64,
    },
    /// A position beyond the tree was asked for.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl TileId {
    const fn missing(self) -> TileError {
        TileError::Missing {
            level: self.level,
            n: self.n,
        }
    }
}

/// Number of hashes that level `level` holds in a tree of `size` entries.
const fn hashes(size: u64, level: u8) -> u64 {
    let shift = level as u32 * HEIGHT as u32;
    if shift >= 64 { 0 } else { size >> shift }
}

/// The partial tiles at the right edge of a tree of `size` entries, lowest level first: what an append must read.
pub fn right_edge(size: u64) -> Vec<TileId> {
    let levels = (0..8).filter(|level| !hashes(size, *level).is_multiple_of(WIDTH));
    levels
        .map(|level| TileId {
            level,
            n: hashes(size, level) / WIDTH,
        })
        .collect()
}

/// The tiles that change when `leaves` are appended to a tree of `size` entries, whole, given its right edge.
///
/// # Errors
/// `Missing` when the edge is not what `right_edge` names.
pub fn append(
    size: u64,
    leaves: &[Hash],
    edge: Vec<(TileId, Vec<u8>)>,
) -> Result<BTreeMap<TileId, Vec<u8>>, TileError> {
    let mut edge: BTreeMap<TileId, Vec<u8>> = edge.into_iter().collect();
    let mut changed: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
    let mut level_hashes = leaves.to_vec();
    let mut level = 0;
    while !level_hashes.is_empty() {
        let mut full = Vec::new();
        let mut at = hashes(size, level);
        for hash in level_hashes {
            let id = TileId {
                level,
                n: at / WIDTH,
            };
            let filled = usize::try_from(at % WIDTH).unwrap_or(0) * BYTES;
            let blob = changed
                .entry(id)
                .or_insert_with(|| edge.remove(&id).unwrap_or_default());
            if blob.len() < filled {
                return Err(id.missing());
            }
            blob.truncate(filled);
            blob.extend_from_slice(&hash.0);
            at += 1;
            if at.is_multiple_of(WIDTH) {
                full.push(fold(blob).ok_or_else(|| id.missing())?);
            }
        }
        level_hashes = full;
        level += 1;
    }
    Ok(changed)
}

/// Root of the complete subtree of 2^`level` leaves, out of the tile that holds it.
///
/// # Errors
/// `Missing` when `read` has no such tile, or one that is too short.
pub fn subtree_hash<'a>(
    level: u8,
    index: u64,
    read: impl FnOnce(TileId) -> Option<&'a [u8]>,
) -> Result<Hash, TileError> {
    let (id, first, count) = place(level, index);
    let bytes = read(id).and_then(|blob| blob.get(first * BYTES..(first + count) * BYTES));
    bytes.and_then(fold).ok_or_else(|| id.missing())
}

/// The tiles that an inclusion proof for `index` in a tree of `size` entries reads.
pub fn needed_for_inclusion(index: u64, size: u64) -> Vec<TileId> {
    needed(if index < size {
        inclusion_ranges(index, size)
    } else {
        Vec::new()
    })
}

fn needed(ranges: Vec<(u64, u64)>) -> Vec<TileId> {
    let parts = ranges
        .into_iter()
        .flat_map(|(begin, end)| subtrees(begin, end));
    let mut tiles: Vec<_> = parts.map(|(level, index)| place(level, index).0).collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// In which tile a subtree stands, and which of the tile's hashes make it up.
fn place(level: u8, index: u64) -> (TileId, usize, usize) {
    let (tile_level, within) = (level / HEIGHT, level % HEIGHT);
    let first = index << within;
    let id = TileId {
        level: tile_level,
        n: first / WIDTH,
    };
    (id, usize::try_from(first % WIDTH).unwrap_or(0), 1 << within)
}

/// Root over a power of two of hashes.
fn fold(blob: &[u8]) -> Option<Hash> {
    let mut nodes: Vec<Hash> = blob
        .chunks_exact(BYTES)
        .filter_map(|chunk| chunk.try_into().ok().map(Hash))
        .collect();
    if !nodes.len().is_power_of_two() {
        return None;
    }
    while nodes.len() > 1 {
        nodes = nodes
            .chunks_exact(2)
            .map(|pair| node_hash(&pair[0], &pair[1]))
            .collect();
    }
    nodes.pop()
}
