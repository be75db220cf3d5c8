//! A person's receipts as a whole: all of them in one file, and whether the chain holds.
//!
//! What is checked here is what the server holds; the browser, and `sayso verify`, check it again without the server.

use std::collections::HashMap;

use super::App;
use super::error::Error;
use super::receipts::{self, ReceiptCard};
use crate::domain::id::SubjectId;
use crate::ledger::chain::{self, Broken, Place, Whole};
use crate::ledger::hash::Hash;
use crate::ledger::payload::Payload;
use crate::ledger::receipt::Receipt;
use crate::ledger::tile::{self, TileId};
use crate::ledger::tree;
use crate::store::ledger::Head;

/// All receipts of a person, oldest first, each with its file, proven against one checkpoint: the newest.
///
/// # Errors
/// When the database fails, or holds what cannot be opened.
pub async fn receipts(app: &App, subject: &SubjectId) -> Result<Vec<(ReceiptCard, String)>, Error> {
    let Some(dek) = receipts::dek(app, subject).await? else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    let (mut head, mut tiles) = (None, Tiles::new());
    for event in app.store.events(subject).await? {
        let opening = receipts::opening(app, &dek, subject, event.entry).await?;
        let payload = Payload::parse(&opening.payload).map_err(receipts::unreadable)?;
        // One head for all that it covers, so that they share a checkpoint; an older log has its own.
        let covered = head
            .take()
            .filter(|head: &Head| event.entry >= head.base && event.entry - head.base < head.size);
        let covering = match covered {
            Some(head) => head,
            None => app
                .store
                .head_at(event.entry)
                .await?
                .ok_or(Error::NotFound)?,
        };
        let index = event.entry - covering.base;
        let file = Receipt {
            opening: Some(opening),
            index,
            path: path(app, &covering, index, &mut tiles).await?,
            checkpoint: covering.checkpoint.clone(),
        };
        head = Some(covering);
        let card = ReceiptCard {
            entry: event.entry,
            at: event.at,
            payload,
            leaf: event.leaf,
        };
        all.push((card, file.to_text()));
    }
    Ok(all)
}

/// Tiles that were read for one proof and serve the next, by log.
type Tiles = HashMap<(i64, TileId), Vec<u8>>;

async fn path(app: &App, head: &Head, index: u64, tiles: &mut Tiles) -> Result<Vec<Hash>, Error> {
    for id in tile::needed_for_inclusion(index, head.size) {
        if !tiles.contains_key(&(head.log, id)) {
            let blob = app.store.tile(head.log, id.level, id.n).await?;
            let missing = || format!("tile {} of level {} is missing", id.n, id.level);
            tiles.insert(
                (head.log, id),
                blob.ok_or_else(|| Error::Internal(missing()))?,
            );
        }
    }
    let mut read =
        |level, n| tile::subtree_hash(level, n, |id| tiles.get(&(head.log, id)).map(Vec::as_slice));
    let path = tree::inclusion_path(index, head.size, &mut read);
    path.map_err(|error| Error::Internal(error.to_string()))
}

/// Checks the files of all receipts of a person, oldest first, against this log's key.
///
/// # Errors
/// The first receipt that breaks the chain.
pub fn check<'f>(app: &App, files: impl IntoIterator<Item = &'f str>) -> Result<Whole, Broken> {
    chain::check(files, &[app.keys.signer.verifier()], |statement| {
        Place::read(statement).map_err(|error| error.to_string())
    })
}
