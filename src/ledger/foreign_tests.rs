//! The tree, its proofs, its tiles and its checkpoints against two other implementations (`tlog_tiles`, `ct-merkle`):
//! every size from 0 to 600, and random larger ones, each made by one side and taken by the other.
//!
//! For another format or another implementation: a function that compares one size, and a line in each test.

use std::collections::BTreeMap;
use std::num::NonZeroU8;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;
use tlog_tiles::{HashReader, Tile, TileHashReader, TileReader};

use super::checkpoint::Checkpoint;
use super::hash::{Hash, leaf_hash};
use super::proof::{verify_consistency, verify_inclusion};
use super::sample::entry;
use super::tile::{TileId, append, right_edge, subtree_hash};
use super::tree::{Frontier, consistency_path, inclusion_path};

/// Hashes for `tlog_tiles`, which numbers those of all levels in one row.
#[derive(Default)]
struct Row(Vec<tlog_tiles::Hash>);

impl HashReader for Row {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let at = |index: &u64| self.0[usize::try_from(*index).unwrap()];
        Ok(indexes.iter().map(at).collect())
    }
}

/// Our log, as a store keeps it, and theirs, grown side by side.
#[derive(Default)]
struct Logs {
    frontier: Frontier,
    roots: Vec<Hash>,
    tiles: BTreeMap<TileId, Vec<u8>>,
    row: Row,
}

impl Logs {
    /// Adds entries up to `size`, and compares what tiles that changes.
    fn grow(&mut self, size: u64) {
        let old = self.frontier.size();
        let leaves: Vec<Hash> = (old..size).map(|i| leaf_hash(&entry(i))).collect();
        let edge = right_edge(old).into_iter();
        let edge = edge.map(|id| (id, self.tiles[&id].clone())).collect();
        let changed = append(old, &leaves, edge).unwrap();
        for i in old..size {
            let more = tlog_tiles::stored_hashes(i, &entry(i), &self.row).unwrap();
            self.row.0.extend(more);
        }
        let mut ours: Vec<_> = changed.iter().map(|(id, blob)| path(*id, blob)).collect();
        let mut theirs: Vec<_> = Tile::new_tiles(8, old, size).iter().map(theirs).collect();
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "from {old} to {size}");
        self.tiles.extend(changed);
        if self.roots.is_empty() {
            self.roots.push(self.frontier.root());
        }
        for leaf in leaves {
            self.frontier.append(leaf);
            self.roots.push(self.frontier.root());
        }
    }

    fn root(&self, size: u64) -> Hash {
        self.roots[usize::try_from(size).unwrap()]
    }

    fn read(&self, level: u8, n: u64) -> Result<Hash, super::tile::TileError> {
        subtree_hash(level, n, |id| self.tiles.get(&id).map(Vec::as_slice))
    }

    fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        inclusion_path(index, size, &mut |l, n| self.read(l, n)).unwrap()
    }

    fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        consistency_path(old, new, &mut |l, n| self.read(l, n)).unwrap()
    }

    /// One proof of each kind: made by both, taken by both.
    fn compare(&self, index: u64, size: u64) {
        let (old, leaf) = (index + 1, leaf_hash(&entry(index)));
        let (root, old_root) = (self.root(size), self.root(old));
        let path = self.inclusion(index, size);
        let theirs = tlog_tiles::prove_record(size, index, &self.row).unwrap();
        assert_eq!(foreign(&path), theirs, "{index} in {size}");
        tlog_tiles::check_record(&theirs, size, their(root), index, their(leaf)).unwrap();
        assert_eq!(verify_inclusion(&leaf, index, size, &path, &root), Ok(()));
        let head = RootHash::<Sha256>::new(root.0.into(), size);
        let proof = InclusionProof::try_from_bytes(bytes(&path)).unwrap();
        head.verify_inclusion(&entry(index), index, &proof).unwrap();

        let path = self.consistency(old, size);
        let theirs = tlog_tiles::prove_tree(size, old, &self.row).unwrap();
        assert_eq!(foreign(&path), theirs, "{old} to {size}");
        tlog_tiles::check_tree(&theirs, size, their(root), old, their(old_root)).unwrap();
        assert_eq!(
            verify_consistency(old, size, &path, &old_root, &root),
            Ok(())
        );
        let proof = ConsistencyProof::try_from_bytes(bytes(&path)).unwrap();
        let old_head = RootHash::<Sha256>::new(old_root.0.into(), old);
        head.verify_consistency(&old_head, &proof).unwrap();
    }

    /// Every tile of a log of `size`, cut from the tiles of today, is what they would publish for that size.
    fn compare_tiles(&self, size: u64) {
        for tile in Tile::new_tiles(8, 0, size) {
            let (level, n) = (tile.level(), tile.level_index());
            let data = tile.read_data(&self.row).unwrap();
            let ours = &self.tiles[&TileId { level, n }];
            assert_eq!(ours[..data.len()], data, "{} of {size}", tile.path());
        }
    }
}

/// Reads our tiles by the paths that they go by, as a client of ours would download them.
struct Client<'a>(&'a Logs);

impl TileReader for Client<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &Tile| {
            let (id, width) = TileId::parse_path(&theirs(tile)).unwrap();
            let width = width.map_or(256, |width| usize::from(width.get()));
            self.0.tiles[&id][..width * 32].to_vec()
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn their(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn foreign(path: &[Hash]) -> Vec<tlog_tiles::Hash> {
    path.iter().copied().map(their).collect()
}

fn bytes(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| hash.0).collect()
}

fn path(id: TileId, blob: &[u8]) -> String {
    let width = u8::try_from(blob.len() / 32).ok().and_then(NonZeroU8::new);
    id.path(width)
}

/// Their path of a tile without the height, which they allow to differ and C2SP does not.
fn theirs(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

#[test]
fn every_size_up_to_600_is_the_same_for_two_other_implementations() {
    let mut logs = Logs::default();
    logs.grow(0);
    let mut ct = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for size in 0..=600 {
        if size > 0 {
            logs.grow(size);
            ct.push(entry(size - 1));
        }
        let root = logs.root(size);
        assert_eq!(root.0, ct.root().as_bytes()[..], "root {size}");
        let theirs = tlog_tiles::tree_hash(size, &logs.row).unwrap();
        assert_eq!(root.0, theirs.0, "root {size}");
        assert_eq!(logs.consistency(0, size), [], "an empty tree proves itself");
        let asked =
            |index: &u64| *index < 2 || size - index < 3 || (index + size).is_multiple_of(13);
        for index in (0..size).filter(asked) {
            logs.compare(index, size);
        }
    }
    // What was published at each size is a prefix of the tiles of today.
    for size in 0..=600 {
        logs.compare_tiles(size);
    }
}

#[test]
fn larger_sizes_at_random_are_the_same_and_another_client_reads_our_tiles() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut pick = |range: std::ops::Range<u64>| {
        let tree = range.new_tree(&mut runner).unwrap();
        proptest::strategy::ValueTree::current(&tree)
    };
    let mut logs = Logs::default();
    let mut sizes: Vec<u64> = (0..12).map(|_| pick(601..70_000)).collect();
    // Where a third level begins.
    sizes.extend([65_535, 65_536, 65_537, 70_000]);
    sizes.sort_unstable();
    sizes.dedup();
    for &size in &sizes {
        logs.grow(size);
        let root = tlog_tiles::tree_hash(size, &logs.row).unwrap();
        assert_eq!(root.0, logs.root(size).0);
    }
    for &size in &sizes {
        logs.compare_tiles(size);
        let reader = Client(&logs);
        let reader = TileHashReader::new(size, their(logs.root(size)), &reader);
        for index in (0..6).map(|_| pick(0..size)).chain([0, size - 1]) {
            logs.compare(index, size);
            let proof = tlog_tiles::prove_record(size, index, &reader).unwrap();
            assert_eq!(proof, foreign(&logs.inclusion(index, size)));
            let proof = tlog_tiles::prove_tree(size, index + 1, &reader).unwrap();
            assert_eq!(proof, foreign(&logs.consistency(index + 1, size)));
        }
    }
}

proptest! {
    #[test]
    fn a_checkpoint_is_one_for_both_or_for_neither(
        origin in "[ a-z./—]{0,6}",
        size in "(0|[1-9][0-9]{0,20}|[+0 -]?[0-9]{1,3})",
        hash in "([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/=]{43,45})",
        more in "(\n|[a-z ]{0,3}\n){0,3}",
        end in "\n?",
        any in "(.|\n){0,80}",
    ) {
        for text in [format!("{origin}\n{size}\n{hash}{end}{more}"), any] {
            let (ours, theirs) = (Checkpoint::parse(&text), tlog_tiles::Checkpoint::from_bytes(text.as_bytes()));
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", text);
            if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
                prop_assert_eq!(ours.origin.as_str(), theirs.origin());
                prop_assert_eq!((ours.size, ours.root.0), (theirs.size(), theirs.hash().0));
                prop_assert_eq!(ours.to_text() + theirs.extension(), text);
            }
        }
    }

    #[test]
    fn a_tile_path_is_one_for_both_or_for_neither(
        path in "tile/([0-9]{1,2}|[+x]?[0-9])(/[x+]?[0-9]{2,4}){1,7}(\\.p/[0-9]{1,3})?",
    ) {
        let ours = TileId::parse_path(&path);
        // Known differences: a level over 63 and a partial tile of width 0 make them panic.
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
        let level = number(path.split('/').nth(1));
        let width = number(path.split_once(".p/").map(|(_, width)| width));
        if level.is_some_and(|level| level > 63) || width == Some(0) {
            prop_assert_eq!(ours, None);
            return Ok(());
        }
        let theirs = Tile::from_path(&path.replacen("tile/", "tile/8/", 1));
        prop_assert_eq!(ours.is_some(), theirs.is_ok(), "{:?}", path);
        if let (Some((id, width)), Ok(tile)) = (ours, theirs) {
            prop_assert_eq!((id.level, id.n), (tile.level(), tile.level_index()));
            prop_assert_eq!(width.map_or(256, |width| u32::from(width.get())), tile.width());
        }
    }
}
