//! Tree and tiles against published values, a plain recursive oracle, and a foreign implementation.

use std::collections::HashMap;

use super::hash::{Hash, empty_root, leaf_hash, node_hash};
use super::tile::{self, TileId};
use super::tree::{self, Frontier};

pub(super) fn bytes<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|index| first + u8::try_from(index).unwrap())
}

/// RFC 6962 section 2.1, as it is written there.
pub(super) fn oracle(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            node_hash(&oracle(&leaves[..split]), &oracle(&leaves[split..]))
        }
    }
}

pub(super) fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|index| leaf_hash(&index.to_be_bytes()))
        .collect()
}

/// A log that was filled in batches, as the writer does it.
pub(super) fn stored(leaves: &[Hash], batch: usize) -> HashMap<TileId, Vec<u8>> {
    let mut tiles: HashMap<TileId, Vec<u8>> = HashMap::new();
    let mut size = 0;
    for leaves in leaves.chunks(batch) {
        let edge = tile::right_edge(size)
            .into_iter()
            .map(|id| (id, tiles[&id].clone()))
            .collect();
        tiles.extend(tile::append(size, leaves, edge).unwrap());
        size += leaves.len() as u64;
    }
    tiles
}

#[test]
fn the_published_roots_come_out() {
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
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
    assert_eq!(
        frontier.root().to_base64(),
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    );
    for (entry, root) in entries.into_iter().zip(roots) {
        frontier.append(leaf_hash(entry));
        assert_eq!(frontier.root().to_hex(), root);
    }
}

#[test]
fn every_proof_of_every_size_up_to_600_agrees_with_the_oracle_and_with_ct_merkle() {
    let leaves = leaves(600);
    let tiles = stored(&leaves, 7);
    let mut read =
        |level, index| tile::subtree_hash(level, index, |id| tiles.get(&id).map(Vec::as_slice));
    let roots: Vec<Hash> = (0..=600).map(|size| oracle(&leaves[..size])).collect();
    let mut frontier = Frontier::default();
    let mut foreign: ct_merkle::mem_backed_tree::MemoryBackedTree<sha2::Sha256, Vec<u8>> =
        ct_merkle::mem_backed_tree::MemoryBackedTree::new();
    for size in 0..=600_u64 {
        let root = frontier.root();
        assert_eq!(root, roots[usize::try_from(size).unwrap()], "size {size}");
        assert_eq!(
            Frontier::from_bytes(&frontier.to_bytes()).unwrap(),
            frontier
        );
        if size > 0 {
            assert_eq!(foreign.root().as_bytes().as_slice(), root.0, "size {size}");
        }
        // Every index near the ends and a stride through the middle; every older size likewise.
        for index in (0..size).filter(|index| index % 13 == 0 || *index < 4 || size - index < 4) {
            let path = tree::inclusion_path(index, size, &mut read).unwrap();
            let place = usize::try_from(index).unwrap();
            assert_eq!(
                tree::root_from_inclusion(leaves[place], index, size, &path),
                Some(root),
                "{index} in {size}"
            );
            assert_ne!(
                tree::root_from_inclusion(leaves[(place + 1) % 600], index, size, &path),
                Some(root)
            );
            assert_eq!(
                tree::root_from_inclusion(
                    leaves[place],
                    index,
                    size,
                    &path[..path.len().saturating_sub(1)]
                ),
                (path.is_empty()).then_some(root)
            );
            let concatenated: Vec<u8> = path.iter().flat_map(|hash| hash.0).collect();
            assert_eq!(
                foreign.prove_inclusion(place).as_bytes(),
                concatenated,
                "{index} in {size}"
            );
        }
        for old in (0..=size).filter(|old| old % 17 == 0 || *old < 4 || size - old < 4) {
            let path = tree::consistency_path(old, size, &mut read).unwrap();
            let old_root = roots[usize::try_from(old).unwrap()];
            assert!(
                tree::verify_consistency(old, size, old_root, root, &path),
                "{old} to {size}"
            );
            assert!(
                !tree::verify_consistency(old, size, leaf_hash(b"other"), root, &path),
                "{old} to {size}"
            );
            if old != size {
                assert!(
                    old == 0
                        || !tree::verify_consistency(
                            old,
                            size,
                            old_root,
                            leaf_hash(b"other"),
                            &path
                        ),
                    "{old} to {size}"
                );
            }
        }
        if let Some(leaf) = usize::try_from(size).ok().filter(|size| *size < 600) {
            frontier.append(leaves[leaf]);
            foreign.push(size.to_be_bytes().to_vec());
        }
    }
}

#[test]
fn tiles_come_out_the_same_however_the_log_was_filled() {
    let leaves = leaves(70_000);
    let tiles = stored(&leaves, 70_000);
    assert_eq!(stored(&leaves, 999), tiles);
    assert_eq!(stored(&leaves, 256), tiles);
    let widths = |level| {
        tiles
            .iter()
            .filter(|(id, _)| id.level == level)
            .map(|(_, blob)| blob.len() / 32)
            .collect::<Vec<_>>()
    };
    assert_eq!(widths(0).iter().filter(|width| **width == 256).count(), 273);
    assert_eq!(tiles[&TileId { level: 0, n: 273 }].len() / 32, 112);
    assert_eq!(tiles[&TileId { level: 1, n: 1 }].len() / 32, 17);
    assert_eq!(widths(2), [1]);
    let mut read =
        |level, index| tile::subtree_hash(level, index, |id| tiles.get(&id).map(Vec::as_slice));
    for index in [0, 255, 256, 65_535, 65_536, 69_999] {
        let path = tree::inclusion_path(index, 70_000, &mut read).unwrap();
        let root = tree::root_from_inclusion(
            leaves[usize::try_from(index).unwrap()],
            index,
            70_000,
            &path,
        )
        .unwrap();
        assert_eq!(root, oracle(&leaves));
        for needed in tile::needed_for_inclusion(index, 70_000) {
            assert!(tiles.contains_key(&needed), "{needed:?}");
        }
    }
    let inclusion = tree::inclusion_path(70_000, 70_000, &mut read);
    assert!(inclusion.is_err());
}

#[test]
fn a_missing_or_short_edge_is_an_error_and_not_a_wrong_tile() {
    let leaves = leaves(300);
    assert!(tile::append(100, &leaves[100..], vec![]).is_err());
    let short = vec![(TileId { level: 0, n: 0 }, vec![0; 32 * 99])];
    assert!(tile::append(100, &leaves[100..], short).is_err());
}
