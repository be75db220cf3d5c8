//! The epoch keys at hand, and which of them counts. The database says which epoch it is; a server that finds another
//! one than it knew reads the keys again and forgets the ended ones.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::error::Error;
use crate::ledger::seal::EpochKey;
use crate::store::epochs::Epoch;

/// Where the keys are kept. Errors are sentences for the operator.
pub trait KeyFolder: Send + Sync {
    /// Every key that is there, oldest first.
    ///
    /// # Errors
    /// When one cannot be read.
    fn load(&self) -> Result<Vec<EpochKey>, String>;
    /// Keeps a new key, durably, before it returns.
    ///
    /// # Errors
    /// When it cannot, or there is one for that epoch.
    fn make(&self, epoch: u64, key: [u8; 32]) -> Result<(), String>;
    /// Overwrites and removes a key, durably, before it returns. One that is not there is fine.
    ///
    /// # Errors
    /// When it cannot.
    fn destroy(&self, epoch: u64) -> Result<(), String>;
}

struct Held {
    present: u64,
    keys: Vec<Arc<EpochKey>>,
}

/// The epoch keys at hand.
pub struct EpochKeys {
    folder: Option<Arc<dyn KeyFolder>>,
    held: RwLock<Held>,
}

impl EpochKeys {
    /// The keys in a folder.
    ///
    /// # Errors
    /// When there is none, or one cannot be read.
    pub fn open(folder: Arc<dyn KeyFolder>) -> Result<Self, String> {
        let keys: Vec<_> = folder.load()?.into_iter().map(Arc::new).collect();
        let newest = keys.last().ok_or("there is no epoch key")?;
        Ok(Self {
            held: RwLock::new(Held {
                present: newest.epoch(),
                keys,
            }),
            folder: Some(folder),
        })
    }

    /// The key that counts.
    ///
    /// # Errors
    /// When it is not at hand.
    pub(super) fn present(&self) -> Result<Arc<EpochKey>, String> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        find(&held.keys, held.present).ok_or_else(|| missing(held.present))
    }

    /// The key of `epoch`, reading the folder again if it is a later one than is known; `None` for one that has ended.
    pub(super) fn of(&self, epoch: u64) -> Result<Option<Arc<EpochKey>>, String> {
        let known = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            (find(&held.keys, epoch), held.present)
        };
        match known {
            (Some(key), _) => Ok(Some(key)),
            (None, present) if epoch < present => Ok(None),
            (None, _) => {
                self.turn_to(epoch)?;
                self.present().map(Some)
            }
        }
    }

    /// Makes `epoch` the one that counts and forgets all earlier keys.
    pub(super) fn turn_to(&self, epoch: u64) -> Result<(), String> {
        let loaded = match &self.folder {
            Some(folder) => folder.load()?,
            None => Vec::new(),
        };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let mut keys: Vec<_> = match &self.folder {
            Some(_) => loaded.into_iter().map(Arc::new).collect(),
            None => held.keys.clone(),
        };
        // Without it everything stays as it was, so that the next attempt asks and looks again.
        if find(&keys, epoch).is_none() {
            return Err(missing(epoch));
        }
        keys.retain(|key| key.epoch() >= epoch);
        held.keys = keys;
        held.present = epoch;
        Ok(())
    }

    pub(super) fn folder(&self) -> Result<Arc<dyn KeyFolder>, Error> {
        self.folder.clone().ok_or_else(|| {
            Error::Internal(
                "the epoch key did not come from a folder, so there is none to turn over in".into(),
            )
        })
    }
}

/// One key that was given, without a folder: it can be used, but not turned over.
impl From<EpochKey> for EpochKeys {
    fn from(key: EpochKey) -> Self {
        Self {
            held: RwLock::new(Held {
                present: key.epoch(),
                keys: vec![Arc::new(key)],
            }),
            folder: None,
        }
    }
}

impl fmt::Debug for EpochKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochKeys(..)")
    }
}

fn find(keys: &[Arc<EpochKey>], epoch: u64) -> Option<Arc<EpochKey>> {
    keys.iter().find(|key| key.epoch() == epoch).cloned()
}

pub(super) fn missing(epoch: u64) -> String {
    format!(
        "the database is in epoch {epoch}, and the key of that epoch is not in the key folder. If another machine \
         turned the epoch, bring its key file here. A backup from before the last change of epoch cannot be opened \
         any more, by design: use one made since"
    )
}

/// Turns to the database's epoch if it is another one than is known, and checks its key.
pub(super) fn follow(keys: &EpochKeys, epoch: Epoch) -> Result<(), String> {
    let known = keys.present();
    if !known.is_ok_and(|key| key.epoch() == epoch.number) {
        keys.turn_to(epoch.number)?;
    }
    let key = keys.present()?;
    if key.check_value() == epoch.check {
        Ok(())
    } else {
        Err(format!(
            "the key of epoch {} is not the one that this database was used with; bring back the right key file",
            epoch.number
        ))
    }
}
