//! Receipts: a person's own statements with the proof that they stand in the ledger.

use chrono::{DateTime, Utc};

use super::App;
use super::epochs::dek;
use super::error::Error;
use super::ledger::path;
use super::witnessed::{self, WitnessedHead};
use crate::domain::id::SubjectId;
use crate::ledger::checkpoint::Level;
use crate::ledger::commitment::Opening;
use crate::ledger::hash::Hash;
use crate::ledger::key::VerifierKey;
use crate::ledger::payload::Payload;
use crate::ledger::receipt::Receipt;
use crate::ledger::seal::{self, Dek};
use crate::store::ledger::Head;

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
    /// How far its receipt reaches now.
    pub level: Level,
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
    // One for each log that a person's entries stand in: the present one, and those before it.
    let mut heads: Vec<Reach> = Vec::new();
    for event in app.store.events(subject).await?.into_iter().rev() {
        if heads
            .last()
            .is_none_or(|reach| event.entry < reach.head.base)
        {
            heads.push(reach(app, event.entry).await?);
        }
        let opening = opening(app, &dek, subject, event.entry).await?;
        let payload = Payload::parse(&opening.payload).map_err(unreadable)?;
        cards.push(ReceiptCard {
            entry: event.entry,
            at: event.at,
            payload,
            leaf: event.leaf,
            level: heads
                .last()
                .map_or(Level::Logged, |reach| reach.level(event.entry)),
        });
    }
    Ok(cards)
}

/// One receipt and its file (`c2sp.org/tlog-proof@v1` with the opening as `extra`), proven against the newest witnessed
/// checkpoint if that covers it, else against the newest.
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
    let reach = reach(app, entry).await?;
    let index = entry - reach.head.base;
    let (size, checkpoint) = match reach.witnessed(entry) {
        Some(witnessed) => (witnessed.size, witnessed.checkpoint.clone()),
        None => (reach.head.size, reach.head.checkpoint.clone()),
    };
    let path = path(app, &reach.head, index, size).await?;
    let file = Receipt {
        opening: Some(opening),
        index,
        path,
        checkpoint,
    }
    .to_text();
    Ok((
        ReceiptCard {
            entry,
            at: event.at,
            payload,
            leaf: event.leaf,
            level: reach.level(entry),
        },
        file,
    ))
}

/// The keys that verify a receipt: that of the log that the entry stands in, then those of the witnesses that its level
/// names.
///
/// # Errors
/// `NotFound` when there is no such log.
pub async fn keys(app: &App, card: &ReceiptCard) -> Result<Vec<String>, Error> {
    let head = app.store.head_at(card.entry).await?;
    let head = head.ok_or(Error::NotFound)?;
    let mut keys = vec![app.log_key(&head.origin)?.to_string()];
    if let (Level::Witnessed { by }, Some(policy)) =
        (&card.level, &app.settings().witnessing.policy)
    {
        let named = |key: &VerifierKey| by.iter().any(|witness| witness.name == key.name());
        let witnesses = policy.witnesses().map(|listed| &listed.key);
        keys.extend(
            witnesses
                .filter(|key| named(key))
                .map(VerifierKey::to_string),
        );
    }
    Ok(keys)
}

/// What a log's receipts can be proven against.
pub(super) struct Reach {
    /// The log.
    pub(super) head: Head,
    newest: Option<WitnessedHead>,
}

impl Reach {
    pub(super) fn witnessed(&self, entry: u64) -> Option<&WitnessedHead> {
        let newest = self.newest.as_ref();
        newest.filter(|newest| entry - self.head.base < newest.size)
    }

    pub(super) fn level(&self, entry: u64) -> Level {
        self.witnessed(entry)
            .map_or(Level::Logged, |witnessed| Level::Witnessed {
                by: witnessed.by.clone(),
            })
    }
}

pub(super) async fn reach(app: &App, entry: u64) -> Result<Reach, Error> {
    let head = app.store.head_at(entry).await?.ok_or(Error::NotFound)?;
    let newest = witnessed::newest(app, &head).await?;
    Ok(Reach { head, newest })
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
