//! Receipts: a person's own statements with the proof that they stand in the ledger.

use chrono::{DateTime, Utc};

use super::App;
use super::error::Error;
use super::ledger::path;
use crate::domain::id::SubjectId;
use crate::ledger::commitment::Opening;
use crate::ledger::hash::Hash;
use crate::ledger::payload::Payload;
use crate::ledger::receipt::Receipt;
use crate::ledger::seal::{self, Dek};

/// A receipt, as it stands in a list.
#[derive(Debug, Clone)]
pub struct ReceiptCard {
    /// Position in the ledger.
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
    let head = app.store.head_at(entry).await?.ok_or(Error::NotFound)?;
    let index = entry - head.base;
    let path = path(app, &head, index, head.size).await?;
    let file = Receipt {
        opening: Some(opening),
        index,
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

pub(super) fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a sealed statement cannot be opened: {error}"))
}
