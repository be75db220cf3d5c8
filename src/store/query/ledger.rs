//! SQL for the ledger's contract; compiled once for each database. What a batch does stands in `batch.rs`, how entries
//! get into the tree in `append.rs`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::error::{Error, count, int, time};
use super::super::ledger::{EventRow, Forge, Head, Ledger};
use super::super::write::{Outcome, Write};
use super::append::{Log, public_entry};
use super::rows::Rows;
use super::{Adapter, Db, batch};
use crate::domain::id::SubjectId;
use crate::ledger::entry::PublicType;
use crate::ledger::hash::Hash;
use crate::ledger::prepared::Link;

/// Number of the first log. One that succeeds another gets the next.
const FIRST: i64 = 1;

#[async_trait]
impl Ledger for Adapter {
    async fn open_log(&self, forge: &Forge<'_>, at: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let known: Option<(String,)> =
            sqlx::query_as::<Db, _>("select origin from log order by id desc limit 1")
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
        let mut log = Log::create(&mut tx, FIRST, 0, origin).await?;
        let document =
            serde_json::json!({ "opened_at": at.to_rfc3339(), "origin": origin }).to_string();
        public_entry(&mut tx, &mut log, PublicType::LogOpened, &document).await?;
        log.finish(&mut tx, Rows::default(), forge.signer).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn commit(&self, writes: &[Write], forge: &Forge<'_>) -> Result<Outcome, Error> {
        batch::commit(self, writes, forge).await
    }

    async fn head(&self) -> Result<Option<Head>, Error> {
        let row: Option<HeadRow> = sqlx::query_as::<Db, _>(
            "select id, base, origin, size, root, checkpoint from log order by id desc limit 1",
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(head).transpose()
    }

    async fn head_at(&self, position: u64) -> Result<Option<Head>, Error> {
        let row: Option<HeadRow> = sqlx::query_as::<Db, _>(
            "select id, base, origin, size, root, checkpoint from log where base <= $1 order by id desc limit 1",
        )
        .bind(int(position))
        .fetch_optional(&self.read)
        .await?;
        row.map(head).transpose()
    }

    async fn tile(&self, log: i64, level: u8, n: u64) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as::<Db, _>(
            "select blob from tile where log = $1 and level = $2 and n = $3",
        )
        .bind(log)
        .bind(i64::from(level))
        .bind(int(n))
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(|(blob,)| blob))
    }

    async fn entry(&self, log: i64, index: u64) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<(Vec<u8>,)> =
            sqlx::query_as::<Db, _>("select bytes from entry where log = $1 and idx = $2")
                .bind(log)
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

    async fn link(&self, subject: &SubjectId) -> Result<Option<Link>, Error> {
        let row: Option<(i64, Vec<u8>, i64)> = sqlx::query_as::<Db, _>(
            "select seq, leaf, at from event where subject = $1 order by seq desc limit 1",
        )
        .bind(subject.to_string())
        .fetch_optional(&self.read)
        .await?;
        let link = |(seq, leaf, at): (i64, Vec<u8>, i64)| {
            Ok(Link {
                seq: count(seq)?,
                leaf: hash(leaf)?,
                at: time(at)?,
            })
        };
        row.map(link).transpose()
    }

    async fn sealed(&self, subject: &SubjectId, entry: u64) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as::<Db, _>(
            "select ciphertext from sealed where entry = $1 and subject = $2",
        )
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
}

type HeadRow = (i64, i64, String, i64, Vec<u8>, String);

fn head((log, base, origin, size, root, checkpoint): HeadRow) -> Result<Head, Error> {
    Ok(Head {
        log,
        base: count(base)?,
        origin,
        size: count(size)?,
        root: hash(root)?,
        checkpoint,
    })
}

pub(super) fn hash(bytes: Vec<u8>) -> Result<Hash, Error> {
    bytes
        .try_into()
        .map(Hash)
        .map_err(|_| Error::Corrupt("hash"))
}
