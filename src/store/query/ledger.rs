//! SQL for the ledger's contract; compiled once for each database. What a batch does stands in `apply.rs`, how
//! entries get into the tree in `append.rs`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::error::{Error, count, int, time};
use super::super::ledger::{Committed, EventRow, Forge, Head, Ledger, Refusal, Write};
use super::append::{Log, public_entry};
use super::{Adapter, Db, LOCK_LOG, apply, check, epochs};
use crate::domain::id::{FormId, SubjectId};
use crate::ledger::entry::PublicType;
use crate::ledger::hash::Hash;

/// The one log of this database. A restored database will continue in a second one.
pub(super) const LOG: i64 = 1;

#[async_trait]
impl Ledger for Adapter {
    async fn open_log(&self, forge: &Forge<'_>, at: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let known: Option<(String,)> =
            sqlx::query_as::<Db, _>("select origin from log where id = $1")
                .bind(LOG)
                .fetch_optional(&mut *tx)
                .await?;
        let origin = forge.signer.name();
        if let Some((known,)) = known {
            return if known == origin {
                Ok(())
            } else {
                Err(Error::Ledger(format!(
                    "this database holds the log {known}, but the signing key is that of {origin}"
                )))
            };
        }
        let mut log = Log::create(&mut tx, origin).await?;
        let document =
            serde_json::json!({ "opened_at": at.to_rfc3339(), "origin": origin }).to_string();
        public_entry(&mut tx, &mut log, PublicType::LogOpened, &document).await?;
        log.finish(&mut tx, forge.signer).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn commit(
        &self,
        batch: &[Write],
        forge: &Forge<'_>,
    ) -> Result<Vec<Result<Committed, Refusal>>, Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>(LOCK_LOG)
            .bind(LOG)
            .execute(&mut *tx)
            .await?;
        epochs::held(&mut tx, forge.epoch_key).await?;
        let mut log = Log::load(&mut tx).await?;
        let mut results = Vec::with_capacity(batch.len());
        for write in batch {
            if let Some(refusal) = check::check(&mut tx, write).await? {
                results.push(Err(refusal));
                continue;
            }
            let entries = apply::apply(&mut tx, &mut log, forge, write).await?;
            results.push(Ok(Committed { entries, seq: 0 }));
        }
        let seq = log.finish(&mut tx, forge.signer).await?;
        tx.commit().await?;
        for committed in results.iter_mut().flatten() {
            committed.seq = seq;
        }
        Ok(results)
    }

    async fn head(&self) -> Result<Option<Head>, Error> {
        let row: Option<(String, i64, Vec<u8>, String)> =
            sqlx::query_as::<Db, _>("select origin, size, root, checkpoint from log where id = $1")
                .bind(LOG)
                .fetch_optional(&self.read)
                .await?;
        let head = |(origin, size, root, checkpoint): (String, i64, Vec<u8>, String)| {
            Ok(Head {
                origin,
                size: count(size)?,
                root: hash(root)?,
                checkpoint,
            })
        };
        row.map(head).transpose()
    }

    async fn tile(&self, level: u8, n: u64) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as::<Db, _>(
            "select blob from tile where log = $1 and level = $2 and n = $3",
        )
        .bind(LOG)
        .bind(i64::from(level))
        .bind(int(n))
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(|(blob,)| blob))
    }

    async fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<(Vec<u8>,)> =
            sqlx::query_as::<Db, _>("select bytes from entry where log = $1 and idx = $2")
                .bind(LOG)
                .bind(int(index))
                .fetch_optional(&self.read)
                .await?;
        Ok(row.map(|(bytes,)| bytes))
    }

    async fn events(&self, subject: &SubjectId) -> Result<Vec<EventRow>, Error> {
        let rows: Vec<(i64, i64, Vec<u8>, i64)> = sqlx::query_as::<Db, _>(
            "select seq, entry, leaf, at from event where subject = $1 order by seq",
        )
        .bind(subject.to_string())
        .fetch_all(&self.read)
        .await?;
        let event = |(seq, entry, leaf, at): (i64, i64, Vec<u8>, i64)| {
            Ok(EventRow {
                seq: count(seq)?,
                entry: count(entry)?,
                leaf: hash(leaf)?,
                at: time(at)?,
            })
        };
        rows.into_iter().map(event).collect()
    }

    async fn sealed(&self, subject: &SubjectId, entry: u64) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as::<Db, _>(
            "select ciphertext from sealed where log = $1 and entry = $2 and subject = $3",
        )
        .bind(LOG)
        .bind(int(entry))
        .bind(subject.to_string())
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(|(ciphertext,)| ciphertext))
    }

    async fn dek(&self, subject: &SubjectId) -> Result<Option<(u64, Vec<u8>)>, Error> {
        let row: Option<(i64, Vec<u8>)> =
            sqlx::query_as::<Db, _>("select epoch, wrapped from dek where subject = $1")
                .bind(subject.to_string())
                .fetch_optional(&self.read)
                .await?;
        row.map(|(epoch, wrapped)| Ok((count(epoch)?, wrapped)))
            .transpose()
    }

    async fn is_posted(&self, once: &FormId) -> Result<bool, Error> {
        let row: Option<(i64,)> =
            sqlx::query_as::<Db, _>("select at from form_post where once = $1")
                .bind(once.to_string())
                .fetch_optional(&self.read)
                .await?;
        Ok(row.is_some())
    }
}

pub(super) fn hash(bytes: Vec<u8>) -> Result<Hash, Error> {
    bytes
        .try_into()
        .map(Hash)
        .map_err(|_| Error::Corrupt("hash"))
}
