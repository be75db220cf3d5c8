//! Tiles: the stored form of the tree, 256 hashes to a blob (C2SP tlog-tiles v0.1.0).
//!
//! Only complete subtrees are stored. The tile at level L, number N holds the hashes from `N * 256` on of level L,
//! where hash i of level L is the root over the 256^L entries from `i * 256^L` on. A tile that is not yet full is a
//! *prefix* of what it will be: one blob per tile is kept, and any partial tile is served by cutting it.

use core::convert::Infallible;
use core::num::NonZeroU8;

use super::hash::{Hash, node_hash};
use super::tree;

/// Hashes in a full tile.
pub const WIDTH: usize = 256;
/// Bytes of a hash.
pub const HASH: usize = 32;

/// Names one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Height in the tree, in steps of 256: 0 holds leaf hashes. At most 63.
    pub level: u8,
    /// Number within its level, from 0.
    pub n: u64,
}

/// Stored tiles that do not fit what they should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A tile that must be there is not.
    #[error("tile {n} of level {level} is missing", n = .0.n, level = .0.level)]
    Missing(TileId),
    /// A tile has another length than the log's size calls for.
    #[error("tile {n} of level {level} has {found} bytes where {needed} are needed", n = .id.n, level = .id.level)]
    Length {
        /// Which tile.
        id: TileId,
        /// Bytes that it has.
        found: usize,
        /// Bytes that it must have (when appending), or must have at least (when reading).
        needed: usize,
    },
}

impl TileId {
    /// Path of the tile below the log's prefix: `tile/<L>/<N>`, for a partial tile with `.p/<width>` at its end.
    pub fn path(self, width: Option<NonZeroU8>) -> String {
        format!("tile/{}/{}", self.level, number_path(self.n, width))
    }

    /// Reads a path in its one valid spelling, with the width of a partial tile; `None` (answer 404) for any other.
    pub fn parse_path(path: &str) -> Option<(Self, Option<NonZeroU8>)> {
        let (level, number) = path.strip_prefix("tile/")?.split_once('/')?;
        let (n, width) = parse_number(number)?;
        let id = Self {
            level: level.parse().ok().filter(|&level: &u8| level < 64)?,
            n,
        };
        (id.path(width) == path).then_some((id, width))
    }
}

/// The last part of a tile's or a bundle's path: groups of three digits, each but the last with an `x` in front.
pub(super) fn number_path(n: u64, width: Option<NonZeroU8>) -> String {
    let mut path = format!("{:03}", n % 1000);
    let mut rest = n / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    let partial = width.map(|width| format!(".p/{width}")).unwrap_or_default();
    path + &partial
}

/// Reads what [`number_path`] writes; `None` for every other spelling.
pub(super) fn parse_number(path: &str) -> Option<(u64, Option<NonZeroU8>)> {
    // The longest number takes seven groups, so a longer path cannot be one; this bounds the work.
    if path.len() > 40 {
        return None;
    }
    let (number, width) = match path.split_once(".p/") {
        Some((number, width)) => (number, Some(width.parse::<NonZeroU8>().ok()?)),
        None => (path, None),
    };
    let mut n: u64 = 0;
    for group in number.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // Leading zeros, signs, missing or misplaced `x`: whatever is not what we would write is refused.
    (number_path(n, width) == path).then_some((n, width))
}

/// How many hashes tile `n` of a level has, where the level has `total`: as a number, and as the width in its path.
pub fn width_at(n: u64, total: u64) -> (usize, Option<NonZeroU8>) {
    let rest = total.saturating_sub(n.saturating_mul(WIDTH as u64));
    match u8::try_from(rest) {
        Ok(rest) => (usize::from(rest), NonZeroU8::new(rest)),
        Err(_) => (WIDTH, None),
    }
}

/// The tiles that are not full in a log of `size`, lowest level first: what [`append`] has to read.
pub fn right_edge(size: u64) -> Vec<TileId> {
    let tiles = levels(size).filter(|(_, hashes)| hashes % WIDTH as u64 > 0);
    tiles
        .map(|(level, hashes)| TileId {
            level,
            n: hashes / WIDTH as u64,
        })
        .collect()
}

/// Adds `leaves` to a log of `size`; the blobs of all tiles that change, to be stored over their older selves.
///
/// `edge` holds the tiles that [`right_edge`] names for `size`.
///
/// # Errors
/// When a tile of the edge is missing or has not exactly the length that `size` calls for.
pub fn append(
    size: u64,
    leaves: &[Hash],
    mut edge: Vec<(TileId, Vec<u8>)>,
) -> Result<Vec<(TileId, Vec<u8>)>, TileError> {
    let mut changed = Vec::new();
    let (mut level, mut start, mut hashes) = (0, size, leaves.to_vec());
    while !hashes.is_empty() {
        let mut id = TileId {
            level,
            n: start / WIDTH as u64,
        };
        let mut blob = take(&mut edge, id, start)?;
        let mut above = Vec::with_capacity(hashes.len() / WIDTH + 1);
        for hash in &hashes {
            blob.extend_from_slice(&hash.0);
            if blob.len() == WIDTH * HASH {
                above.push(root(&blob));
                changed.push((id, core::mem::take(&mut blob)));
                id.n += 1;
            }
        }
        if !blob.is_empty() {
            changed.push((id, blob));
        }
        (level, start, hashes) = (level + 1, start / WIDTH as u64, above);
    }
    Ok(changed)
}

/// Root of the complete subtree over the leaves from `n << level` to `(n + 1) << level`, from the one tile that
/// holds its parts: the reader that proofs are made with.
///
/// # Errors
/// When the tile is missing or too short.
pub fn subtree_hash<'a>(
    level: u8,
    n: u64,
    tile: impl FnOnce(TileId) -> Option<&'a [u8]>,
) -> Result<Hash, TileError> {
    let (id, first) = locate(level, n);
    let blob = tile(id).ok_or(TileError::Missing(id))?;
    let needed = (first + (1 << (level % 8))) * HASH;
    let part = blob.get(first * HASH..needed);
    part.map(root).ok_or(TileError::Length {
        id,
        found: blob.len(),
        needed,
    })
}

/// The tiles that an inclusion proof of leaf `index` in the log of `size` is made from, each once. Empty when there
/// is no such leaf.
pub fn needed_for_inclusion(index: u64, size: u64) -> Vec<TileId> {
    needed(|mut read| tree::inclusion_path(index, size, &mut read))
}

/// The tiles that a consistency proof from size `old` to `new` is made from, each once. Empty when there is none.
pub fn needed_for_consistency(old: u64, new: u64) -> Vec<TileId> {
    needed(|mut read| tree::consistency_path(old, new, &mut read))
}

type Reader<'a> = &'a mut dyn FnMut(u8, u64) -> Result<Hash, Infallible>;

/// Makes a proof from nothing, to see which tiles it asks for.
fn needed<P>(prove: impl FnOnce(Reader<'_>) -> P) -> Vec<TileId> {
    let mut tiles = Vec::new();
    prove(&mut |level, n| {
        tiles.push(locate(level, n).0);
        Ok(Hash::EMPTY_ROOT)
    });
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

/// The tile that holds a complete subtree, and where in it the subtree's first hash is.
fn locate(level: u8, n: u64) -> (TileId, usize) {
    let within = level % 8;
    let first = (n << within) & (WIDTH as u64 - 1);
    let id = TileId {
        level: level / 8,
        n: n >> (8 - within),
    };
    // Below 256.
    (id, usize::from(first.to_be_bytes()[7]))
}

/// The levels that a log of `size` has, with the number of hashes in each.
fn levels(size: u64) -> impl Iterator<Item = (u8, u64)> {
    (0..8)
        .map(move |level: u8| (level, size >> (8 * level)))
        .take_while(|(_, hashes)| *hashes > 0)
}

/// Takes the tile that goes on at hash `start` of its level out of `edge`.
fn take(edge: &mut Vec<(TileId, Vec<u8>)>, id: TileId, start: u64) -> Result<Vec<u8>, TileError> {
    let needed = usize::from(start.to_be_bytes()[7]) * HASH;
    if needed == 0 {
        return Ok(Vec::new());
    }
    let place = edge.iter().position(|(found, _)| *found == id);
    let (_, blob) = edge.swap_remove(place.ok_or(TileError::Missing(id))?);
    if blob.len() == needed {
        Ok(blob)
    } else {
        Err(TileError::Length {
            id,
            found: blob.len(),
            needed,
        })
    }
}

/// Root over a power of two of hashes.
pub(super) fn root(blob: &[u8]) -> Hash {
    let mut hashes: Vec<Hash> = blob.as_chunks().0.iter().copied().map(Hash).collect();
    let mut width = hashes.len();
    while width > 1 {
        width /= 2;
        for i in 0..width {
            hashes[i] = node_hash(&hashes[2 * i], &hashes[2 * i + 1]);
        }
    }
    hashes.first().copied().unwrap_or(Hash::EMPTY_ROOT)
}

#[cfg(test)]
#[path = "tile_tests.rs"]
mod tests;
