//! The keys of epochs: which are at hand, which one counts, and the change to the next.
//!
//! People's keys lie in the database, wrapped under the key of the present epoch, which lies elsewhere. At the end of
//! an epoch every living key is wrapped anew and the old epoch key destroyed: whatever a write-ahead log or a backup of
//! the database still holds can no longer be opened. The database says which epoch it is; a server that finds another
//! one than it knew reads the keys again and goes on.

use super::App;
use super::error::Error;
use super::keyring::{EpochKeys, KeyFolder, follow, missing};
use crate::domain::id::SubjectId;
use crate::ledger::seal::{self, Dek, EpochKey};
use crate::store::Store;
use crate::store::error::Error as StoreError;
use crate::store::ledger::Forge;
use crate::store::write::{Outcome, Write};

/// How often something is tried again when the epoch turns while it is under way.
const ATTEMPTS: usize = 4;

/// What a change of epoch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// A new epoch has begun and its predecessor's key is destroyed.
    Anew {
        /// The new epoch.
        epoch: u64,
        /// How many people's keys were wrapped anew.
        keys: u64,
    },
    /// An earlier change had been cut short after its commit; what was left to do, destroying older keys, is done.
    Finished {
        /// The present epoch.
        epoch: u64,
        /// How many keys were destroyed.
        destroyed: u64,
    },
}

/// Begins the next epoch, or finishes a change that was cut short. Safe to repeat whatever happened in between.
///
/// # Errors
/// When a key file or the database fails. Nothing that is still needed was destroyed.
pub async fn turn(app: &App) -> Result<Turned, Error> {
    let folder = app.keys.epochs.folder()?;
    let epoch = noticed(app).await?;
    let older = older(&*folder, epoch)?;
    if !older.is_empty() {
        destroy(app, &*folder, epoch, &older).await?;
        return Ok(Turned::Finished {
            epoch,
            destroyed: older.len() as u64,
        });
    }
    let old = app.keys.epochs.present().map_err(Error::Internal)?;
    let next = prepare(app).await?;
    let new = loaded(&*folder, next)?;
    let fill = |buffer: &mut [u8]| app.random.fill(buffer);
    let keys = app.store.turn_epoch(&old, &new, &fill, app.now()).await?;
    // The database is asked, not the answer of the commit: only what it holds now decides whether a key may go.
    if noticed(app).await? != next {
        return Err(Error::Internal(
            "the database is still in the old epoch; no key was destroyed".into(),
        ));
    }
    drop(old);
    destroy(app, &*folder, next, &[epoch]).await?;
    Ok(Turned::Anew { epoch: next, keys })
}

/// Makes the key of the next epoch, so that it can be brought to other machines before the change; the epoch's number.
///
/// # Errors
/// When it cannot be kept.
pub async fn prepare(app: &App) -> Result<u64, Error> {
    let folder = app.keys.epochs.folder()?;
    let next = noticed(app).await? + 1;
    let there = folder.load().map_err(Error::Internal)?;
    if there.iter().all(|key| key.epoch() != next) {
        folder.make(next, app.random()).map_err(Error::Internal)?;
    }
    Ok(next)
}

/// Whether older keys than the present epoch's are still about: a change was cut short, or done on another machine.
///
/// # Errors
/// When the keys cannot be read.
pub async fn leftover(app: &App) -> Result<bool, Error> {
    let folder = app.keys.epochs.folder()?;
    Ok(!older(&*folder, noticed(app).await?)?.is_empty())
}

/// Asks the database which epoch it is, and follows it.
pub(super) async fn noticed(app: &App) -> Result<u64, Error> {
    let epoch = app.store.epoch().await?;
    let epoch = epoch.ok_or_else(|| Error::Internal("no epoch has begun".into()))?;
    follow(&app.keys.epochs, epoch).map_err(Error::Internal)?;
    Ok(epoch.number)
}

/// Begins the first epoch of a new database, and finds the present one's key for any other.
pub(super) async fn start(
    store: &dyn Store,
    keys: &EpochKeys,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<(), Error> {
    let present = keys.present().map_err(Error::Internal)?;
    let epoch = store.open_epoch(&present, at).await?;
    follow(keys, epoch).map_err(Error::Internal)
}

/// A person's key, whatever epoch it is.
pub(super) async fn dek(app: &App, subject: &SubjectId) -> Result<Option<Dek>, Error> {
    for _ in 0..ATTEMPTS {
        let Some((epoch, wrapped)) = app.store.dek(subject).await? else {
            return Ok(None);
        };
        let key = app.keys.epochs.of(epoch).map_err(Error::Internal)?;
        // None: the epoch ended between reading the row and looking for its key. The row is another one by now.
        let Some(key) = key else { continue };
        return seal::unwrap(&key, subject, epoch, &wrapped)
            .map(Some)
            .map_err(|error| Error::Internal(format!("a person's key cannot be opened: {error}")));
    }
    Err(Error::Internal(
        "the epoch turned again and again while a key was read".into(),
    ))
}

/// Commits a batch under the present epoch's key; when the epoch has turned, reads the keys again and tries anew.
pub(super) async fn commit(
    store: &dyn Store,
    keys: &super::writer::Keys,
    batch: &[Write],
    fill: &(dyn Fn(&mut [u8]) + Send + Sync),
) -> Result<Outcome, StoreError> {
    let mut attempts = 1;
    loop {
        let epoch_key = keys.epochs.present().map_err(StoreError::Ledger)?;
        let forge = Forge {
            signer: &keys.signer,
            epoch_key: &epoch_key,
            fill,
        };
        match store.commit(batch, &forge).await {
            Err(StoreError::Epoch { present }) if attempts < ATTEMPTS => {
                keys.epochs.turn_to(present).map_err(StoreError::Ledger)?;
                attempts += 1;
            }
            answer => return answer,
        }
    }
}

fn older(folder: &dyn KeyFolder, epoch: u64) -> Result<Vec<u64>, Error> {
    let there = folder.load().map_err(Error::Internal)?;
    let numbers = there.iter().map(EpochKey::epoch);
    Ok(numbers.filter(|number| *number < epoch).collect())
}

fn loaded(folder: &dyn KeyFolder, epoch: u64) -> Result<EpochKey, Error> {
    let there = folder.load().map_err(Error::Internal)?;
    there
        .into_iter()
        .find(|key| key.epoch() == epoch)
        .ok_or_else(|| Error::Internal(missing(epoch)))
}

/// Destroys the keys of ended epochs, once nothing is wrapped under them.
async fn destroy(
    app: &App,
    folder: &dyn KeyFolder,
    present: u64,
    ended: &[u64],
) -> Result<(), Error> {
    let needed = app.store.wrapped_elsewhere(present).await?;
    if needed > 0 {
        return Err(Error::Internal(format!(
            "{needed} people's keys are still wrapped in another epoch than {present}; no key was destroyed"
        )));
    }
    for epoch in ended {
        folder.destroy(*epoch).map_err(Error::Internal)?;
    }
    // Old wraps that lie in the write-ahead log are worthless now; they need not lie there all the same.
    if !app.store.settle().await? {
        tracing::info!("a reader still uses the write-ahead log; it is emptied later");
    }
    Ok(())
}
