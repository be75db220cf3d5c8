//! Receipts: a person's own statements with the proof that they stand in the ledger.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::App;
use super::error::Error;
use crate::domain::id::SubjectId;
use crate::ledger::commitment::Opening;
use crate::ledger::hash::Hash;
use crate::ledger::payload::Payload;
use crate::ledger::receipt::Receipt;
use crate::ledger::seal::{self, Dek};
use crate::ledger::tile::{self, TileId};
use crate::ledger::tree;
use crate::store::ledger::Head;

/// Tiles that were read for one proof and serve the next.
pub(super) type Tiles = HashMap<TileId, Vec<u8>>;

/// A receipt, as it stands in a list.
#[derive(Debug, Clone)]
pub struct ReceiptCard {
    /// Index in the ledger.
    pub entry: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What was said, opened.
    pub payload: Payload,
    /// Leaf hash.
    pub leaf: Hash,
}

/// A person's receipts, newest first.
///
/// # Errors
/// When the database fails, or holds what cannot be opened.
pub async fn receipts(app: &App, subject: &SubjectId) -> Result<Vec<ReceiptCard>, Error> {
    let Some(dek) = dek(app, subject).await? else {
        return Ok(Vec::new());
    };
    let mut cards = Vec::new();
    for event in app.store.events(subject).await?.into_iter().rev() {
        let opening = opening(app, &dek, subject, event.entry).await?;
        let payload = Payload::parse(&opening.payload).map_err(unreadable)?;
        cards.push(ReceiptCard {
            entry: event.entry,
            at: event.at,
            payload,
            leaf: event.leaf,
        });
    }
    Ok(cards)
}

/// One receipt and its file (`c2sp.org/tlog-proof@v1` with the opening as `extra`), proven against the newest
/// checkpoint.
///
/// # Errors
/// `NotFound` when there is none, or it is somebody else's.
pub async fn receipt(
    app: &App,
    subject: &SubjectId,
    entry: u64,
) -> Result<(ReceiptCard, String), Error> {
    let event = app
        .store
        .events(subject)
        .await?
        .into_iter()
        .find(|event| event.entry == entry)
        .ok_or(Error::NotFound)?;
    let dek = dek(app, subject).await?.ok_or(Error::NotFound)?;
    let opening = opening(app, &dek, subject, entry).await?;
    let payload = Payload::parse(&opening.payload).map_err(unreadable)?;
    let head = head(app).await?;
    let path = inclusion(app, entry, head.size, &mut Tiles::new()).await?;
    let file = Receipt {
        opening: Some(opening),
        index: entry,
        path,
        checkpoint: head.checkpoint,
    }
    .to_text();
    Ok((
        ReceiptCard {
            entry,
            at: event.at,
            payload,
            leaf: event.leaf,
        },
        file,
    ))
}

/// The newest signed checkpoint.
///
/// # Errors
/// When the database fails.
pub async fn checkpoint(app: &App) -> Result<String, Error> {
    Ok(head(app).await?.checkpoint)
}

/// The bytes of an entry, which anybody may read; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn entry(app: &App, entry: u64) -> Result<Option<Vec<u8>>, Error> {
    Ok(app.store.entry(entry).await?)
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

pub(super) async fn head(app: &App) -> Result<Head, Error> {
    app.store
        .head()
        .await?
        .ok_or_else(|| Error::Internal("the log is not open".into()))
}

pub(super) async fn dek(app: &App, subject: &SubjectId) -> Result<Option<Dek>, Error> {
    let Some((epoch, wrapped)) = app.store.dek(subject).await? else {
        return Ok(None);
    };
    Ok(Some(
        seal::unwrap(&app.keys.epoch_key, subject, epoch, &wrapped).map_err(unreadable)?,
    ))
}

pub(super) async fn opening(
    app: &App,
    dek: &Dek,
    subject: &SubjectId,
    entry: u64,
) -> Result<Opening, Error> {
    let ciphertext = app
        .store
        .sealed(subject, entry)
        .await?
        .ok_or(Error::NotFound)?;
    seal::open(dek, entry, &ciphertext).map_err(unreadable)
}

/// Reads the tiles that a proof needs and that were not read before, then computes it from them.
pub(super) async fn inclusion(
    app: &App,
    index: u64,
    size: u64,
    tiles: &mut Tiles,
) -> Result<Vec<Hash>, Error> {
    for id in tile::needed_for_inclusion(index, size) {
        if tiles.contains_key(&id) {
            continue;
        }
        let blob = app.store.tile(id.level, id.n).await?;
        tiles.insert(
            id,
            blob.ok_or_else(|| {
                Error::Internal(format!("tile {} of level {} is missing", id.n, id.level))
            })?,
        );
    }
    let mut read = |level, n| tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice));
    tree::inclusion_path(index, size, &mut read).map_err(|error| Error::Internal(error.to_string()))
}

pub(super) fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a sealed statement cannot be opened: {error}"))
}
