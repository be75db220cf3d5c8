//! `sayso ledger fsck`: any byte of the log's rows changed, and it names the row.

use sayso::app::fsck::fsck;
use sayso::ledger::finding::{Fault, Finding, Place};
use sayso::ledger::tile::TileId;
use tokio::process::Command;

use crate::database::{Kind, on_both};
use crate::ledger_world::{Hand, Ran, ran};
use crate::world::{World, keys};

async fn verdict(world: &World) -> Result<u64, Finding> {
    let key = keys().signer.verifier();
    match fsck(world.store.as_ref(), &key, &mut |_| {}).await {
        Ok(signed) => Ok(signed.checkpoint.size),
        Err(Fault::Wrong(finding)) => Err(finding),
        Err(Fault::Unreadable(error)) => panic!("{error}"),
    }
}

/// A column of bytes: how to read it, how to write it, the numbers of rows to try, every how many bytes, and the place
/// that must be named.
type Column = (
    &'static str,
    &'static str,
    &'static [i64],
    usize,
    fn(u64, usize) -> Place,
);

const fn tile(level: u8, n: u64) -> Place {
    Place::Tile(TileId { level, n }, None)
}

const COLUMNS: [Column; 6] = [
    (
        "select bytes from entry where idx = $1",
        "update entry set bytes = $2 where idx = $1",
        &[0, 1, 255, 256, 299],
        3,
        |n, _| Place::Entry(n),
    ),
    (
        "select blob from tile where level = 0 and n = $1",
        "update tile set blob = $2 where level = 0 and n = $1",
        &[0, 1],
        83,
        |n, _| tile(0, n),
    ),
    (
        "select blob from tile where level = 1 and n = $1",
        "update tile set blob = $2 where level = 1 and n = $1",
        &[0],
        1,
        |n, _| tile(1, n),
    ),
    (
        "select leaf from event where entry = $1",
        "update event set leaf = $2 where entry = $1",
        &[2, 256, 299],
        5,
        |n, _| Place::Row("event", n),
    ),
    (
        "select root from log where id = $1",
        "update log set root = $2 where id = $1",
        &[1],
        1,
        |_, _| Place::Log("root"),
    ),
    (
        "select frontier from log where id = $1",
        "update log set frontier = $2 where id = $1",
        &[1],
        1,
        |_, _| Place::Log("frontier"),
    ),
];

/// The same place; the width in a tile's name aside.
fn same(found: Place, expected: Place) -> bool {
    match (found, expected) {
        (Place::Tile(found, _), Place::Tile(expected, _)) => found == expected,
        (found, expected) => found == expected,
    }
}

on_both!(
    any_byte_of_any_row_of_the_log_changed_is_named,
    |world: World| async move {
        let world = world.with_company().await;
        world.grow_to(300).await;
        assert_eq!(verdict(&world).await, Ok(300));
        let mut hand = Hand::on(&world).await;
        for (read, write, rows, step, place) in COLUMNS {
            for row in rows {
                let right = hand.bytes(read, *row).await;
                for at in (0..right.len()).step_by(step) {
                    let mut wrong = right.clone();
                    wrong[at] ^= 1 << (at % 8);
                    hand.set(write, *row, &wrong).await;
                    let finding = verdict(&world).await.unwrap_err();
                    let expected = place(row.unsigned_abs(), at);
                    assert!(
                        same(finding.place, expected),
                        "{write} {row} {at}: {finding}"
                    );
                }
                hand.set(write, *row, &right).await;
            }
        }
        let read = "select checkpoint from log where id = $1";
        let write = "update log set checkpoint = $2 where id = $1";
        let right = hand.text(read, 1).await;
        for at in 0..right.len() {
            let mut wrong = right.clone().into_bytes();
            wrong[at] ^= 1;
            let Ok(wrong) = String::from_utf8(wrong) else {
                continue;
            };
            hand.write(write, 1, &wrong).await;
            let finding = verdict(&world).await.unwrap_err();
            assert_eq!(finding.place, Place::Checkpoint, "{at}: {finding}");
        }
        hand.write(write, 1, &right).await;
        let read = "select body from document where entry = $1";
        let write = "update document set body = $2 where entry = $1";
        let right = hand.text(read, 1).await;
        for at in (0..right.len()).step_by(7) {
            let mut wrong = right.clone().into_bytes();
            wrong[at] ^= 1;
            let wrong = String::from_utf8(wrong).unwrap();
            hand.write(write, 1, &wrong).await;
            let finding = verdict(&world).await.unwrap_err();
            assert_eq!(finding.place, Place::Document(1), "{at}: {finding}");
        }
        hand.write(write, 1, &right).await;
        assert_eq!(verdict(&world).await, Ok(300), "all is as it was");
    }
);

/// What is done to the rows, and what must be said of it.
const DAMAGES: [(&str, &str); 12] = [
    (
        "delete from entry where idx = 17",
        "entry 17 (in tile/entries/000): found the end of the bundle",
    ),
    (
        "delete from entry where idx >= 298",
        "entry 298 (in tile/entries/001)",
    ),
    (
        "insert into entry (log, idx, bytes) select log, 300, bytes from entry where idx = 5",
        "the row of table entry for entry 300",
    ),
    (
        "delete from tile where level = 0 and n = 0",
        "tile/0/000: found nothing",
    ),
    (
        "delete from tile where level = 1",
        "tile/1/000.p/1: found nothing",
    ),
    (
        "insert into tile (log, level, n, blob) select log, 2, 0, blob from tile where level = 1",
        "tile/2/000: found a tile",
    ),
    (
        "insert into tile (log, level, n, blob) select log, 0, 2, blob from tile where level = 1",
        "tile/0/002: found a tile",
    ),
    (
        "delete from document where entry = 0",
        "documents/0: found nothing",
    ),
    (
        "update event set entry = 900 where entry = 9",
        "the row of table event for entry 900",
    ),
    (
        "update event set entry = 1 where entry = 9",
        "the row of table event for entry 1: found a person's chain",
    ),
    (
        "delete from event where entry = 9",
        "the row of table sealed for entry 9",
    ),
    (
        "update log set size = 299",
        "column size of the log's row: found 299, where 300 belongs",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_missing_needless_or_astray_are_named() {
    for (damage, words) in DAMAGES {
        let world = World::new(Kind::Sqlite).await.with_company().await;
        world.grow_to(300).await;
        Hand::on(&world).await.run(damage).await;
        let finding = verdict(&world).await.unwrap_err().to_string();
        assert!(finding.starts_with(words), "{damage}: {finding}");
    }
}

/// The real program on the world's database and keys.
async fn program(world: &World, dir: &std::path::Path, arguments: &[&str]) -> Ran {
    for (name, byte) in [("ledger.key", "01"), ("epoch.key", "02")] {
        std::fs::write(dir.join(name), byte.repeat(32)).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sayso"))
        .args(arguments)
        .current_dir(dir)
        .env("DATABASE_URL", &world.url)
        .env("SAYSO_DATA__KEYS", dir)
        .env("SAYSO_LEDGER__ORIGIN", keys().signer.name())
        .output()
        .await;
    ran(&output.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_says_that_the_log_holds_or_names_the_place_and_exits_with_one() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.grow_to(260).await;
    let dir = tempfile::tempdir().unwrap();
    let good = program(&world, dir.path(), &["ledger", "fsck"]).await;
    assert_eq!(good.code, Some(0), "{}", good.words);
    assert!(good.words.contains("holds: 260 entries"), "{}", good.words);

    let head = program(&world, dir.path(), &["ledger", "checkpoint"]).await;
    let expected = world.store.head().await.unwrap().unwrap().checkpoint;
    assert_eq!((head.code, head.words), (Some(0), expected));

    let mut hand = Hand::on(&world).await;
    hand.run("update entry set bytes = (select bytes from entry where idx = 8) where idx = 7")
        .await;
    let bad = program(&world, dir.path(), &["ledger", "fsck"]).await;
    assert_eq!(bad.code, Some(1), "{}", bad.words);
    assert!(
        bad.words.contains(
            "THE LOG DOES NOT HOLD. entry 7 (in tile/entries/000): found an entry with leaf hash"
        ),
        "{}",
        bad.words
    );
}
