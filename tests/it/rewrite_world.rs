//! For the tests of the rewrite: what people kept, and how a whole log is rewritten and signed anew.

use std::path::{Path, PathBuf};

use sayso::app::receipts::receipt;
use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::entry::Entry;
use sayso::ledger::hash::{Hash, leaf_hash};
use sayso::ledger::tile;
use sayso::ledger::tree::Frontier;

use crate::database::Kind;
use crate::ledger_world::Hand;
use crate::world::{World, keys};

pub const SAYSO: &str = env!("CARGO_BIN_EXE_sayso");
pub const GATE: &str = env!("CARGO_BIN_EXE_sayso-gate");
/// Entries before the rewrite.
pub const SIZE: u64 = 300;
/// The entry that is rewritten.
pub const TARGET: usize = 140;

/// What is done to the entries.
pub type Rewrite = fn(&mut Vec<Vec<u8>>);

pub const REWRITES: [(&str, Rewrite); 4] = [
    ("changed", |entries| {
        entries[TARGET] = Entry::subject(Hash([7; 32])).to_bytes();
    }),
    ("dropped", |entries| {
        entries.remove(TARGET);
    }),
    ("reordered", |entries| entries.swap(TARGET, TARGET + 1)),
    ("inserted", |entries| {
        entries.insert(TARGET, Entry::subject(Hash([9; 32])).to_bytes());
    }),
];

/// What people had before the rewrite.
pub struct Kept {
    dir: tempfile::TempDir,
    /// The receipts of these entries, each made when the log had the second size.
    pub receipts: Vec<(u64, u64, PathBuf)>,
    /// Signed heads of these sizes.
    pub heads: Vec<(u64, PathBuf)>,
    /// An export.
    pub export: PathBuf,
    /// Leaf hashes.
    pub leaves: Vec<Hash>,
}

impl Kept {
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub async fn entries(world: &World) -> Vec<Vec<u8>> {
    let log = world.store.log_row().await.unwrap().unwrap();
    let rows = world.store.entry_rows(log.id, 0, log.size).await.unwrap();
    rows.into_iter().map(|(_, bytes)| bytes).collect()
}

async fn keep_receipt(world: &World, kept: &mut Kept, entry: u64) {
    let subject = world.subject("E1").await;
    let (_, file) = receipt(&world.app, &subject, entry).await.unwrap();
    let size = world.store.head().await.unwrap().unwrap().size;
    let path = kept.path(&format!("receipt-{entry}-at-{size}.tlog-proof"));
    std::fs::write(&path, file).unwrap();
    kept.receipts.push((entry, size, path));
}

/// A company whose people kept things while the log grew.
pub async fn company() -> (World, Kept) {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let dir = tempfile::tempdir().unwrap();
    let mut kept = Kept {
        export: dir.path().join("earlier"),
        dir,
        receipts: Vec::new(),
        heads: Vec::new(),
        leaves: Vec::new(),
    };
    for size in [100, TARGET as u64, TARGET as u64 + 1, 200, SIZE] {
        world.grow_to(size).await;
        let head = world.store.head().await.unwrap().unwrap();
        let path = kept.path(&format!("head-{size}"));
        std::fs::write(&path, head.checkpoint).unwrap();
        kept.heads.push((size, path));
        for entry in [50, TARGET as u64, size - 1] {
            if entry < size {
                keep_receipt(&world, &mut kept, entry).await;
            }
        }
    }
    let export = kept.export.clone();
    world.export_to(&export).await;
    kept.leaves = entries(&world)
        .await
        .iter()
        .map(|entry| leaf_hash(entry))
        .collect();
    (world, kept)
}

/// Rewrites the log with everything that hangs on it, and hides what does not fit any more.
pub async fn rewrite(world: &World, change: Rewrite) {
    let mut log = entries(world).await;
    change(&mut log);
    let leaves: Vec<_> = log.iter().map(|entry| leaf_hash(entry)).collect();
    let mut frontier = Frontier::default();
    for leaf in &leaves {
        frontier.append(*leaf);
    }
    let signer = keys().signer;
    let checkpoint = Checkpoint {
        origin: signer.name().to_owned(),
        size: frontier.size(),
        root: frontier.root(),
    };
    let mut hand = Hand::on(world).await;
    for sql in [
        "begin",
        "delete from entry",
        "delete from tile",
        "delete from sealed",
        "delete from event",
        "delete from choice",
    ] {
        hand.run(sql).await;
    }
    for (index, entry) in (0..).zip(&log) {
        let insert = "insert into entry (log, idx, bytes) values (1, $1, $2)";
        hand.set(insert, index, entry).await;
    }
    for (id, blob) in tile::append(0, &leaves, Vec::new()).unwrap() {
        let insert = match id.level {
            0 => "insert into tile (log, level, n, blob) values (1, 0, $1, $2)",
            _ => "insert into tile (log, level, n, blob) values (1, 1, $1, $2)",
        };
        hand.set(insert, i64::try_from(id.n).unwrap(), &blob).await;
    }
    let size = i64::try_from(checkpoint.size).unwrap();
    hand.set(
        "update log set size = $1, root = $2",
        size,
        &checkpoint.root.0,
    )
    .await;
    hand.set(
        "update log set frontier = $2 where id = $1",
        1,
        &frontier.to_bytes(),
    )
    .await;
    let note = checkpoint.sign(&signer).unwrap();
    hand.write("update log set checkpoint = $2 where id = $1", 1, &note)
        .await;
    hand.run("commit").await;
}
