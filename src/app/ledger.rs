//! The log as others read it: its signed head, tiles, entry bundles, documents and proofs. Public inside the company;
//! nothing in it names a person.

use std::collections::HashMap;
use std::num::NonZeroU8;

use super::App;
use super::error::Error;
use super::witnessed::with_cosignatures;
use crate::domain::invalid::Invalid;
use crate::ledger::bundle;
use crate::ledger::hash::{Hash, leaf_hash};
use crate::ledger::tile::{self, HASH, TileId, WIDTH};
use crate::ledger::tree::{self, ProofError};
use crate::store::Store;
use crate::store::ledger::Head;

/// The newest signed checkpoint, with whatever cosignatures there are for that size.
///
/// # Errors
/// When the database fails.
pub async fn checkpoint(app: &App) -> Result<String, Error> {
    let head = head(app).await?;
    with_cosignatures(app, head.log, head.size, &head.checkpoint).await
}

/// Leaf hash of the entry at a position, in this log or one that it succeeded; `None` where there is none.
///
/// # Errors
/// When the database fails.
pub async fn leaf(app: &App, position: u64) -> Result<Option<Hash>, Error> {
    let Some(head) = app.store.head_at(position).await? else {
        return Ok(None);
    };
    let entry = app.store.entry(head.log, position - head.base).await?;
    Ok(entry.map(|bytes| leaf_hash(&bytes)))
}

/// Where the entry at a position stands in the log that takes entries; `None` if it is in one before.
///
/// # Errors
/// When the database fails.
pub async fn index(app: &App, position: u64) -> Result<Option<u64>, Error> {
    Ok(position.checked_sub(head(app).await?.base))
}

/// Number of entries in the log.
///
/// # Errors
/// When the database fails.
pub async fn log_size(app: &App) -> Result<u64, Error> {
    Ok(head(app).await?.size)
}

/// The key that verifies this log's checkpoints.
pub fn log_vkey(app: &App) -> String {
    app.keys.signer.verifier().to_string()
}

/// A tile, or the first `width` hashes of it. A partial tile is a prefix of what it becomes, so every width that was
/// ever published can still be had.
///
/// # Errors
/// `NotFound` when the log does not reach that far.
pub async fn tile(app: &App, id: TileId, width: Option<NonZeroU8>) -> Result<Vec<u8>, Error> {
    let log = head(app).await?.log;
    cut_tile(app.store.as_ref(), log, id, width)
        .await?
        .ok_or(Error::NotFound)
}

/// Entry bundle `n`, or the first `width` entries of it.
///
/// # Errors
/// `NotFound` when the log does not reach that far.
pub async fn bundle(app: &App, n: u64, width: Option<NonZeroU8>) -> Result<Vec<u8>, Error> {
    let log = head(app).await?.log;
    built_bundle(app.store.as_ref(), log, n, width)
        .await?
        .ok_or(Error::NotFound)
}

/// The document of a public entry.
///
/// # Errors
/// `NotFound` when there is no such entry, or it is a personal one.
pub async fn document(app: &App, index: u64) -> Result<String, Error> {
    let head = head(app).await?;
    let position = head.base.checked_add(index).ok_or(Error::NotFound)?;
    let document = app.store.document_at(head.log, position).await?;
    document.ok_or(Error::NotFound)
}

/// Inclusion proof of the entry at `index` in the log of `size`, from the leaf upwards.
///
/// # Errors
/// `Invalid` when the entry is not in it, or the log is smaller.
pub async fn inclusion(app: &App, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
    let head = head(app).await?;
    reached(&head, "size", size)?;
    if index >= size {
        return Err(Invalid::new("index", "Use an index below the size.").into());
    }
    path(app, &head, index, size).await
}

/// Proof that the log of size `new` continues the one of size `old`.
///
/// # Errors
/// `Invalid` when `old` is larger than `new`, or the log is smaller than `new`.
pub async fn consistency(app: &App, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
    let head = head(app).await?;
    reached(&head, "new", new)?;
    let tiles = read(app, &head, tile::needed_for_consistency(old, new)).await?;
    let path = tree::consistency_path(old, new, &mut |level, n| {
        tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
    });
    path.map_err(|error| match error {
        ProofError::Shrunk { .. } => {
            Invalid::new("old", "Use an old size that is not above the new one.").into()
        }
        other => Error::Internal(other.to_string()),
    })
}

/// Inclusion proof of the entry at `index` in the log of `size`, from the tiles that it takes.
///
/// # Errors
/// When a tile is missing, or the database fails.
pub(super) async fn path(
    app: &App,
    head: &Head,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, Error> {
    let tiles = read(app, head, tile::needed_for_inclusion(index, size)).await?;
    let path = tree::inclusion_path(index, size, &mut |level, n| {
        tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
    });
    path.map_err(|error| Error::Internal(error.to_string()))
}

/// Root of this log at an earlier size.
///
/// # Errors
/// When the log is smaller, or a tile is missing.
pub(super) async fn root_at(app: &App, size: u64) -> Result<Hash, Error> {
    let head = head(app).await?;
    let tiles = read(app, &head, tile::right_edge(size)).await?;
    let root = tree::root(size, &mut |level, n| {
        tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
    });
    root.map_err(|error| Error::Internal(error.to_string()))
}

pub(super) async fn head(app: &App) -> Result<Head, Error> {
    app.store
        .head()
        .await?
        .ok_or_else(|| Error::Internal("the log is not open".into()))
}

/// A tile as it is served; `None` when fewer hashes are stored.
pub(super) async fn cut_tile(
    store: &dyn Store,
    log: i64,
    id: TileId,
    width: Option<NonZeroU8>,
) -> Result<Option<Vec<u8>>, Error> {
    let length = hashes(width) * HASH;
    let blob = store.tile(log, id.level, id.n).await?;
    Ok(blob.filter(|blob| blob.len() >= length).map(|mut blob| {
        blob.truncate(length);
        blob
    }))
}

/// A bundle as it is served; `None` when an entry of it is not there.
pub(super) async fn built_bundle(
    store: &dyn Store,
    log: i64,
    n: u64,
    width: Option<NonZeroU8>,
) -> Result<Option<Vec<u8>>, Error> {
    let wanted = hashes(width);
    let Some(from) = n.checked_mul(WIDTH as u64) else {
        return Ok(None);
    };
    let rows = store
        .entry_rows(log, from, from.saturating_add(wanted as u64))
        .await?;
    if rows.len() < wanted {
        return Ok(None);
    }
    let entries: Vec<_> = rows.into_iter().map(|(_, bytes)| bytes).collect();
    let bundle = bundle::encode(&entries);
    let bundle = bundle.ok_or_else(|| Error::Internal(format!("bundle {n} is too long")))?;
    Ok(Some(bundle))
}

/// How many hashes or entries a width stands for.
fn hashes(width: Option<NonZeroU8>) -> usize {
    width.map_or(WIDTH, |width| usize::from(width.get()))
}

fn reached(head: &Head, field: &'static str, size: u64) -> Result<(), Error> {
    if size <= head.size {
        return Ok(());
    }
    let message = format!("The log has {} entries; use that or less.", head.size);
    Err(Invalid::new(field, message).into())
}

async fn read(
    app: &App,
    head: &Head,
    needed: Vec<TileId>,
) -> Result<HashMap<TileId, Vec<u8>>, Error> {
    let tiles = app.store.tiles(head.log, &needed).await?;
    Ok(tiles.into_iter().collect())
}
