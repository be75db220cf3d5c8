//! A person's receipts as a whole: all of them in one file, and whether the chain holds.
//!
//! What is checked here is what the server holds; the browser, and `sayso verify`, check it again without the server.

use super::App;
use super::error::Error;
use super::receipts::{self, ReceiptCard, Tiles};
use crate::domain::id::SubjectId;
use crate::ledger::chain::{self, Broken, Place, Whole};
use crate::ledger::payload::Payload;
use crate::ledger::receipt::Receipt;

/// All receipts of a person, oldest first, each with its file, proven against one checkpoint: the newest.
///
/// # Errors
/// When the database fails, or holds what cannot be opened.
pub async fn receipts(app: &App, subject: &SubjectId) -> Result<Vec<(ReceiptCard, String)>, Error> {
    let Some(dek) = receipts::dek(app, subject).await? else {
        return Ok(Vec::new());
    };
    let events = app.store.events(subject).await?;
    // Read after the events, so that it covers them all.
    let head = receipts::head(app).await?;
    let mut tiles = Tiles::new();
    let mut all = Vec::with_capacity(events.len());
    for event in events {
        let opening = receipts::opening(app, &dek, subject, event.entry).await?;
        let payload = Payload::parse(&opening.payload).map_err(receipts::unreadable)?;
        let path = receipts::inclusion(app, event.entry, head.size, &mut tiles).await?;
        let file = Receipt {
            opening: Some(opening),
            index: event.entry,
            path,
            checkpoint: head.checkpoint.clone(),
        };
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

/// Checks the files of all receipts of a person, oldest first, against this log's key.
///
/// # Errors
/// The first receipt that breaks the chain.
pub fn check<'f>(app: &App, files: impl IntoIterator<Item = &'f str>) -> Result<Whole, Broken> {
    chain::check(files, &[app.keys.signer.verifier()], |statement| {
        Place::read(statement).map_err(|error| error.to_string())
    })
}
