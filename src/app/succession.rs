//! Succession: a log that cannot go on, because its database fell behind its witnesses, goes on under another name.
//!
//! The new log says in its first public leaf which one it succeeds, the last head of it that witnesses cosigned, and
//! which entries are lost here. Its positions begin beyond everything that the old one may have given out.

use chrono::{DateTime, Utc};

use super::error::Error;
use super::guard::testimonies;
use super::settings::Witnessing;
use super::writer::Keys;
use crate::ledger::checkpoint::Checkpoint;
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

/// What the operator insists on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Insisted {
    /// Leave out witnesses that do not answer: they may have seen more.
    pub without_silent: bool,
    /// End a log that holds and that no witness is ahead of.
    pub although_it_holds: bool,
}

/// Opens the log `origin` as the successor of the one in the database.
///
/// # Errors
/// `Internal`, in words, when there is nothing to succeed, the name cannot be used, or a witness does not answer.
pub async fn succeed(
    store: &dyn Store,
    keys: &Keys,
    witnessing: &Witnessing,
    origin: &str,
    insisted: Insisted,
    now: DateTime<Utc>,
) -> Result<Succeeded, Error> {
    let head = store.head().await?;
    // Without a database, the settings still name the log, and the witnesses know it.
    let old = head
        .as_ref()
        .map_or(keys.signer.name(), |head| &head.origin);
    let (begun, held) = head.as_ref().map_or((0, 0), |head| (head.base, head.size));
    let renamed = |name: &str| -> Result<SignerKey, Error> {
        let key = keys.signer.under(name);
        key.map_err(|error| Error::Internal(format!("--origin: {error}")))
    };
    let (key, new) = (renamed(old)?.verifier(), renamed(origin)?);
    let (seen, silent) = testimonies(&key, &witnessing.peers).await?;
    if !silent.is_empty() && !insisted.without_silent {
        return Err(Error::Internal(format!(
            "{} cannot say what was seen of the log {old}. Make it answer first, or leave it out with \
             --without-silent-witnesses if it is gone for good. Nothing was changed.",
            silent.join(", "),
        )));
    }
    let last = seen
        .iter()
        .max_by_key(|testimony| testimony.checkpoint.size);
    let witnessed = last.map(|testimony| testimony.checkpoint.size);
    if head.is_none() && last.is_none() {
        return Err(Error::Internal(format!(
            "there is no log {old} here, and no witness has seen one: there is nothing to succeed"
        )));
    }
    if let Some(head) = &head {
        let signed = Checkpoint::open(&head.checkpoint, std::slice::from_ref(&key));
        if let Err(error) = signed {
            return Err(Error::Internal(format!(
                "the head of {old} in this database is not signed by the ledger.key at hand ({error}). Bring the right \
                 key back. Nothing was changed."
            )));
        }
        if witnessed.is_none_or(|seen| seen <= held) && !insisted.although_it_holds {
            return Err(Error::Internal(format!(
                "no witness has seen more of {old} than is here: it can go on, and ending it cannot be undone. If it must \
                 end all the same, stop the server and say --although-it-holds. Nothing was changed."
            )));
        }
    }
    let known = begun + witnessed.unwrap_or(0).max(held);
    // A round number reads better on a receipt.
    let base = (known + GAP).next_multiple_of(GAP);
    let lost = witnessed.filter(|witnessed| *witnessed > held);
    let document = serde_json::json!({
        "base": base,
        "opened_at": now.to_rfc3339(),
        "origin": origin,
        "succeeds": {
            "held": held,
            "last_checkpoint": head.as_ref().map(|head| head.checkpoint.as_str()),
            "last_witnessed_checkpoint": last.map(|testimony| testimony.note.as_str()),
            "lost": lost.map(|end| serde_json::json!({ "from": held, "to": end })),
            "origin": old,
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
        old: old.to_owned(),
        held,
        witnessed,
        base,
        vkey: new.verifier().to_string(),
    })
}
