//! The tree against the words of RFC 6962, at every size up to 600.

use std::collections::HashMap;

use super::*;
use crate::ledger::hash::leaf_hash;
use crate::ledger::proof::{verify_consistency, verify_inclusion};
use crate::ledger::sample::{self, Subtrees, leaves, roots};

/// RFC 6962 section 2.1, word for word. Slow but for its memory of ranges.
struct Oracle {
    leaves: Vec<Hash>,
    roots: HashMap<(u64, u64), Hash>,
}

impl Oracle {
    fn root(&mut self, low: u64, high: u64) -> Hash {
        if high - low == 1 {
            return self.leaves[usize::try_from(low).unwrap()];
        }
        if let Some(root) = self.roots.get(&(low, high)) {
            return *root;
        }
        let k = Self::k(high - low);
        let root = node_hash(&self.root(low, low + k), &self.root(low + k, high));
        self.roots.insert((low, high), root);
        root
    }

    fn path(&mut self, m: u64, low: u64, high: u64) -> Vec<Hash> {
        if high - low == 1 {
            return Vec::new();
        }
        let k = Self::k(high - low);
        let (mut path, sibling) = if m < k {
            (self.path(m, low, low + k), self.root(low + k, high))
        } else {
            (self.path(m - k, low + k, high), self.root(low, low + k))
        };
        path.push(sibling);
        path
    }

    fn subproof(&mut self, m: u64, low: u64, high: u64, whole: bool) -> Vec<Hash> {
        if m == high - low {
            return if whole {
                Vec::new()
            } else {
                vec![self.root(low, high)]
            };
        }
        let k = Self::k(high - low);
        let (mut path, sibling) = if m <= k {
            (
                self.subproof(m, low, low + k, whole),
                self.root(low + k, high),
            )
        } else {
            (
                self.subproof(m - k, low + k, high, false),
                self.root(low, low + k),
            )
        };
        path.push(sibling);
        path
    }

    fn k(n: u64) -> u64 {
        let mut k = 1;
        while k * 2 < n {
            k *= 2;
        }
        k
    }
}

#[test]
fn the_rfcs_tree_has_its_roots() {
    let entries = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let expected = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut frontier = Frontier::default();
    assert_eq!(frontier.root(), Hash::EMPTY_ROOT);
    for (hex, root) in entries.iter().zip(expected) {
        let digits = hex.as_bytes().chunks(2);
        let entry: Vec<u8> = digits
            .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        frontier.append(leaf_hash(&entry));
        assert_eq!(frontier.root().to_hex(), root);
    }
    assert_eq!(frontier.size(), 8);
}

#[test]
fn the_sample_log_has_its_roots_and_proofs() {
    let subtrees = Subtrees::over((0..3).map(sample::leaf).collect());
    let mut frontier = Frontier::default();
    for size in 1..=3 {
        frontier.append(sample::leaf(size - 1));
        assert_eq!(frontier.root(), sample::root(size));
    }
    let text = |path: Vec<Hash>| path.iter().map(Hash::to_string).collect::<Vec<_>>();
    let (one, two) = (
        "Of4au4AfHOzWUOaaH2qTrLMQJovoEqzK2iO6G+eoDzU=",
        "qtChA+V+SVCyANUpqba94mHqwBjtRXv58GrG9R+zN4M=",
    );
    let consistency = |old| consistency_path(old, 3, &mut subtrees.reader()).unwrap();
    assert_eq!(text(consistency(2)), [two]);
    assert_eq!(text(consistency(1)), [one, two]);
    let path = inclusion_path(1, 3, &mut subtrees.reader()).unwrap();
    assert_eq!(
        text(path),
        ["B7v/nEFlo6j17kPu3ioBvePAY8U3hbNa7Ar4uS8Sq0s=", two]
    );
}

#[test]
fn every_root_up_to_600_is_the_rfcs_and_every_proof_holds() {
    let leaves = leaves(600);
    let (subtrees, roots) = (Subtrees::over(leaves.clone()), roots(&leaves));
    let mut read = subtrees.reader();
    let mut oracle = Oracle {
        leaves: leaves.clone(),
        roots: HashMap::new(),
    };
    for size in 1..=600 {
        let at = usize::try_from(size).unwrap();
        assert_eq!(roots[at], oracle.root(0, size), "root {size}");
        // Every index near an end, and a stride of the others that moves with the size.
        let asked = |index: u64| index < 3 || size - index < 4 || (index + size).is_multiple_of(5);
        for (index, leaf) in (0..size).zip(&leaves).filter(|(index, _)| asked(*index)) {
            let path = inclusion_path(index, size, &mut read).unwrap();
            assert_eq!(path, oracle.path(index, 0, size), "{index} in {size}");
            let verified = verify_inclusion(leaf, index, size, &path, &roots[at]);
            assert_eq!(verified, Ok(()), "{index} in {size}");

            let old = index + 1;
            let path = consistency_path(old, size, &mut read).unwrap();
            assert_eq!(path, oracle.subproof(old, 0, size, true), "{old} to {size}");
            let old_root = &roots[usize::try_from(old).unwrap()];
            let verified = verify_consistency(old, size, &path, old_root, &roots[at]);
            assert_eq!(verified, Ok(()), "{old} to {size}");
        }
    }
}

#[test]
fn a_frontier_reads_back_from_its_bytes_and_goes_on() {
    let leaves = leaves(130);
    let mut frontier = Frontier::default();
    for leaf in leaves {
        let bytes = frontier.to_bytes();
        let mut read = Frontier::from_bytes(&bytes).unwrap();
        assert_eq!(read, frontier);
        assert!(Frontier::from_bytes(&bytes[..bytes.len() - 1]).is_none());
        assert!(Frontier::from_bytes(&[bytes.as_slice(), &[0; 32]].concat()).is_none());
        read.append(leaf);
        frontier.append(leaf);
        assert_eq!(read.root(), frontier.root());
    }
    assert!(Frontier::from_bytes(&[]).is_none());
    let beyond = [(1_u64 << 63).to_be_bytes().as_slice(), &[0; 32]].concat();
    assert!(Frontier::from_bytes(&beyond).is_none());
}
