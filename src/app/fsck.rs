//! Judging the ledger in the database: everything is recomputed from the entries (`ledger::audit`), and every row that
//! speaks of an entry is held against it. Reads only, in pages, so that memory does not grow with the log.

use std::num::NonZeroU8;

use tokio::sync::Mutex;

use super::error::Error;
use crate::ledger::audit::{self, Part, Source};
use crate::ledger::bundle;
use crate::ledger::checkpoint::{Checkpoint, Signed};
use crate::ledger::entry::Entry;
use crate::ledger::finding::{Fault, Finding, Place};
use crate::ledger::hash::Hash;
use crate::ledger::key::VerifierKey;
use crate::ledger::tile::{TileId, WIDTH};
use crate::ledger::tree::Frontier;
use crate::store::Store;
use crate::store::log::{LinkRow, LogRow};

/// Entries that are read at once.
const PAGE: u64 = 4096;

/// Why the ledger did not pass.
pub type FsckFault = Fault<Error>;

/// Recomputes the whole log and holds what is stored beside it against it. `progress` hears how many entries are done.
/// Writes nothing.
///
/// # Errors
/// The first wrong thing, or why the database cannot be read.
pub async fn fsck(
    store: &dyn Store,
    key: &VerifierKey,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<Signed, FsckFault> {
    let row = store.log_row().await.map_err(unreadable)?;
    let row = row.ok_or_else(|| Finding::new(Place::Log("id"), "nothing", "a log"))?;
    let rows = Rows {
        store,
        row,
        entries: Mutex::default(),
        links: Mutex::default(),
    };
    let signed = audit::open_head(&rows, std::slice::from_ref(key)).await?;
    own_row(&rows.row, &signed.checkpoint)?;
    let signed = audit::audit(&rows, std::slice::from_ref(key), progress).await?;
    beyond(store, &rows.row).await?;
    Ok(signed)
}

/// The log's row against the checkpoint that it holds, which is signed.
fn own_row(row: &LogRow, signed: &Checkpoint) -> Result<(), Finding> {
    let found = |column, found: String, expected: String| {
        Err(Finding::new(Place::Log(column), found, expected))
    };
    if row.origin != signed.origin {
        return found("origin", "another name".into(), signed.origin.clone());
    }
    if row.size != signed.size {
        return found("size", row.size.to_string(), signed.size.to_string());
    }
    if row.root != signed.root.0 {
        let root = Hash::from_slice(&row.root);
        let root = root.map_or_else(|| "no hash".into(), |root| root.to_string());
        return found("root", root, signed.root.to_string());
    }
    let frontier = Frontier::from_bytes(&row.frontier);
    if frontier.as_ref().map(|edge| (edge.size(), edge.root())) != Some((signed.size, signed.root))
    {
        let led = frontier.map_or_else(
            || "bytes that are no right edge of a tree".into(),
            |edge| {
                format!(
                    "an edge that leads to {} at size {}",
                    edge.root(),
                    edge.size()
                )
            },
        );
        let expected = format!("one that leads to {} at size {}", signed.root, signed.size);
        return found("frontier", led, expected);
    }
    Ok(())
}

/// Rows that no entry of the log calls for.
async fn beyond(store: &dyn Store, log: &LogRow) -> Result<(), FsckFault> {
    if let Some((level, n)) = store.needless_tile(log).await.map_err(unreadable)? {
        let place = Place::Tile(TileId { level, n }, None);
        let nothing = format!("nothing (the log has {} entries)", log.size);
        return Err(Finding::new(place, "a tile", nothing).into());
    }
    if let Some(stray) = store.stray(log).await.map_err(unreadable)? {
        let place = Place::Row(stray.table, stray.entry);
        let found = "a row without its counterpart";
        let expected = format!("nothing (the log has {} entries)", log.size);
        return Err(Finding::new(place, found, expected).into());
    }
    Ok(())
}

fn unreadable(error: impl Into<Error>) -> FsckFault {
    Fault::Unreadable(error.into())
}

/// The database as a source of the log's parts.
struct Rows<'s> {
    store: &'s dyn Store,
    row: LogRow,
    /// The page of entries at hand: its first index, and the bytes.
    entries: Mutex<(u64, Vec<Vec<u8>>)>,
    /// The page of links at hand: where it begins and ends.
    links: Mutex<(u64, u64, Vec<LinkRow>)>,
}

impl Source for Rows<'_> {
    type Error = Error;

    async fn checkpoint(&self) -> Part<Error> {
        Ok(Some(self.row.checkpoint.clone().into_bytes()))
    }

    /// The whole stored tile, uncut: one that is too long is wrong, too.
    async fn tile(&self, id: TileId, _width: Option<NonZeroU8>) -> Part<Error> {
        Ok(self.store.tile(self.row.id, id.level, id.n).await?)
    }

    /// As far as entries follow one another without a gap.
    async fn bundle(&self, n: u64, width: Option<NonZeroU8>) -> Part<Error> {
        let count = width.map_or(WIDTH, |width| usize::from(width.get()));
        let first = n * WIDTH as u64;
        let mut page = self.entries.lock().await;
        if first < page.0 || first + count as u64 > page.0 + page.1.len() as u64 {
            let to = (first + PAGE).min(self.row.size);
            let rows = self.store.entry_rows(self.row.id, first, to).await?;
            let unbroken = (first..)
                .zip(rows)
                .take_while(|(index, row)| *index == row.0);
            *page = (first, unbroken.map(|(_, (_, bytes))| bytes).collect());
        }
        let from = usize::try_from(first - page.0).unwrap_or(usize::MAX);
        let entries = page.1.get(from..).unwrap_or_default();
        let bundle = bundle::encode(&entries[..count.min(entries.len())]);
        bundle
            .map(Some)
            .ok_or_else(|| Error::Internal(format!("an entry of bundle {n} is too long")))
    }

    async fn document(&self, index: u64) -> Part<Error> {
        let position = self.row.base + index;
        let document = self.store.document_at(self.row.id, position).await?;
        Ok(document.map(String::into_bytes))
    }

    /// People's chains hold the hashes of their leaves.
    async fn beside(
        &self,
        first: u64,
        entries: &[Entry],
        leaves: &[Hash],
    ) -> Result<(), FsckFault> {
        // Chains name entries by position.
        let first = self.row.base + first;
        let end = first + leaves.len() as u64;
        let mut page = self.links.lock().await;
        if first < page.0 || end > page.1 {
            let to = (first + PAGE).max(end);
            let links = self.store.link_rows(self.row.id, first, to).await;
            *page = (first, to, links.map_err(unreadable)?);
        }
        let from = page.2.partition_point(|link| link.entry < first);
        for link in page.2[from..].iter().take_while(|link| link.entry < end) {
            let at = usize::try_from(link.entry - first).unwrap_or(usize::MAX);
            let place = Place::Row("event", link.entry);
            if matches!(entries.get(at), Some(Entry::Public { .. })) {
                let found = "a person's chain that claims a public entry";
                return Err(Finding::new(place, found, "a personal entry").into());
            }
            let leaf = leaves.get(at).copied().unwrap_or(Hash::EMPTY_ROOT);
            if link.leaf != leaf.0 {
                let found = Hash::from_slice(&link.leaf);
                let found = found.map_or_else(|| "no hash".to_owned(), |hash| hash.to_string());
                let found = format!("leaf hash {found}");
                return Err(Finding::new(place, found, format!("leaf hash {leaf}")).into());
            }
        }
        Ok(())
    }
}
