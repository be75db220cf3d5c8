//! RFC 6962 arithmetic over complete subtrees that somebody else stores.
//!
//! A subtree is named by its level (2^level leaves) and its index among those of its level, from the left.

use super::hash::{Hash, empty_root, node_hash};

/// A position that the tree does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such position in a tree of size {size}")]
pub struct OutOfRange {
    /// Size of the tree that was asked.
    pub size: u64,
}

/// The right edge of a tree: what an append needs, at most 64 hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees of the binary digits of `size`, largest first.
    roots: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// Root of the tree.
    pub fn root(&self) -> Hash {
        let mut right_to_left = self.roots.iter().rev();
        let Some(last) = right_to_left.next() else {
            return empty_root();
        };
        right_to_left.fold(*last, |right, left| node_hash(left, &right))
    }

    /// `u64 size ‖ roots`, the size big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        self.roots
            .iter()
            .for_each(|root| bytes.extend_from_slice(&root.0));
        bytes
    }

    /// Reads what `to_bytes` wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, rest) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        if rest.len() != 32 * size.count_ones() as usize {
            return None;
        }
        let roots = rest
            .chunks_exact(32)
            .filter_map(|chunk| chunk.try_into().ok().map(Hash))
            .collect();
        Some(Self { size, roots })
    }
}

/// The audit path for leaf `index` in the tree of `size` leaves, from the leaf upwards (RFC 6962 section 2.1.1).
///
/// # Errors
/// `OutOfRange`, or what `read` fails with.
pub fn inclusion_path<E: From<OutOfRange>>(
    index: u64,
    size: u64,
    read: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if index >= size {
        return Err(OutOfRange { size }.into());
    }
    let mut path = Vec::new();
    for sibling in inclusion_ranges(index, size) {
        path.push(range_root(sibling, read)?);
    }
    Ok(path)
}

/// The consistency proof between the trees of `old` and `new` leaves (RFC 6962 section 2.1.2); empty when `old` is 0
/// or both are the same.
///
/// # Errors
/// `OutOfRange` when `old` is larger than `new`, or what `read` fails with.
pub fn consistency_path<E: From<OutOfRange>>(
    old: u64,
    new: u64,
    read: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    if old > new {
        return Err(OutOfRange { size: new }.into());
    }
    let mut path = Vec::new();
    for range in consistency_ranges(old, new) {
        path.push(range_root(range, read)?);
    }
    Ok(path)
}

/// Leaf ranges `begin..end` whose roots make up an audit path, from the leaf upwards.
pub fn inclusion_ranges(index: u64, size: u64) -> Vec<(u64, u64)> {
    let (mut begin, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((begin, middle));
            begin = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// Leaf ranges whose roots make up a consistency proof, in its order.
pub fn consistency_ranges(old: u64, new: u64) -> Vec<(u64, u64)> {
    if old == 0 || old == new {
        return Vec::new();
    }
    let (mut begin, mut end) = (0, new);
    let mut ranges = Vec::new();
    while end != old {
        let middle = begin + split(end - begin);
        if old <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((begin, middle));
            begin = middle;
        }
    }
    if begin != 0 {
        ranges.push((begin, end));
    }
    ranges.reverse();
    ranges
}

/// The complete subtrees, largest first, that a leaf range is made of. `begin` lies on a boundary of the tree.
pub fn subtrees(begin: u64, end: u64) -> Vec<(u8, u64)> {
    let (mut at, mut parts) = (begin, Vec::new());
    while at < end {
        let level = (end - at).ilog2();
        parts.push((u8::try_from(level).unwrap_or(63), at >> level));
        at += 1 << level;
    }
    parts
}

fn range_root<E>(
    range: (u64, u64),
    read: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let mut parts = subtrees(range.0, range.1).into_iter().rev();
    let Some((level, index)) = parts.next() else {
        return Ok(empty_root());
    };
    let mut root = read(level, index)?;
    for (level, index) in parts {
        root = node_hash(&read(level, index)?, &root);
    }
    Ok(root)
}

/// The largest power of two below `size`, which is at least 2.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root that an audit path leads to; `None` when its length does not fit (RFC 9162 section 2.1.3.2).
pub fn root_from_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size || inclusion_ranges(index, size).len() != path.len() {
        return None;
    }
    let (mut at, mut last, mut node) = (index, size - 1, leaf);
    for sibling in path {
        if at & 1 == 1 || at == last {
            node = node_hash(sibling, &node);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    Some(node)
}

/// Whether `path` proves that the tree of `new` leaves continues that of `old` leaves (RFC 9162 section 2.1.4.2).
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: Hash,
    new_root: Hash,
    path: &[Hash],
) -> bool {
    if old > new || consistency_ranges(old, new).len() != path.len() {
        return false;
    }
    if old == new {
        return old_root == new_root && (old != 0 || old_root == empty_root());
    }
    if old == 0 {
        return old_root == empty_root();
    }
    let mut rest = path.iter();
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    // A tree of 2^k leaves is itself the first subtree of every later one.
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        rest.next().copied()
    };
    let Some(first) = first else { return false };
    let (mut from_old, mut from_new) = (first, first);
    for node in rest {
        if at & 1 == 1 || at == last {
            from_old = node_hash(node, &from_old);
            from_new = node_hash(node, &from_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, node);
        }
        at >>= 1;
        last >>= 1;
    }
    from_old == old_root && from_new == new_root
}
