//! SQLite: one writer, many readers, and a commit that is on disk before anybody hears of it.

use std::str::FromStr as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, Pool, Sqlite, Transaction};

use super::error::Error;
use memory::Memory;

/// The database that the shared queries are compiled for.
pub(super) type Db = Sqlite;

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

/// The newest log. `begin immediate` already holds the only write lock there is.
pub(super) const LOAD_LOG: &str =
    "select id, base, origin, size, root, frontier, checkpoint,
         (select number from epoch order by number desc limit 1), (select key_check from epoch order by number desc limit 1)
     from log order by id desc limit 1";

/// Statements that the writer keeps prepared: one for each number of rows up to a chunk, for each table.
const STATEMENTS: usize = 1024;

/// `synchronous` is FULL already: every commit is on disk.
pub(super) const DURABLE: &str = "select 1";

/// A SQLite file.
pub(super) struct Adapter {
    pub(super) read: Pool<Db>,
    pub(super) write: Pool<Db>,
    memory: Mutex<Option<Memory>>,
}

impl Adapter {
    /// Opens the file, creating it and bringing it up to date.
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL would lose acknowledged commits at power loss: a fork against receipts already handed out.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            // Each time the write-ahead log is copied back, one commit waits for it: seldom, and the pages that were
            // written often in between are copied once.
            .pragma("wal_autocheckpoint", "8000")
            // Erased rows are overwritten, not just unlinked.
            .pragma("secure_delete", "on")
            .busy_timeout(Duration::from_secs(10));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            // After a failed write SQLite may have rolled back by itself, which the driver does not notice: it would
            // refuse every later transaction. Such a connection is not used again.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if connection.is_in_transaction() {
                        // A rollback may still be on its way.
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(
                options
                    .clone()
                    .statement_cache_capacity(STATEMENTS)
                    .row_buffer_size(STATEMENTS),
            )
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&write).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(8)
            // They are in this process: there is no line to them that could be dead.
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        Ok(Self {
            read,
            write,
            memory: Mutex::default(),
        })
    }

    /// A write transaction that holds the write lock from its first statement.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Db>, Error> {
        Ok(self.write.begin_with("begin immediate").await?)
    }

    /// Moves everything from the write-ahead log into the database, where deleted rows are overwritten, and empties it.
    /// `false` when a reader still uses an older part of it (it is waited for as long as for any lock).
    pub(super) async fn settle_files(&self) -> Result<bool, Error> {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as::<Db, _>("pragma wal_checkpoint(truncate)")
                .fetch_one(&self.write)
                .await?;
        Ok(busy == 0)
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
