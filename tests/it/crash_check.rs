//! What must hold whenever the log came back: all that was ever handed out is true of it, and there is only one log.

use std::collections::HashMap;

use reqwest::StatusCode;
use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::hash::{Hash, leaf_hash};
use sayso::ledger::proof::verify_consistency;
use sayso::ledger::tile::{TileId, subtree_hash};
use sayso::ledger::tree::{Frontier, consistency_path};
use sqlx::Connection as _;

use crate::crash_load::{Memory, download, says};
use crate::crash_server::{Server, Site, client};
use crate::database::Kind;

/// What stands in the database, read past the program.
struct Rows {
    entries: Vec<(i64, Vec<u8>)>,
    tiles: HashMap<TileId, Vec<u8>>,
    /// Entry, external id, category, state.
    choices: HashMap<i64, (String, String, String)>,
    /// Subject, place in the person's chain, entry.
    events: Vec<(String, i64, i64)>,
}

const ENTRIES: &str = "select idx, bytes from entry order by log, idx";
const TILES: &str = "select level, n, blob from tile";
const CHOICES: &str = "select choice.entry, external_id, category, state from choice join employee on employee.subject = choice.subject";
const EVENTS: &str = "select subject, seq, entry from event order by subject, seq";

type Choice = (i64, String, String, String);

async fn rows(site: &Site) -> Rows {
    macro_rules! read {
        ($connection:ty) => {{
            let mut db = <$connection>::connect(&site.database).await.unwrap();
            let entries = sqlx::query_as(ENTRIES).fetch_all(&mut db).await.unwrap();
            let tiles: Vec<(i64, i64, Vec<u8>)> =
                sqlx::query_as(TILES).fetch_all(&mut db).await.unwrap();
            let choices: Vec<Choice> = sqlx::query_as(CHOICES).fetch_all(&mut db).await.unwrap();
            let events = sqlx::query_as(EVENTS).fetch_all(&mut db).await.unwrap();
            db.close().await.unwrap();
            (entries, tiles, choices, events)
        }};
    }
    let (entries, tiles, choices, events) = match site.kind {
        Kind::Sqlite => read!(sqlx::SqliteConnection),
        Kind::Postgres => read!(sqlx::PgConnection),
    };
    let tile = |(level, n, blob): (i64, i64, Vec<u8>)| {
        let (level, n) = (u8::try_from(level).unwrap(), u64::try_from(n).unwrap());
        (TileId { level, n }, blob)
    };
    Rows {
        entries,
        tiles: tiles.into_iter().map(tile).collect(),
        choices: choices
            .into_iter()
            .map(|(entry, person, category, state)| (entry, (person, category, state)))
            .collect(),
        events,
    }
}

/// Checks the log that came back against everything seen so far. `old` is what it held the last time; the new leaves
/// are returned. Nobody else writes meanwhile.
pub async fn check(site: &Site, server: &Server, memory: &Memory, old: &[Hash]) -> Vec<Hash> {
    let keys = [site.key.clone()];
    let (status, note) = server.get("/ledger/checkpoint").await.unwrap();
    assert_eq!(status, StatusCode::OK);
    let head = Checkpoint::open(&note, &keys).unwrap().checkpoint;
    memory.lock().unwrap().head(&head);
    let rows = rows(site).await;

    let (mut leaves, mut frontier) = (Vec::new(), Frontier::default());
    let mut roots = vec![frontier.root()];
    for (position, (index, bytes)) in (0..).zip(&rows.entries) {
        assert_eq!(*index, position, "indices are contiguous");
        leaves.push(leaf_hash(bytes));
        frontier.append(leaf_hash(bytes));
        roots.push(frontier.root());
    }
    assert_eq!(frontier.size(), head.size, "the head counts every entry");
    assert_eq!(frontier.root(), head.root, "the head is the entries' root");
    assert!(leaves.starts_with(old), "an old entry changed or is gone");
    chains(&rows);

    // Never hold the lock across a request.
    let (heads, receipts, acknowledged) = {
        let seen = memory.lock().unwrap();
        (
            seen.roots.clone(),
            seen.receipts.clone(),
            seen.acknowledged.clone(),
        )
    };
    let mut read = |level, n| subtree_hash(level, n, |id| rows.tiles.get(&id).map(Vec::as_slice));
    let newest = heads.len().saturating_sub(40);
    for (place, (size, root)) in heads.iter().enumerate() {
        assert!(*size <= head.size, "the head of size {size} was handed out");
        assert_eq!(roots[usize::try_from(*size).unwrap()], *root, "size {size}");
        // By way of the tiles, as anybody else would have to: the newest, and some of the others.
        if place >= newest || place % 37 == 0 {
            let path = consistency_path(*size, head.size, &mut read).unwrap();
            verify_consistency(*size, head.size, &path, root, &head.root).unwrap();
        }
    }
    // And as the server itself proves it.
    for (size, root) in heads.iter().rev().step_by(7).take(6) {
        let address = format!("/ledger/proof/consistency?old={size}&new={}", head.size);
        let (status, lines) = server.get(&address).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{lines}");
        let path: Vec<Hash> = lines.lines().map(|line| line.parse().unwrap()).collect();
        verify_consistency(*size, head.size, &path, root, &head.root).unwrap();
    }
    for receipt in &receipts {
        let leaf = leaves[usize::try_from(receipt.index).unwrap()];
        assert_eq!(leaf, receipt.leaf, "receipt of entry {}", receipt.index);
        assert!(heads.contains_key(&receipt.size));
    }
    let http = client();
    let last = acknowledged.len().saturating_sub(3);
    for (place, choice) in acknowledged.iter().enumerate() {
        let row = &rows.choices[&i64::try_from(choice.entry).unwrap()];
        assert_eq!(row.0, choice.person.external_id);
        assert_eq!(row.1, choice.category);
        assert_eq!(matches!(row.2.as_str(), "given" | "renewed"), choice.on);
        // At the front door: the last ones, and some of the others.
        if place >= last || place % 101 == 0 {
            let got = download(&http, &server.url, &choice.person, choice.entry).await;
            let (status, text) = got.unwrap();
            assert_eq!(status, StatusCode::OK, "{text}");
            let verified = memory.lock().unwrap().receipt(&text, &keys);
            says(&verified, choice.entry, &choice.category, choice.on);
        }
    }
    leaves
}

/// Everybody's own chain is whole, and each of its entries is a choice in the state of today.
fn chains(rows: &Rows) {
    let mut next: HashMap<&str, i64> = HashMap::new();
    for (subject, seq, entry) in &rows.events {
        let expected = next.entry(subject).or_default();
        assert_eq!(seq, expected, "the chain of {subject}");
        *expected += 1;
        assert!(rows.choices.contains_key(entry), "entry {entry}");
    }
    assert_eq!(rows.events.len(), rows.choices.len());
}
