//! Tiles against the specification and another implementation.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tlog_tiles::{HashReader, Tile};

use super::*;
use crate::ledger::hash::leaf_hash;
use crate::ledger::proof::{verify_consistency, verify_inclusion};
use crate::ledger::tree::{Frontier, consistency_path, inclusion_path};

/// A log as a store would keep it.
#[derive(Default)]
struct Log {
    frontier: Frontier,
    tiles: BTreeMap<TileId, Vec<u8>>,
}

impl Log {
    fn add(&mut self, leaves: &[Hash]) {
        let size = self.frontier.size();
        let edge = right_edge(size).into_iter();
        let edge = edge.map(|id| (id, self.tiles[&id].clone())).collect();
        for (id, blob) in append(size, leaves, edge).unwrap() {
            if let Some(older) = self.tiles.insert(id, blob) {
                assert!(
                    self.tiles[&id].starts_with(&older),
                    "a tile only ever grows"
                );
                assert!(
                    self.tiles[&id].len() > older.len(),
                    "only what changed is written"
                );
            }
        }
        for leaf in leaves {
            self.frontier.append(*leaf);
        }
    }

    fn read(&self, level: u8, n: u64) -> Result<Hash, TileError> {
        subtree_hash(level, n, |id| self.tiles.get(&id).map(Vec::as_slice))
    }

    /// (full tiles, width of the partial one) at `level`.
    fn shape(&self, level: u8) -> (usize, usize) {
        let widths = self.tiles.iter().filter(|(id, _)| id.level == level);
        let widths: Vec<_> = widths.map(|(_, blob)| blob.len() / HASH).collect();
        let full = widths.iter().filter(|width| **width == WIDTH).count();
        (full, widths.iter().sum::<usize>() - full * WIDTH)
    }
}

fn leaf(i: u64) -> Hash {
    leaf_hash(&i.to_be_bytes())
}

/// A log grown in batches of several lengths.
fn log(size: u64) -> Log {
    let (mut log, mut from) = (Log::default(), 0);
    for batch in [1, 3, 250, 1, 1, 256, 257, 1000, 7].into_iter().cycle() {
        let to = size.min(from + batch);
        log.add(&(from..to).map(leaf).collect::<Vec<_>>());
        from = to;
        if from == size {
            return log;
        }
    }
    log
}

#[test]
fn paths_are_written_and_read_as_specified() {
    for (level, n, width, path) in [
        (0, 0, None, "tile/0/000"),
        (0, 5, None, "tile/0/005"),
        (1, 999, None, "tile/1/999"),
        (0, 1000, None, "tile/0/x001/000"),
        (0, 1_234_067, None, "tile/0/x001/x234/067"),
        (1, 0, NonZeroU8::new(1), "tile/1/000.p/1"),
        (63, 273, NonZeroU8::new(255), "tile/63/273.p/255"),
        (
            7,
            u64::MAX,
            NonZeroU8::new(12),
            "tile/7/x018/x446/x744/x073/x709/x551/615.p/12",
        ),
    ] {
        let id = TileId { level, n };
        assert_eq!(id.path(width), path);
        assert_eq!(TileId::parse_path(path), Some((id, width)));
        if level < 8 {
            let foreign = width.map_or(256, |width| u32::from(width.get()));
            let foreign = Tile::new(8, level, n, foreign, false).path();
            assert_eq!(foreign, path.replacen("tile/", "tile/8/", 1));
        }
    }
}

#[test]
fn every_other_spelling_of_a_path_is_refused() {
    let others = "tile|tile/0|tile/0/|tile//000|/tile/0/000|tile/0/000/|tile/00/000|tile/01/000|tile/64/000|\
        tile/-1/000|tile/+1/000|tile/0/0|tile/0/00|tile/0/0000|tile/0/x000|tile/0/x000/000|tile/0/x001|\
        tile/0/001/000|tile/0/x001/x000|tile/0/x01/000|tile/0/1000|tile/0/+00|tile/0/xx01/000|tile/0/ 00|\
        tile/0/000.p|tile/0/000.p/|tile/0/000.p/0|tile/0/000.p/256|tile/0/000.p/01|tile/0/000.p/+1|\
        tile/0/000.p/1/|tile/0/000.p/1.p/1|tile/0/000.P/1|tile/entries/000|\
        tile/0/x018/x446/x744/x073/x709/x551/616|tile/0/x001/x018/x446/x744/x073/x709/x551/615|tile/0/000?|tile/0/000\n|";
    for path in others.split('|') {
        assert_eq!(TileId::parse_path(path), None, "{path:?}");
    }
}

#[test]
fn logs_of_256_and_70_000_have_the_tiles_of_the_specification() {
    let log_256 = log(256);
    assert_eq!(log_256.shape(0), (1, 0));
    assert_eq!(log_256.shape(1), (0, 1));
    assert_eq!(right_edge(256), [TileId { level: 1, n: 0 }]);

    let log = log(70_000);
    assert_eq!(log.shape(0), (273, 112));
    assert_eq!(log.shape(1), (1, 17));
    assert_eq!(log.shape(2), (0, 1));
    assert_eq!(log.shape(3), (0, 0));
    let edge = [(0, 273), (1, 1), (2, 0)].map(|(level, n)| TileId { level, n });
    assert_eq!(right_edge(70_000), edge);

    let root = log.frontier.root();
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let path = inclusion_path(index, 70_000, &mut |l, n| log.read(l, n)).unwrap();
        assert_eq!(
            verify_inclusion(&leaf(index), index, 70_000, &path, &root),
            Ok(())
        );
        let needed = needed_for_inclusion(index, 70_000);
        assert!(needed.len() <= 6, "{needed:?}");
        assert!(needed.iter().all(|id| log.tiles.contains_key(id)));
    }
}

/// Reads hashes for the foreign implementation, which numbers them in one row.
struct Row(Vec<tlog_tiles::Hash>);

impl HashReader for Row {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let at = |index: &u64| self.0[usize::try_from(*index).unwrap()];
        Ok(indexes.iter().map(at).collect())
    }
}

#[test]
fn another_implementation_keeps_the_same_tiles_and_takes_our_proofs() {
    let mut row = Row(Vec::new());
    for i in 0..600_u64 {
        let more = tlog_tiles::stored_hashes(i, &i.to_be_bytes(), &row).unwrap();
        row.0.extend(more);
    }
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 600] {
        let log = log(size);
        let theirs = Tile::new_tiles(8, 0, size);
        assert_eq!(theirs.len(), log.tiles.len());
        for tile in theirs {
            let id = TileId {
                level: tile.level(),
                n: tile.level_index(),
            };
            assert_eq!(
                log.tiles[&id],
                tile.read_data(&row).unwrap(),
                "{id:?} of {size}"
            );
        }
        let foreign = |path: Vec<Hash>| {
            path.iter()
                .map(|hash| tlog_tiles::Hash(hash.0))
                .collect::<Vec<_>>()
        };
        let root = tlog_tiles::tree_hash(size, &row).unwrap();
        assert_eq!(root.0, log.frontier.root().0);
        for index in (0..size).step_by(17) {
            let leaf = tlog_tiles::record_hash(&index.to_be_bytes());
            let path = inclusion_path(index, size, &mut |l, n| log.read(l, n)).unwrap();
            tlog_tiles::check_record(&foreign(path), size, root, index, leaf).unwrap();
            let old = index + 1;
            let old_root = tlog_tiles::tree_hash(old, &row).unwrap();
            let path = consistency_path(old, size, &mut |l, n| log.read(l, n)).unwrap();
            tlog_tiles::check_tree(&foreign(path), size, root, old, old_root).unwrap();
        }
    }
}

#[test]
fn proofs_for_older_sizes_come_from_the_tiles_of_today() {
    let log = log(600);
    let mut older = Frontier::default();
    for size in 1..=600 {
        older.append(leaf(size - 1));
        let (root, index) = (older.root(), size * 5 / 7);
        let path = inclusion_path(index, size, &mut |l, n| log.read(l, n)).unwrap();
        assert_eq!(
            verify_inclusion(&leaf(index), index, size, &path, &root),
            Ok(())
        );
        let path = consistency_path(size, 600, &mut |l, n| log.read(l, n)).unwrap();
        assert_eq!(
            verify_consistency(size, 600, &path, &root, &log.frontier.root()),
            Ok(())
        );

        let needed = needed_for_consistency(size, 600);
        let cut = |id: TileId| needed.contains(&id).then(|| log.tiles[&id].as_slice());
        assert!(consistency_path(size, 600, &mut |l, n| subtree_hash(l, n, cut)).is_ok());
    }
    assert_eq!(needed_for_inclusion(600, 600), []);
    assert_eq!(needed_for_consistency(601, 600), []);
}

#[test]
fn tiles_that_do_not_fit_the_size_are_named() {
    let id = TileId { level: 0, n: 1 };
    let edge = |blob: Vec<u8>| vec![(TileId { level: 1, n: 0 }, vec![0; 32]), (id, blob)];
    assert!(append(257, &[leaf(0)], edge(vec![0; 32])).is_ok());
    for length in [0, 31, 33, 64] {
        assert_eq!(
            append(257, &[leaf(0)], edge(vec![0; length])),
            Err(TileError::Length {
                id,
                found: length,
                needed: 32
            })
        );
    }
    assert_eq!(append(257, &[leaf(0)], vec![]), Err(TileError::Missing(id)));
    assert_eq!(append(257, &[], vec![]), Ok(vec![]));

    assert_eq!(subtree_hash(0, 256, |_| None), Err(TileError::Missing(id)));
    let short = subtree_hash(3, 32, |_| Some(&[0; 255]));
    assert_eq!(
        short,
        Err(TileError::Length {
            id,
            found: 255,
            needed: 256
        })
    );
    assert_eq!(
        short.unwrap_err().to_string(),
        "tile 1 of level 0 has 255 bytes where 256 are needed"
    );
}

proptest! {
    #[test]
    fn paths_have_one_spelling(path in ".*", close in "tile/[0-9]{1,2}(/x?[0-9]{2,4}){1,8}(\\.p/[0-9]{1,3})?") {
        for path in [path, close] {
            if let Some((id, width)) = TileId::parse_path(&path) {
                prop_assert_eq!(id.path(width), path);
            }
        }
    }

    #[test]
    fn every_tile_name_reads_back(level in 0..64_u8, n: u64, width in 0..=255_u8) {
        let (id, width) = (TileId { level, n }, NonZeroU8::new(width));
        prop_assert_eq!(TileId::parse_path(&id.path(width)), Some((id, width)));
    }
}
