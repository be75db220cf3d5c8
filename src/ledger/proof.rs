//! Checking RFC 6962 proofs, which takes no tree: a leaf stands in the log, and the log only grew.
//!
//! Strict: a proof has exactly the hashes that its sizes call for, and every error carries the evidence.

use super::hash::{Hash, node_hash};

/// Why a proof does not hold, with the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The leaf is not in a tree of that size.
    #[error("there is no index {index} in a tree of size {size}")]
    Index {
        /// Index of the leaf.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The log shrank.
    #[error("the log went back from size {old} to {new}")]
    Shrunk {
        /// Size of the old tree.
        old: u64,
        /// Size of the new tree.
        new: u64,
    },
    /// The wrong number of hashes.
    #[error("the proof has {found} hashes where it takes {needed}")]
    Length {
        /// Hashes in the proof.
        found: usize,
        /// Hashes that the sizes call for.
        needed: usize,
    },
    /// The proof leads to another root than the signed one.
    #[error("the proof leads to root {computed} at size {size}, but {signed} is signed")]
    Root {
        /// Size of the tree.
        size: u64,
        /// Where the proof leads.
        computed: Hash,
        /// What the checkpoint says.
        signed: Hash,
    },
}

/// Checks that `leaf` stands at `index` in the tree of `size` with `root`.
///
/// # Errors
/// The first thing that does not fit.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), Mismatch> {
    if index >= size {
        return Err(Mismatch::Index { index, size });
    }
    let (inner, border) = lengths(index, size);
    check_length(path, inner + border)?;
    let (inner, border) = path.split_at(inner);
    let computed = climb_border(climb(*leaf, inner, index), border);
    check_root(size, computed, *root)
}

/// Checks that the tree of size `new` with `new_root` continues the one of size `old` with `old_root`.
///
/// # Errors
/// The first thing that does not fit.
pub fn verify_consistency(
    old: u64,
    new: u64,
    path: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), Mismatch> {
    if old > new {
        return Err(Mismatch::Shrunk { old, new });
    }
    if old == 0 {
        check_root(0, Hash::EMPTY_ROOT, *old_root)?;
    }
    if old == new {
        check_root(new, *old_root, *new_root)?;
    }
    if old == 0 || old == new {
        return check_length(path, 0);
    }
    // The proof climbs from the last complete subtree of the old tree; that subtree's root comes first, unless it
    // is the whole old tree.
    let shift = old.trailing_zeros();
    let (inner, border) = lengths(old - 1, new);
    let inner = inner - shift as usize;
    let whole = old.is_power_of_two();
    check_length(path, usize::from(!whole) + inner + border)?;
    let (seed, path) = match path.split_first() {
        Some((first, rest)) if !whole => (*first, rest),
        _ => (*old_root, path),
    };
    let (inner, border) = path.split_at(inner);
    let index = (old - 1) >> shift;
    let left = |(level, _): &(usize, &Hash)| index >> level & 1 == 1;
    let old_computed = inner
        .iter()
        .enumerate()
        .filter(left)
        .fold(seed, |hash, (_, sibling)| node_hash(sibling, &hash));
    check_root(old, climb_border(old_computed, border), *old_root)?;
    let new_computed = climb_border(climb(seed, inner, index), border);
    check_root(new, new_computed, *new_root)
}

/// Hashes of an inclusion proof below and on the right border, where every sibling is on the left.
const fn lengths(index: u64, size: u64) -> (usize, usize) {
    let inner = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let above = if inner == u64::BITS {
        0
    } else {
        index >> inner
    };
    (inner as usize, above.count_ones() as usize)
}

fn climb(leaf: Hash, siblings: &[Hash], index: u64) -> Hash {
    let siblings = siblings.iter().enumerate();
    siblings.fold(leaf, |hash, (level, sibling)| {
        if index >> level & 1 == 0 {
            node_hash(&hash, sibling)
        } else {
            node_hash(sibling, &hash)
        }
    })
}

fn climb_border(hash: Hash, siblings: &[Hash]) -> Hash {
    siblings
        .iter()
        .fold(hash, |hash, sibling| node_hash(sibling, &hash))
}

const fn check_length(path: &[Hash], needed: usize) -> Result<(), Mismatch> {
    if path.len() == needed {
        Ok(())
    } else {
        Err(Mismatch::Length {
            found: path.len(),
            needed,
        })
    }
}

fn check_root(size: u64, computed: Hash, signed: Hash) -> Result<(), Mismatch> {
    if computed == signed {
        Ok(())
    } else {
        Err(Mismatch::Root {
            size,
            computed,
            signed,
        })
    }
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
