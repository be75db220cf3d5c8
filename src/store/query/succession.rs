//! SQL for a log that succeeds another; compiled once for each database.

use async_trait::async_trait;

use super::super::error::{Error, count};
use super::super::ledger::Forge;
use super::super::succession::Succession;
use super::append::{Log, public_entry};
use super::rows::Rows;
use super::{Adapter, Db};
use crate::ledger::entry::PublicType;

#[async_trait]
impl Succession for Adapter {
    async fn succeed(&self, forge: &Forge<'_>, base: u64, document: &str) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        // Holds the lock that every writer takes, and refuses a head that does not fit its frontier.
        let old = Log::load(&mut tx).await?;
        let origin = forge.signer.name();
        let taken: Option<(i64,)> = sqlx::query_as::<Db, _>("select id from log where origin = $1")
            .bind(origin)
            .fetch_optional(&mut *tx)
            .await?;
        if taken.is_some() {
            return Err(Error::Ledger(format!(
                "there was a log {origin} already; a name is used once"
            )));
        }
        let (end,): (i64,) = sqlx::query_as::<Db, _>("select base + size from log where id = $1")
            .bind(old.id())
            .fetch_one(&mut *tx)
            .await?;
        if base < count(end)? {
            return Err(Error::Ledger(format!(
                "positions from {base} on are taken: the log before goes to {end}"
            )));
        }
        let mut log = Log::create(&mut tx, old.id() + 1, base, origin).await?;
        public_entry(&mut tx, &mut log, PublicType::LogOpened, document).await?;
        log.finish(&mut tx, Rows::default(), forge.signer).await?;
        tx.commit().await?;
        Ok(())
    }
}
