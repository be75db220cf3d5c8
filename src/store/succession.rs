//! The contract for a log that succeeds another: after a restore, or when the log is to have another name.

use async_trait::async_trait;

use super::error::Error;
use super::ledger::Forge;

/// Succession.
#[async_trait]
pub trait Succession {
    /// Opens a log under the signer's name whose positions begin at `base`, with `document` as its first public leaf.
    /// From then on the log before gets no more entries. Nothing of it need be left in this database.
    ///
    /// # Errors
    /// `Error::Ledger` when a log had that name already, or `base` is not beyond what the log before holds.
    async fn succeed(&self, forge: &Forge<'_>, base: u64, document: &str) -> Result<(), Error>;
}
