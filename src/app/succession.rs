//! Succession: a log that cannot go on, because its database fell behind its witnesses, goes on under another name.
//!
//! The new log says in its first public leaf which one it succeeds, the last head of it that witnesses cosigned, and
//! which entries are lost here. Its positions begin beyond everything that the old one may have given out.

use chrono::{DateTime, Utc};

use super::error::Error;
use super::guard::testimonies;
use super::settings::Witnessing;
use super::writer::Keys;
use crate::ledger::key::SignerKey;
use crate::store::Store;
use crate::store::ledger::Forge;

/// Positions that are left out after the last known entry: those that were given out and never seen by a witness.
const GAP: u64 = 10_000;

/// What was done.
#[derive(Debug, Clone)]
pub struct Succeeded {
    /// The log that ended.
    pub old: String,
    /// How many of its entries are in this database.
    pub held: u64,
    /// How many of its entries witnesses have cosigned; `None` if nobody has seen it.
    pub witnessed: Option<u64>,
    /// Position of the new log's first entry.
    pub base: u64,
    /// The new log's key.
    pub vkey: String,
}

/// Opens the log `origin` as the successor of the one in the database. `silent` witnesses are left out only if the
/// caller says so: they may have seen more.
///
/// # Errors
/// `Internal`, in words, when there is nothing to succeed, the name cannot be used, or a witness does not answer.
pub async fn succeed(
    store: &dyn Store,
    keys: &Keys,
    witnessing: &Witnessing,
    origin: &str,
    without_silent: bool,
    now: DateTime<Utc>,
) -> Result<Succeeded, Error> {
    let head = store.head().await?;
    let head = head.ok_or_else(|| Error::Internal("there is no log here to succeed".into()))?;
    let renamed = |name: &str| -> Result<SignerKey, Error> {
        let key = keys.signer.under(name);
        key.map_err(|error| Error::Internal(format!("--origin: {error}")))
    };
    let (old, new) = (renamed(&head.origin)?.verifier(), renamed(origin)?);
    let (seen, silent) = testimonies(&old, &witnessing.peers).await?;
    if !silent.is_empty() && !without_silent {
        return Err(Error::Internal(format!(
            "{} cannot say what was seen of the log {}. Make it answer first, or leave it out with \
             --without-silent-witnesses if it is gone for good. Nothing was changed.",
            silent.join(", "),
            head.origin
        )));
    }
    let last = seen
        .iter()
        .max_by_key(|testimony| testimony.checkpoint.size);
    let witnessed = last.map(|testimony| testimony.checkpoint.size);
    let known = head.base + witnessed.unwrap_or(0).max(head.size);
    // A round number reads better on a receipt.
    let base = (known + GAP).next_multiple_of(GAP);
    let lost = witnessed.filter(|witnessed| *witnessed > head.size);
    let document = serde_json::json!({
        "base": base,
        "opened_at": now.to_rfc3339(),
        "origin": origin,
        "succeeds": {
            "held": head.size,
            "last_checkpoint": head.checkpoint,
            "last_witnessed_checkpoint": last.map(|testimony| testimony.note.as_str()),
            "lost": lost.map(|end| serde_json::json!({ "from": head.size, "to": end })),
            "origin": head.origin,
        },
    })
    .to_string();
    let epoch_key = keys.epochs.present().map_err(Error::Internal)?;
    let forge = Forge {
        signer: &new,
        epoch_key: &epoch_key,
        fill: &|_| (),
    };
    store.succeed(&forge, base, &document).await?;
    Ok(Succeeded {
        old: head.origin,
        held: head.size,
        witnessed,
        base,
        vkey: new.verifier().to_string(),
    })
}
