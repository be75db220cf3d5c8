//! The guard at the door of the ledger: nothing is signed on top of a log that does not hold, or that is an older copy.
//!
//! A database that was restored from a backup, or cloned, would sign other entries under indices that people have
//! receipts for. It cannot know that itself; its witnesses can. So they are asked before the first signature.

use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;

use super::error::Error;
use super::feeder::connect;
use super::settings::{Peer, Witnessing};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::hash::Hash;
use crate::ledger::key::VerifierKey;
use crate::ledger::proof::verify_consistency;
use crate::ledger::tile;
use crate::ledger::tree::{self, Frontier};
use crate::store::Store;
use crate::store::log::LogRow;

/// How long a witness may take: a start does not wait for one that is down.
const TIMEOUT: Duration = Duration::from_secs(3);

/// What a witness has cosigned.
pub(super) struct Testimony {
    /// Name of the witness.
    pub(super) witness: String,
    /// Size and root.
    pub(super) checkpoint: Checkpoint,
    /// The note that says it, signed by log and witness.
    pub(super) note: String,
}

/// Refuses unless the log holds in itself and no witness has seen more of it, or something else.
///
/// # Errors
/// `Internal`, with how to recover.
pub(super) async fn check(
    store: &dyn Store,
    key: &VerifierKey,
    witnessing: &Witnessing,
) -> Result<(), Error> {
    if let Some(row) = store.log_row().await? {
        if row.origin != key.name() {
            return Err(Error::Internal(format!(
                "this database holds the log {held}, and the settings name {named}. Set ledger.origin to {held}.",
                held = row.origin,
                named = key.name()
            )));
        }
        holds(store, &row, key).await?;
    }
    let contradiction = contradiction(store, key, witnessing).await?;
    contradiction.map_or(Ok(()), |why| Err(Error::Internal(why)))
}

/// How the log contradicts a witness, by its own signature, in words that say how to recover.
///
/// # Errors
/// When the database fails.
pub(super) async fn contradiction(
    store: &dyn Store,
    key: &VerifierKey,
    witnessing: &Witnessing,
) -> Result<Option<String>, Error> {
    // Asked before the head is read: what they have cosigned by now is in the database by then.
    let (testimonies, _) = testimonies(key, &witnessing.peers).await?;
    let row = store.log_row().await?;
    let row = row.filter(|row| row.origin == key.name());
    let size = row.as_ref().map_or(0, |row| row.size);
    for Testimony {
        witness,
        checkpoint,
        ..
    } in &testimonies
    {
        let seen = checkpoint.size;
        if seen > size {
            return Ok(Some(behind(key.name(), witness, seen, size)));
        }
        let Some(row) = row.as_ref().filter(|_| seen > 0) else {
            continue;
        };
        let path = consistency(store, row.id, seen, size).await?;
        let root = Hash::from_slice(&row.root).ok_or_else(|| unreadable("root"))?;
        if let Err(mismatch) = verify_consistency(seen, size, &path, &checkpoint.root, &root) {
            return Ok(Some(format!(
                "THE LEDGER CONTRADICTS ITS WITNESS. The log {origin} in this database is not the one that {witness} \
                 cosigned at {seen} entries: {mismatch}. Old entries were changed, or this is a copy that went its own \
                 way. Nothing was signed and nothing is served. Use the database that the witness knows. If there is \
                 none, the log must go on under another name: {advice}",
                origin = key.name(),
                advice = advice(key.name()),
            )));
        }
    }
    Ok(None)
}

/// What each witness has cosigned of the log of `key`, and the names of those that did not say.
pub(super) async fn testimonies(
    key: &VerifierKey,
    peers: &[Peer],
) -> Result<(Vec<Testimony>, Vec<String>), Error> {
    let asked = peers.iter().map(|peer| testimony(key, peer));
    let (mut seen, mut silent) = (Vec::new(), Vec::new());
    for answer in join_all(asked).await {
        match answer? {
            Ok(testimony) => seen.extend(testimony),
            Err(name) => silent.push(name),
        }
    }
    Ok((seen, silent))
}

/// What one witness says; `Ok(None)` if it has never seen the log, its name if it does not say.
async fn testimony(
    key: &VerifierKey,
    peer: &Peer,
) -> Result<Result<Option<Testimony>, String>, Error> {
    let (witness, name) = (connect(peer, TIMEOUT)?, peer.key.name());
    let note = match witness.checkpoint(key.name()).await {
        Ok(Some(note)) => note,
        Ok(None) => return Ok(Ok(None)),
        Err(error) => {
            tracing::warn!(witness = name, %error, "the witness cannot be asked what it has seen");
            return Ok(Err(name.to_owned()));
        }
    };
    let signed = Checkpoint::open(&note, &[key.clone(), peer.key.clone()]).ok();
    let signed = signed.filter(|signed| !signed.witnesses.is_empty());
    let Some(signed) = signed.filter(|signed| signed.checkpoint.origin == key.name()) else {
        tracing::warn!(
            witness = name,
            "the witness shows what this log or it has not signed"
        );
        return Ok(Err(name.to_owned()));
    };
    Ok(Ok(Some(Testimony {
        witness: name.to_owned(),
        checkpoint: signed.checkpoint,
        note,
    })))
}

/// The head fits its frontier, the tiles of its right edge and its signature.
async fn holds(store: &dyn Store, row: &LogRow, key: &VerifierKey) -> Result<(), Error> {
    let frontier = Frontier::from_bytes(&row.frontier).ok_or_else(|| unreadable("frontier"))?;
    let root = Hash::from_slice(&row.root).ok_or_else(|| unreadable("root"))?;
    let fails = |what: &str| {
        Error::Internal(format!(
            "THE LEDGER DOES NOT HOLD: {what} of the log {} at size {}. Nothing was signed and nothing is served. \
             `sayso ledger fsck` names the first wrong thing; restore the database from a good copy.",
            row.origin, row.size
        ))
    };
    if frontier.size() != row.size || frontier.root() != root {
        return Err(fails("the frontier does not lead to the root"));
    }
    let tiles = read(store, row.id, tile::right_edge(row.size)).await?;
    let computed = tree::root(row.size, &mut |level, n| {
        tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
    });
    if computed.ok() != Some(root) {
        return Err(fails("the tiles do not lead to the root"));
    }
    let signed = Checkpoint::open(&row.checkpoint, std::slice::from_ref(key))
        .map_err(|error| fails(&format!("the checkpoint is not properly signed ({error})")))?;
    if (signed.checkpoint.size, signed.checkpoint.root) != (row.size, root) {
        return Err(fails("the signed checkpoint is another one than the head"));
    }
    Ok(())
}

async fn consistency(store: &dyn Store, log: i64, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
    let tiles = read(store, log, tile::needed_for_consistency(old, new)).await?;
    let path = tree::consistency_path(old, new, &mut |level, n| {
        tile::subtree_hash(level, n, |id| tiles.get(&id).map(Vec::as_slice))
    });
    path.map_err(|error| Error::Internal(error.to_string()))
}

async fn read(
    store: &dyn Store,
    log: i64,
    needed: Vec<tile::TileId>,
) -> Result<HashMap<tile::TileId, Vec<u8>>, Error> {
    Ok(store.tiles(log, &needed).await?.into_iter().collect())
}

fn behind(origin: &str, witness: &str, seen: u64, held: u64) -> String {
    format!(
        "THE LEDGER IS BEHIND ITS WITNESS. {witness} has cosigned {seen} entries of the log {origin}, and this database \
         holds {held}. It was restored from an older backup, or is a copy of one that is still in use. Nothing was \
         signed and nothing is served. If a database with all {seen} entries still exists, use that one and no other. \
         If it is lost, the log must go on under another name: {}",
        advice(origin)
    )
}

fn advice(origin: &str) -> String {
    format!(
        "run `sayso ledger succeed --origin {origin}/2` (or another new name), set ledger.origin to it, and give the \
         new key to the witnesses. Receipts of the old log stay good; nobody's earlier answer is lost from them."
    )
}

fn unreadable(what: &str) -> Error {
    Error::Internal(format!("the ledger's {what} cannot be read"))
}
