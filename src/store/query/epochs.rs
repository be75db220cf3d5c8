//! SQL for epochs; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::Transaction;

use super::super::epochs::{Epoch, Epochs};
use super::super::error::{Error, count, int, micros};
use super::append::Log;
use super::{Adapter, DURABLE, Db};
use crate::domain::id::SubjectId;
use crate::ledger::seal::{self, EpochKey, NONCE};

type Tx = Transaction<'static, Db>;
type Row = (i64, Vec<u8>);

/// How many keys are read at a time: memory stays bounded however many people there are.
const CHUNK: i64 = 500;

#[async_trait]
impl Epochs for Adapter {
    async fn open_epoch(&self, key: &EpochKey, at: DateTime<Utc>) -> Result<Epoch, Error> {
        let mut tx = self.begin().await?;
        if let Some(row) = Log::load(&mut tx).await?.epoch() {
            return epoch(row);
        }
        begin_epoch(&mut tx, key, at).await?;
        tx.commit().await?;
        Ok(Epoch {
            number: key.epoch(),
            check: key.check_value(),
        })
    }

    async fn epoch(&self) -> Result<Option<Epoch>, Error> {
        let row: Option<Row> = sqlx::query_as::<Db, _>(
            "select number, key_check from epoch order by number desc limit 1",
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(epoch).transpose()
    }

    async fn turn_epoch(
        &self,
        old: &EpochKey,
        new: &EpochKey,
        fill: &(dyn for<'b> Fn(&'b mut [u8]) + Send + Sync),
        at: DateTime<Utc>,
    ) -> Result<u64, Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>(DURABLE).execute(&mut *tx).await?;
        held(&Log::load(&mut tx).await?, old)?;
        let (mut turned, mut after) = (0, String::new());
        loop {
            let rows: Vec<(String, i64, Vec<u8>)> = sqlx::query_as::<Db, _>(
                "select subject, epoch, wrapped from dek where subject > $1 order by subject limit $2",
            )
            .bind(&after)
            .bind(CHUNK)
            .fetch_all(&mut *tx)
            .await?;
            let Some((last, ..)) = rows.last() else { break };
            after.clone_from(last);
            for (subject, epoch, wrapped) in rows {
                let id: SubjectId = subject.parse()?;
                let mut nonce = [0; NONCE];
                fill(&mut nonce);
                let wrapped = seal::unwrap(old, &id, count(epoch)?, &wrapped)
                    .and_then(|dek| seal::wrap(new, &id, &dek, nonce))
                    .map_err(|error| Error::Ledger(error.to_string()))?;
                sqlx::query::<Db>("update dek set epoch = $2, wrapped = $3 where subject = $1")
                    .bind(subject)
                    .bind(int(new.epoch()))
                    .bind(wrapped)
                    .execute(&mut *tx)
                    .await?;
                turned += 1;
            }
        }
        begin_epoch(&mut tx, new, at).await?;
        tx.commit().await?;
        Ok(turned)
    }

    async fn wrapped_elsewhere(&self, number: u64) -> Result<u64, Error> {
        let (elsewhere,): (i64,) =
            sqlx::query_as::<Db, _>("select count(*) from dek where epoch <> $1")
                .bind(int(number))
                .fetch_one(&self.read)
                .await?;
        count(elsewhere)
    }
}

/// Whether `key` is the present epoch's. The caller holds the log's lock, so that it stays so until the commit.
///
/// # Errors
/// `Error::Epoch` when it is not: nothing may be wrapped with it.
pub(super) fn held(log: &Log, key: &EpochKey) -> Result<(), Error> {
    match log.epoch().map(epoch).transpose()? {
        Some(Epoch { number, check }) if number != key.epoch() || check != key.check_value() => {
            Err(Error::Epoch { present: number })
        }
        _ => Ok(()),
    }
}

async fn begin_epoch(tx: &mut Tx, key: &EpochKey, at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query::<Db>("insert into epoch (number, key_check, began_at) values ($1, $2, $3)")
        .bind(int(key.epoch()))
        .bind(key.check_value().to_vec())
        .bind(micros(at))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn epoch((number, check): Row) -> Result<Epoch, Error> {
    Ok(Epoch {
        number: count(number)?,
        check: check.try_into().map_err(|_| Error::Corrupt("epoch"))?,
    })
}
