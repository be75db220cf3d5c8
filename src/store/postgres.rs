//! PostgreSQL: any number of replicas, one row lock per batch of ledger writes.

use std::sync::{Mutex, PoisonError};

use sqlx::postgres::PgPoolOptions;
use sqlx::{Pool, Postgres, Transaction};

use super::error::Error;
use memory::Memory;

/// The database that the shared queries are compiled for.
pub(super) type Db = Postgres;

#[path = "query/acks.rs"]
mod acks;
#[path = "query/agents.rs"]
mod agents;
#[path = "query/append.rs"]
mod append;
#[path = "query/apply.rs"]
mod apply;
#[path = "query/attributes.rs"]
mod attributes;
#[path = "query/batch.rs"]
mod batch;
#[path = "query/chains.rs"]
mod chains;
#[path = "query/check.rs"]
mod check;
#[path = "query/choices.rs"]
mod choices;
#[path = "query/cosignatures.rs"]
mod cosignatures;
#[path = "query/deliveries.rs"]
mod deliveries;
#[path = "query/epochs.rs"]
mod epochs;
#[path = "query/erasure.rs"]
mod erasure;
#[path = "query/ledger.rs"]
mod ledger;
#[path = "query/log.rs"]
mod log;
#[path = "query/memory.rs"]
mod memory;
#[path = "query/people.rs"]
mod people;
#[path = "query/programs.rs"]
mod programs;
#[path = "query/pulse.rs"]
mod pulse;
#[path = "query/record_rows.rs"]
mod record_rows;
#[path = "query/records.rs"]
mod records;
#[path = "query/requests.rs"]
mod requests;
#[path = "query/rights.rs"]
mod rights;
#[path = "query/rows.rs"]
mod rows;
mod script;
#[path = "query/sessions.rs"]
mod sessions;
#[path = "query/succession.rs"]
mod succession;

/// The newest log, held until the commit: replicas append one after the other.
pub(super) const LOAD_LOG: &str = "select id, base, origin, size, root, frontier, checkpoint,
         (select number from epoch order by number desc limit 1), (select key_check from epoch order by number desc limit 1)
     from log order by id desc limit 1 for update";

/// For a transaction after whose commit a key is destroyed: it must be on disk whatever the server's setting.
pub(super) const DURABLE: &str = "set local synchronous_commit = on";

/// A PostgreSQL database, or what speaks its protocol.
pub(super) struct Adapter {
    pub(super) read: Pool<Db>,
    pub(super) write: Pool<Db>,
    memory: Mutex<Option<Memory>>,
}

impl Adapter {
    /// Connects and brings the schema up to date.
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .connect(url)
            .await?;
        sqlx::migrate!("migrations/postgres").run(&pool).await?;
        Ok(Self {
            read: pool.clone(),
            write: pool,
            memory: Mutex::default(),
        })
    }

    /// A write transaction.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Db>, Error> {
        Ok(self.write.begin().await?)
    }

    /// The write-ahead log is the server's: what was deleted leaves it in the server's own time.
    #[expect(clippy::unused_async, reason = "SQLite has work to do here")]
    pub(super) async fn settle_files(&self) -> Result<bool, Error> {
        Ok(true)
    }

    /// What the last batch left, once.
    fn remembered(&self) -> Option<Memory> {
        self.memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// For the next batch.
    fn remember(&self, memory: Memory) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Some(memory);
    }
}
