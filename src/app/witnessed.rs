//! What witnesses make of the log's checkpoints: which is the newest that enough of them cosigned, and how each is doing.
//!
//! `feeder` asks them; here it is counted and told. Cosignatures were verified before they were stored, and are again
//! here, because whoever can write to the database could have put others there.

use chrono::{DateTime, Utc};

use super::App;
use super::error::Error;
use super::ledger::head;
use crate::ledger::checkpoint::{Checkpoint, Witnessed};
use crate::ledger::key::VerifierKey;
use crate::store::cosignatures::{Published, Trouble, WitnessState};
use crate::store::ledger::Head;

/// A checkpoint with the cosignatures that make it witnessed.
#[derive(Debug, Clone)]
pub struct WitnessedHead {
    /// Number of entries.
    pub size: u64,
    /// The note, cosignatures included.
    pub checkpoint: String,
    /// Who cosigned it, and when.
    pub by: Vec<Witnessed>,
}

/// One witness, for whoever wants to know how it is doing.
#[derive(Debug, Clone)]
pub struct WitnessCard {
    /// Its name.
    pub name: String,
    /// Its verifier key.
    pub vkey: String,
    /// Size that it cosigned last, and when by its own clock.
    pub cosigned: Option<(u64, DateTime<Utc>)>,
    /// What is wrong with it now, in words.
    pub trouble: Option<(Trouble, String)>,
    /// When it was last asked.
    pub asked: Option<DateTime<Utc>>,
}

/// The state of the log and of those who watch it.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The log's name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// The newest signed checkpoint, with the cosignatures that exist for that size.
    pub newest: String,
    /// The newest witnessed one, if there is one.
    pub witnessed: Option<WitnessedHead>,
    /// Every witness that is asked.
    pub witnesses: Vec<WitnessCard>,
    /// Whether witnesses are asked at all.
    pub policy: bool,
}

/// Everything that a page about the ledger needs.
///
/// # Errors
/// When the database fails.
pub async fn watch(app: &App) -> Result<Watch, Error> {
    let head = head(app).await?;
    let states = app.store.witness_states(head.log).await?;
    let card = |key: &VerifierKey| {
        let vkey = key.to_string();
        let state = states.iter().find(|state| state.witness == vkey);
        WitnessCard {
            name: key.name().to_owned(),
            cosigned: state.and_then(|state: &WitnessState| state.cosigned),
            trouble: state.and_then(|state| state.trouble.clone()),
            asked: state.map(|state| state.at),
            vkey,
        }
    };
    let witnessing = &app.settings().witnessing;
    Ok(Watch {
        newest: with_cosignatures(app, head.log, head.size, &head.checkpoint).await?,
        witnessed: newest(app, &head).await?,
        witnesses: witnessing
            .peers
            .iter()
            .map(|peer| card(&peer.key))
            .collect(),
        policy: witnessing.policy.is_some(),
        origin: head.origin,
        size: head.size,
    })
}

/// The newest witnessed checkpoint of the log that takes entries.
///
/// # Errors
/// `NotFound` before there is one.
pub async fn checkpoint(app: &App) -> Result<String, Error> {
    let head = head(app).await?;
    let witnessed = newest(app, &head).await?.ok_or(Error::NotFound)?;
    Ok(witnessed.checkpoint)
}

/// The newest witnessed checkpoint of a log.
///
/// # Errors
/// When the database fails.
pub(super) async fn newest(app: &App, head: &Head) -> Result<Option<WitnessedHead>, Error> {
    if app.settings().witnessing.policy.is_none() {
        return Ok(None);
    }
    let Some(published) = app.store.newest_witnessed(head.log).await? else {
        return Ok(None);
    };
    judged(app, &head.origin, &published).await
}

/// A published checkpoint with its cosignatures, if they are enough by the policy of today.
pub(super) async fn judged(
    app: &App,
    origin: &str,
    published: &Published,
) -> Result<Option<WitnessedHead>, Error> {
    let Some(policy) = &app.settings().witnessing.policy else {
        return Ok(None);
    };
    let Published {
        log,
        size,
        checkpoint,
        ..
    } = published;
    let note = with_cosignatures(app, *log, *size, checkpoint).await?;
    let mut keys = policy.keys();
    keys.push(app.log_key(origin)?);
    let signed = Checkpoint::open(&note, &keys)
        .map_err(|error| Error::Internal(format!("a published checkpoint: {error}")))?;
    Ok(policy.is_met_by(&signed).then_some(WitnessedHead {
        size: *size,
        checkpoint: note,
        by: signed.witnesses,
    }))
}

/// A checkpoint with whatever cosignatures there are for exactly that size.
pub(super) async fn with_cosignatures(
    app: &App,
    log: i64,
    size: u64,
    checkpoint: &str,
) -> Result<String, Error> {
    let mut note = checkpoint.to_owned();
    for cosignature in app.store.cosignatures(log, size).await? {
        note.push_str(&cosignature.line);
    }
    Ok(note)
}

/// Counts the cosignatures of a published checkpoint, and keeps the result.
pub(super) async fn count(app: &App, origin: &str, published: &Published) -> Result<(), Error> {
    let enough = judged(app, origin, published).await?.is_some();
    if enough != published.witnessed {
        let Published { log, size, .. } = published;
        app.store.set_witnessed(*log, *size, enough).await?;
    }
    Ok(())
}
