//! A person's receipts as a whole: all of them in one file, and whether the chain holds.
//!
//! What is checked here is what the server holds; the browser checks it again, without the server.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::App;
use super::epochs;
use super::error::Error;
use super::receipts::{self, Reach, ReceiptCard};
use crate::domain::id::SubjectId;
use crate::ledger::chain::{self, Broken, Place, Whole};
use crate::ledger::hash::Hash;
use crate::ledger::key::VerifierKey;
use crate::ledger::payload::Payload;
use crate::ledger::receipt::Receipt;
use crate::ledger::tile::{self, TileId};
use crate::ledger::tree;

/// All receipts of a person.
#[derive(Debug, Default)]
pub struct All {
    /// Oldest first, each with its file. All that are witnessed are proven against one checkpoint, and all others of
    /// the same log against another.
    pub receipts: Vec<(ReceiptCard, String)>,
    /// The keys of the logs that they stand in.
    pub keys: Vec<VerifierKey>,
}

/// All receipts of a person.
///
/// # Errors
/// When the database fails, or holds what cannot be opened.
pub async fn receipts(app: &App, subject: &SubjectId) -> Result<All, Error> {
    let mut all = All::default();
    let Some(dek) = epochs::dek(app, subject).await? else {
        return Ok(all);
    };
    let (mut last, mut tiles) = (None, Tiles::new());
    for event in app.store.events(subject).await? {
        let opening = receipts::opening(app, &dek, subject, event.entry).await?;
        let payload = Payload::parse(&opening.payload).map_err(receipts::unreadable)?;
        let covering = last.take().filter(|reach| covers(reach, event.entry));
        let reach = if let Some(reach) = covering {
            reach
        } else {
            let reach = receipts::reach(app, event.entry).await?;
            let key = app.log_key(&reach.head.origin)?;
            if !all.keys.contains(&key) {
                all.keys.push(key);
            }
            reach
        };
        let index = event.entry - reach.head.base;
        let (size, checkpoint) = match reach.witnessed(event.entry) {
            Some(witnessed) => (witnessed.size, &witnessed.checkpoint),
            None => (reach.head.size, &reach.head.checkpoint),
        };
        let file = Receipt {
            opening: Some(opening),
            index,
            path: path(app, reach.head.log, index, size, &mut tiles).await?,
            checkpoint: checkpoint.clone(),
        };
        let card = ReceiptCard {
            entry: event.entry,
            at: event.at,
            payload,
            leaf: event.leaf,
            level: reach.level(event.entry),
        };
        all.receipts.push((card, file.to_text()));
        last = Some(reach);
    }
    Ok(all)
}

/// Checks that all receipts together are whole.
///
/// # Errors
/// The first receipt that breaks the chain.
pub fn check(all: &All) -> Result<Whole, Broken> {
    let files = all.receipts.iter().map(|(_, file)| file.as_str());
    chain::check(files, &all.keys, |statement| {
        Place::read(statement).map_err(|error| error.to_string())
    })
}

/// Whether an entry stands in the log as far as its head was read.
fn covers(reach: &Reach, entry: u64) -> bool {
    let index = entry.checked_sub(reach.head.base);
    index.is_some_and(|index| index < reach.head.size)
}

/// Tiles that were read for one proof and serve the next, by log.
type Tiles = HashMap<(i64, TileId), Vec<u8>>;

async fn path(
    app: &App,
    log: i64,
    index: u64,
    size: u64,
    tiles: &mut Tiles,
) -> Result<Vec<Hash>, Error> {
    for id in tile::needed_for_inclusion(index, size) {
        if let Entry::Vacant(place) = tiles.entry((log, id)) {
            let blob = app.store.tile(log, id.level, id.n).await?;
            let missing = || format!("tile {} of level {} is missing", id.n, id.level);
            place.insert(blob.ok_or_else(|| Error::Internal(missing()))?);
        }
    }
    let mut read =
        |level, n| tile::subtree_hash(level, n, |id| tiles.get(&(log, id)).map(Vec::as_slice));
    let path = tree::inclusion_path(index, size, &mut read);
    path.map_err(|error| Error::Internal(error.to_string()))
}
