//! A witness's memory: a SQLite file of its own, beside no other data. Small, and the whole of what makes it a witness.
//!
//! Checking and storing are one transaction that holds the only write lock, on disk before anybody hears of it. A
//! memory belongs to one key: [`Memory::create`] makes it once, [`Memory::open`] never makes one.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Pool, Sqlite};

use super::error::{Error, count, int, micros, time};
use crate::ledger::hash::{Hash, sha256};
use crate::ledger::submission::Seen;

/// Refused checkpoints that are kept for one log, forks apart: those are always kept.
const MAX_EVIDENCE: i64 = 100;

/// What a witness remembers.
#[derive(Debug, Clone)]
pub struct Memory {
    pool: Pool<Sqlite>,
}

/// What a witness cosigns, and so remembers.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Size and root.
    pub seen: Seen,
    /// The note with the log's signature and the witness's.
    pub note: String,
}

/// A checkpoint that a log signed and that was refused.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Which log.
    pub origin: String,
    /// Whether it is another root of the size that was cosigned: then the log contradicts itself, by its own signatures.
    pub fork: bool,
    /// What was cosigned.
    pub cosigned: String,
    /// What was refused.
    pub refused: String,
    /// What does not fit.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Memory {
    /// Makes the memory of the witness with this key.
    ///
    /// # Errors
    /// When there is one already, or the file cannot be made.
    pub async fn create(file: &Path, vkey: &str, at: DateTime<Utc>) -> Result<Self, Error> {
        let memory = Self::connect(file, true).await?;
        sqlx::query("insert into witness (id, vkey, made_at) values (1, $1, $2)")
            .bind(vkey)
            .bind(micros(at))
            .execute(&memory.pool)
            .await?;
        Ok(memory)
    }

    /// Opens the memory that is there.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open(file: &Path) -> Result<Self, Error> {
        Self::connect(file, false).await
    }

    async fn connect(file: &Path, create: bool) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            // A cosignature that is out while its memory is lost at power loss could be given twice.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            // See `sqlite.rs`: a connection that a failed write left in doubt is not used again.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if connection.is_in_transaction() {
                        // A rollback may still be on its way.
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options)
            .await?;
        sqlx::migrate!("migrations/witness").run(&pool).await?;
        Ok(Self { pool })
    }

    /// The key whose memory this is; `None` if its making was interrupted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn vkey(&self) -> Result<Option<String>, Error> {
        let row: Option<(String,)> = sqlx::query_as("select vkey from witness where id = 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(vkey,)| vkey))
    }

    /// Lets `decide` look at what was cosigned last for this log, and remembers what it gives: no other request gets
    /// in between, and it is on disk when this returns.
    ///
    /// # Errors
    /// When the file cannot be read or written: then nothing was decided, and nothing may be signed.
    pub async fn advance<R>(
        &self,
        origin: &str,
        at: DateTime<Utc>,
        decide: impl FnOnce(Seen) -> Result<Kept, R> + Send,
    ) -> Result<Result<Kept, R>, Error> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let row: Option<(i64, Vec<u8>)> =
            sqlx::query_as("select size, root from seen where origin = $1")
                .bind(origin)
                .fetch_optional(&mut *tx)
                .await?;
        let seen = match row {
            Some((size, root)) => Seen {
                size: count(size)?,
                root: Hash::from_slice(&root).ok_or(Error::Corrupt("root"))?,
            },
            None => Seen::NOTHING,
        };
        let kept = match decide(seen) {
            Ok(kept) => kept,
            Err(refusal) => return Ok(Err(refusal)),
        };
        sqlx::query(
            "insert into seen (origin, origin_sha256, size, root, note, at) values ($1, $2, $3, $4, $5, $6) on conflict (origin) do update set size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at",
        )
        .bind(origin)
        .bind(sha256(origin.as_bytes()).to_hex())
        .bind(int(kept.seen.size))
        .bind(kept.seen.root.0.to_vec())
        .bind(&kept.note)
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Ok(kept))
    }

    /// The note that was cosigned last for the log whose origin has this SHA-256.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn note(&self, origin_sha256: &Hash) -> Result<Option<String>, Error> {
        let row: Option<(String,)> =
            sqlx::query_as("select note from seen where origin_sha256 = $1")
                .bind(origin_sha256.to_hex())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(note,)| note))
    }

    /// Keeps a checkpoint that was refused, once for each size and root: `refused` is the note with the log's own
    /// signatures and no others, so that nobody else can fill the memory.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn keep_evidence(
        &self,
        origin: &str,
        (head, fork): (Seen, bool),
        refused: &str,
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query(
            "insert into evidence (origin, cosigned, refused, reason, at, size, root, fork) select origin, note, $2, $3, $4, $6, $7, $8 from seen where origin = $1 and ($8 or (select count(*) from evidence where origin = $1 and not fork) < $5) on conflict do nothing",
        )
        .bind(origin)
        .bind(refused)
        .bind(reason)
        .bind(micros(at))
        .bind(MAX_EVIDENCE)
        .bind(int(head.size))
        .bind(head.root.0.to_vec())
        .bind(fork)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Everything that was refused, forks first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn evidence(&self) -> Result<Vec<Evidence>, Error> {
        let rows: Vec<(String, bool, String, String, String, i64)> = sqlx::query_as(
            "select origin, fork, cosigned, refused, reason, at from evidence order by fork desc, at, origin",
        )
        .fetch_all(&self.pool)
        .await?;
        let evidence = |(origin, fork, cosigned, refused, reason, at)| {
            Ok(Evidence {
                origin,
                fork,
                cosigned,
                refused,
                reason,
                at: time(at)?,
            })
        };
        rows.into_iter().map(evidence).collect()
    }
}
