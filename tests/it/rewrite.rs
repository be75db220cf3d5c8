//! The rewrite: somebody with the whole database and the signing key changes, drops, reorders or inserts one old event,
//! rebuilds everything and signs anew. The new log is whole in itself; whatever anybody kept from before convicts it.

use std::path::{Path, PathBuf};

use sayso::app::fsck::fsck;
use sayso::app::receipts::{receipt, receipts};
use sayso::http::router;
use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::entry::Entry;
use sayso::ledger::hash::{Hash, leaf_hash, sha256};
use sayso::ledger::tile;
use sayso::ledger::tree::Frontier;

use crate::database::Kind;
use crate::ledger_world::{Hand, Ran};
use crate::world::{World, keys};

const SAYSO: &str = env!("CARGO_BIN_EXE_sayso");
const GATE: &str = env!("CARGO_BIN_EXE_sayso-gate");
/// Entries before the rewrite.
const SIZE: u64 = 300;
/// The entry that is rewritten.
const TARGET: usize = 140;

/// What is done to the entries.
type Rewrite = fn(&mut Vec<Vec<u8>>);

const REWRITES: [(&str, Rewrite); 4] = [
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
struct Kept {
    dir: tempfile::TempDir,
    /// The receipts of these entries, each made when the log had the second size.
    receipts: Vec<(u64, u64, PathBuf)>,
    /// Signed heads of these sizes.
    heads: Vec<(u64, PathBuf)>,
    /// An export.
    export: PathBuf,
    /// Leaf hashes.
    leaves: Vec<Hash>,
}

impl Kept {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn entries(world: &World) -> Vec<Vec<u8>> {
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
async fn company() -> (World, Kept) {
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
async fn rewrite(world: &World, change: Rewrite) {
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

fn refused(ran: &Ran, what: &str) {
    assert_eq!(ran.code, Some(1), "{what}: {}", ran.words);
    assert!(
        ran.words
            .contains("DOES NOT VERIFY: THE LOG WAS REWRITTEN."),
        "{what}: {}",
        ran.words
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_kept_convicts_a_rewritten_log_that_is_whole_in_itself() {
    for (what, change) in REWRITES {
        let (world, kept) = company().await;
        rewrite(&world, change).await;
        let signed = fsck(world.store.as_ref(), &keys().signer.verifier(), &mut |_| {}).await;
        assert!(
            signed.is_ok(),
            "{what}: the rewrite is complete: {signed:?}"
        );
        // Life goes on.
        world.grow_to(SIZE + 20).await;
        let now = entries(&world).await;
        let now: Vec<_> = now.iter().map(|entry| leaf_hash(entry)).collect();
        let folder = kept.path("now");
        world.export_to(&folder).await;
        let whole = world.verify(SAYSO, &[text(&folder)]).await;
        assert_eq!(
            whole.code,
            Some(0),
            "{what}: nothing shows in the log alone: {}",
            whole.words
        );

        for (entry, size, file) in &kept.receipts {
            let alone = world.verify(SAYSO, &[text(file)]).await;
            assert_eq!(
                alone.code,
                Some(0),
                "the receipt stays good evidence: {}",
                alone.words
            );
            let ran = world
                .verify(SAYSO, &[text(file), "--log", text(&folder)])
                .await;
            let untouched = *size <= TARGET as u64;
            if untouched {
                assert_eq!(
                    ran.code,
                    Some(0),
                    "{what} {}: {}",
                    file.display(),
                    ran.words
                );
                continue;
            }
            refused(&ran, what);
            let head = format!("the heads part at size {size}: root ");
            assert!(
                ran.words.contains(&head),
                "{what} {}: {}",
                file.display(),
                ran.words
            );
            let at = usize::try_from(*entry).unwrap();
            let own = format!(
                "entry {entry} was changed: its leaf hash was {}, and the log now has {} there",
                kept.leaves[at], now[at]
            );
            assert_eq!(
                ran.words.contains(&own),
                kept.leaves[at] != now[at],
                "{what} {}: {}",
                file.display(),
                ran.words
            );
        }
        for (size, file) in &kept.heads {
            let ran = world
                .verify(GATE, &[text(file), "--log", text(&folder)])
                .await;
            if *size <= TARGET as u64 {
                assert_eq!(
                    ran.code,
                    Some(0),
                    "{what} {}: {}",
                    file.display(),
                    ran.words
                );
                continue;
            }
            refused(&ran, what);
            let head = format!("the heads part at size {size}: root ");
            assert!(ran.words.contains(&head), "{what}: {}", ran.words);
        }
        let first = format!(
            "the first that differs: entry {TARGET} was changed: its leaf hash was {}, and the log now has {} there",
            kept.leaves[TARGET], now[TARGET]
        );
        let ran = world
            .verify(SAYSO, &[text(&folder), "--earlier", text(&kept.export)])
            .await;
        refused(&ran, what);
        assert!(ran.words.contains(&first), "{what}: {}", ran.words);
        let (_, _, last) = kept.receipts.last().unwrap();
        let ran = world
            .verify(
                GATE,
                &[
                    text(last),
                    "--log",
                    text(&folder),
                    "--earlier",
                    text(&kept.export),
                ],
            )
            .await;
        refused(&ran, what);
        assert!(ran.words.contains(&first), "{what}: {}", ran.words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_lost_its_end_went_back() {
    let (world, kept) = company().await;
    rewrite(&world, |entries| entries.truncate(250)).await;
    let folder = kept.path("now");
    world.export_to(&folder).await;
    let (entry, _, last) = kept.receipts.last().unwrap();
    let ran = world
        .verify(SAYSO, &[text(last), "--log", text(&folder)])
        .await;
    refused(&ran, "truncated");
    assert!(
        ran.words.contains(&format!("entry {entry} is gone: the log now ends at size 250; the log went back from size 300 to 250")),
        "{}",
        ran.words
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_served_log_is_judged_as_a_folder_is() {
    let (world, kept) = company().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/ledger", listener.local_addr().unwrap());
    let router = router(world.app.clone(), Path::new("/no/such/folder"), false);
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (_, _, last) = kept.receipts.last().unwrap();
    world.grow_to(SIZE + 5).await;
    for program in [SAYSO, GATE] {
        let ran = world.verify(program, &[text(last), "--log", &url]).await;
        assert_eq!(ran.code, Some(0), "{}", ran.words);
        assert!(
            ran.words
                .contains("The log as it is now, with 305 entries, continues"),
            "{}",
            ran.words
        );
        let ran = world
            .verify(program, &[&url, "--earlier", text(&kept.export)])
            .await;
        assert_eq!(ran.code, Some(0), "{}", ran.words);
        assert!(ran.words.contains("All 305 entries"), "{}", ran.words);
    }
    rewrite(&world, REWRITES[0].1).await;
    let ran = world.verify(GATE, &[text(last), "--log", &url]).await;
    refused(&ran, "served");
    let ran = world
        .verify(SAYSO, &[&url, "--earlier", text(&kept.export)])
        .await;
    refused(&ran, "served");
    server.abort();
    let _ = server.await;
    let gone = world.verify(SAYSO, &[&url]).await;
    assert_eq!(gone.code, Some(2), "nobody answers: {}", gone.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_never_written_over_by_a_log_that_does_not_continue_it() {
    let (world, kept) = company().await;
    let before = sha256(&std::fs::read(kept.export.join("checkpoint")).unwrap());
    rewrite(&world, REWRITES[2].1).await;
    let refused = sayso::app::export::export(&world.app, &kept.export, &mut |_| {}).await;
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("that this log does not continue"), "{words}");
    let after = sha256(&std::fs::read(kept.export.join("checkpoint")).unwrap());
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_byte_of_an_exported_file_changed_is_named_by_the_program() {
    let (world, kept) = company().await;
    let all = crate::ledger_world::files(&kept.export);
    assert_eq!(
        receipts(&world.app, &world.subject("E1").await)
            .await
            .unwrap()
            .len() as u64,
        SIZE - 2
    );
    for (n, (path, file)) in all.iter().enumerate() {
        if path == "log.vkey" {
            continue;
        }
        let right = std::fs::read(file).unwrap();
        for at in [0, right.len() / 2 + n, right.len() - 1] {
            let mut wrong = right.clone();
            let at = at.min(right.len() - 1);
            wrong[at] ^= 2;
            std::fs::write(file, &wrong).unwrap();
            let ran = world.verify(SAYSO, &[text(&kept.export)]).await;
            assert_eq!(ran.code, Some(1), "byte {at} of {path}: {}", ran.words);
            let name = path.split(".p/").next().unwrap();
            assert!(
                ran.words.contains(name),
                "byte {at} of {path}: {}",
                ran.words
            );
        }
        std::fs::write(file, &right).unwrap();
    }
    let ran = world.verify(SAYSO, &[text(&kept.export)]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.words);
}
