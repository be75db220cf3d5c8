//! The RFC 6962 tree: growing it and making proofs from it. Checking them is in `proof`.
//!
//! Growth needs the right edge only ([`Frontier`]). Proofs are made from the roots of *complete* subtrees, which
//! never change once they exist; where those are kept is the caller's business (see `tile`).

use super::hash::{Hash, node_hash};

/// A tree of some size, reduced to what it takes to append and to know the root: at most 63 hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees from left to right, one per set bit of `size`, the largest first.
    edge: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash: one node hash on average.
    pub fn append(&mut self, leaf: Hash) {
        let mut root = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.edge.push(root);
        self.size += 1;
    }

    /// Root of the tree.
    pub fn root(&self) -> Hash {
        let mut edge = self.edge.iter().rev();
        let Some(&last) = edge.next() else {
            return Hash::EMPTY_ROOT;
        };
        edge.fold(last, |right, left| node_hash(left, &right))
    }

    /// For storage: `u64` size in big-endian, then the hashes of the edge.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.edge.iter().flat_map(|hash| hash.0));
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` when the number of hashes does not fit the size, or the size is
    /// beyond 2^63 - 1.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, hashes) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        let (edge, rest) = hashes.as_chunks::<32>();
        let fits = rest.is_empty()
            && edge.len() == size.count_ones() as usize
            && i64::try_from(size).is_ok();
        fits.then(|| Self {
            size,
            edge: edge.iter().copied().map(Hash).collect(),
        })
    }
}

/// Why a proof could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError<E> {
    /// The leaf is not in a tree of that size.
    #[error("there is no index {index} in a tree of size {size}")]
    Index {
        /// Index of the leaf.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("a tree of size {new} cannot continue one of size {old}")]
    Shrunk {
        /// Size of the old tree.
        old: u64,
        /// Size of the new tree.
        new: u64,
    },
    /// A hash could not be read.
    #[error("{0}")]
    Read(E),
}

/// Inclusion proof of leaf `index` in the tree of `size` (RFC 6962 section 2.1.1), from the leaf upwards.
///
/// `read(level, n)` gives the root of the complete subtree over the leaves from `n << level` to `(n + 1) << level`.
///
/// # Errors
/// When the leaf is outside the tree, or `read` fails.
pub fn inclusion_path<E>(
    index: u64,
    size: u64,
    read: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofError<E>> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let (mut low, mut high, mut path) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(range_root(middle, high, read)?);
            high = middle;
        } else {
            path.push(range_root(low, middle, read)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proof that the tree of size `new` continues the one of size `old` (RFC 6962 section 2.1.2). Empty for equal
/// sizes, and for an empty old tree, which everything continues. For `read` see [`inclusion_path`].
///
/// # Errors
/// When `old` is larger than `new`, or `read` fails.
pub fn consistency_path<E>(
    old: u64,
    new: u64,
    read: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofError<E>> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let (mut low, mut high, mut path) = (0, new, Vec::new());
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(range_root(middle, high, read)?);
            high = middle;
        } else {
            path.push(range_root(low, middle, read)?);
            low = middle;
        }
    }
    // Starting at 0, the common subtree is the old tree itself, whose root the verifier has.
    if low != 0 {
        path.push(range_root(low, high, read)?);
    }
    path.reverse();
    Ok(path)
}

/// Root of the tree of `size`. For `read` see [`inclusion_path`].
///
/// # Errors
/// When `read` fails.
pub fn root<E>(
    size: u64,
    read: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Hash, ProofError<E>> {
    if size == 0 {
        return Ok(Hash::EMPTY_ROOT);
    }
    range_root(0, size, read)
}

/// Root of the leaves from `low` to `high`, where `low` is a multiple of the power of two at or above the length.
fn range_root<E>(
    low: u64,
    high: u64,
    read: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Hash, ProofError<E>> {
    let length = high - low;
    if length.is_power_of_two() {
        let level = length.trailing_zeros();
        // A power of two in a u64 is at most 2^63.
        return read(level.to_be_bytes()[3], low >> level).map_err(ProofError::Read);
    }
    let middle = low + split(length);
    let left = range_root(low, middle, read)?;
    Ok(node_hash(&left, &range_root(middle, high, read)?))
}

/// The largest power of two below `length`, which is at least 2.
const fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
