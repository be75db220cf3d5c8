//! The halt: once witnesses have shown, by the log's own signatures, that this is not the log that they know, nothing more
//! is signed and no yes is given. It ends with the process, and the guard stands at the next start.

use std::sync::{Arc, OnceLock};

use super::App;
use super::error::Error;
use crate::store::ledger::Head;

/// Why everything stands still, if it does.
#[derive(Clone, Default)]
pub(super) struct Halt(Arc<OnceLock<String>>);

impl Halt {
    /// Whether everything stands still.
    pub(super) fn is_on(&self) -> bool {
        self.0.get().is_some()
    }
}

impl App {
    /// Stops signing and answering.
    pub(super) fn halt(&self, why: String) {
        tracing::error!(%why, "HALTED");
        // The first reason stays.
        let _ = self.halt.0.set(why);
    }

    /// Nothing may be signed or promised while this fails.
    ///
    /// # Errors
    /// When the ledger stands still.
    pub(super) fn running(&self) -> Result<(), Error> {
        match self.halt.0.get() {
            Some(why) => Err(Error::Internal(format!("halted: {why}"))),
            None => Ok(()),
        }
    }

    /// The same, and that the log is still the one that this server signs.
    ///
    /// # Errors
    /// When the ledger stands still, or another log has succeeded it.
    pub(super) fn continues(&self, head: &Head) -> Result<(), Error> {
        self.running()?;
        if head.origin == self.keys.signer.name() {
            return Ok(());
        }
        Err(Error::Internal(format!(
            "the log {} has been succeeded by {}: set ledger.origin to that and start again",
            self.keys.signer.name(),
            head.origin
        )))
    }
}
