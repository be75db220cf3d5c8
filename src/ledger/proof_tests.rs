//! Proofs against another implementation, at the edges, and with every change noticed.

use core::convert::Infallible;

use ct_merkle::RootHash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;

use super::*;
use crate::ledger::sample::{Subtrees, entry, leaves, roots};
use crate::ledger::tree::{ProofError, consistency_path, inclusion_path};

#[test]
fn another_implementation_makes_and_takes_the_same_proofs() {
    let leaves = leaves(600);
    let (subtrees, roots) = (Subtrees::over(leaves.clone()), roots(&leaves));
    let mut read = subtrees.reader();
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let bytes = |path: &[Hash]| path.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>();
    let foreign_root =
        |size: u64| RootHash::<Sha256>::new(roots[usize::try_from(size).unwrap()].0.into(), size);
    for size in 1..=600 {
        theirs.push(entry(size - 1));
        assert_eq!(theirs.root(), foreign_root(size));
        for index in (0..size).filter(|i| (i * 7 + size).is_multiple_of(23) || *i == size - 1) {
            let ours = bytes(&inclusion_path(index, size, &mut read).unwrap());
            let proof = theirs.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(ours, proof.as_bytes(), "{index} in {size}");
            foreign_root(size)
                .verify_inclusion(&entry(index), index, &proof)
                .unwrap();

            let ours = bytes(&consistency_path(index + 1, size, &mut read).unwrap());
            let proof = theirs.prove_consistency(usize::try_from(size - index - 1).unwrap());
            assert_eq!(ours, proof.as_bytes(), "{} to {size}", index + 1);
            foreign_root(size)
                .verify_consistency(&foreign_root(index + 1), &proof)
                .unwrap();
        }
    }
}

#[test]
fn every_change_of_a_proof_is_noticed() {
    let leaves = leaves(70);
    let (subtrees, roots) = (Subtrees::over(leaves.clone()), roots(&leaves));
    let mut read = subtrees.reader();
    let bend = |path: &[Hash]| {
        let mut bent: Vec<Vec<Hash>> = Vec::new();
        for i in 0..path.len() {
            let mut other = path.to_vec();
            other[i].0[i % 32] ^= 0x10;
            bent.push(other);
            let mut shorter = path.to_vec();
            shorter.remove(i);
            bent.push(shorter);
            let mut longer = path.to_vec();
            longer.insert(i, path[i]);
            bent.push(longer);
        }
        bent.push([path, &[Hash::EMPTY_ROOT]].concat());
        bent
    };
    for size in [1, 2, 3, 7, 8, 63, 64, 65, 70] {
        let at = usize::try_from(size).unwrap();
        for (index, leaf) in (0..size).zip(&leaves) {
            let path = inclusion_path(index, size, &mut read).unwrap();
            let check =
                |index, path: &[Hash]| verify_inclusion(leaf, index, size, path, &roots[at]);
            for bent in bend(&path) {
                assert!(check(index, &bent).is_err(), "{index} in {size}");
            }
            for other in (0..size + 2).filter(|other| *other != index) {
                assert!(check(other, &path).is_err(), "{index} as {other} in {size}");
            }
            assert!(verify_inclusion(&Hash::EMPTY_ROOT, index, size, &path, &roots[at]).is_err());
        }
        for old in 1..size {
            let path = consistency_path(old, size, &mut read).unwrap();
            let old_root = roots[usize::try_from(old).unwrap()];
            for bent in bend(&path) {
                assert!(verify_consistency(old, size, &bent, &old_root, &roots[at]).is_err());
            }
            assert!(verify_consistency(old, size, &path, &roots[0], &roots[at]).is_err());
            assert!(verify_consistency(old, size, &path, &old_root, &roots[0]).is_err());
        }
    }
}

#[test]
fn empty_and_equal_trees_take_an_empty_proof_and_shrinking_none() {
    let leaves = leaves(5);
    let (subtrees, roots) = (Subtrees::over(leaves.clone()), roots(&leaves));
    let mut read = subtrees.reader();
    assert_eq!(consistency_path(0, 5, &mut read), Ok(vec![]));
    assert_eq!(consistency_path(0, 0, &mut read), Ok(vec![]));
    assert_eq!(consistency_path(5, 5, &mut read), Ok(vec![]));
    assert_eq!(
        consistency_path(5, 4, &mut read),
        Err(ProofError::Shrunk { old: 5, new: 4 })
    );
    assert_eq!(
        inclusion_path(5, 5, &mut read),
        Err(ProofError::Index { index: 5, size: 5 })
    );
    assert_eq!(
        inclusion_path(0, 0, &mut read),
        Err(ProofError::Index { index: 0, size: 0 })
    );

    let empty = Hash::EMPTY_ROOT;
    assert_eq!(verify_consistency(0, 5, &[], &empty, &roots[5]), Ok(()));
    assert_eq!(verify_consistency(0, 0, &[], &empty, &empty), Ok(()));
    assert_eq!(verify_consistency(5, 5, &[], &roots[5], &roots[5]), Ok(()));
    assert!(verify_consistency(0, 5, &[], &roots[1], &roots[5]).is_err());
    assert!(verify_consistency(0, 0, &[], &empty, &roots[1]).is_err());
    assert!(verify_consistency(5, 5, &[], &roots[5], &roots[4]).is_err());
    let needless = Err(Mismatch::Length {
        found: 1,
        needed: 0,
    });
    assert_eq!(
        verify_consistency(0, 5, &[empty], &empty, &roots[5]),
        needless
    );
    assert_eq!(
        verify_consistency(5, 5, &[empty], &roots[5], &roots[5]),
        needless
    );
    assert_eq!(
        verify_consistency(5, 4, &[], &roots[5], &roots[4]),
        Err(Mismatch::Shrunk { old: 5, new: 4 })
    );
}

#[test]
fn the_largest_sizes_neither_overflow_nor_panic() {
    let mut read = |_, _| Ok::<_, Infallible>(Hash::EMPTY_ROOT);
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        for index in [0, 1, size / 2, size - 2, size - 1] {
            let path = inclusion_path(index, size, &mut read).unwrap();
            let result = verify_inclusion(&Hash::EMPTY_ROOT, index, size, &path, &Hash::EMPTY_ROOT);
            assert!(
                matches!(result, Err(Mismatch::Root { .. })),
                "{index} in {size}: {result:?}"
            );
            let path = consistency_path(index + 1, size, &mut read).unwrap();
            let result =
                verify_consistency(index + 1, size, &path, &Hash::EMPTY_ROOT, &Hash([0; 32]));
            assert!(
                matches!(result, Err(Mismatch::Root { .. })),
                "{index} to {size}: {result:?}"
            );
        }
    }
}
