//! SQL for witnesses of the log; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::cosignatures::{Cosignature, Cosignatures, Published, Trouble, WitnessState};
use super::super::error::{Error, count, int, micros, time};
use super::{Adapter, Db};

#[async_trait]
impl Cosignatures for Adapter {
    async fn publish(
        &self,
        log: i64,
        size: u64,
        checkpoint: &str,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query::<Db>(
            "insert into published (log, size, checkpoint, witnessed, at) values ($1, $2, $3, $4, $5) on conflict (log, size) do nothing",
        )
        .bind(log)
        .bind(int(size))
        .bind(checkpoint)
        .bind(false)
        .bind(micros(at))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn published(&self, log: i64, limit: u32) -> Result<Vec<Published>, Error> {
        let rows: Vec<PublishedRow> = sqlx::query_as::<Db, _>(
            "select log, size, checkpoint, witnessed, at from published where log = $1 order by size desc limit $2",
        )
        .bind(log)
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(published).collect()
    }

    async fn newest_witnessed(&self, log: i64) -> Result<Option<Published>, Error> {
        let row: Option<PublishedRow> = sqlx::query_as::<Db, _>(
            "select log, size, checkpoint, witnessed, at from published where log = $1 and witnessed = $2 order by size desc limit 1",
        )
        .bind(log)
        .bind(true)
        .fetch_optional(&self.read)
        .await?;
        row.map(published).transpose()
    }

    async fn cosignatures(&self, log: i64, size: u64) -> Result<Vec<Cosignature>, Error> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as::<Db, _>(
            "select witness, line, at from cosignature where log = $1 and size = $2 order by witness",
        )
        .bind(log)
        .bind(int(size))
        .fetch_all(&self.read)
        .await?;
        let cosignature = |(witness, line, at)| {
            Ok(Cosignature {
                witness,
                line,
                at: time(at)?,
            })
        };
        rows.into_iter().map(cosignature).collect()
    }

    async fn cosign(&self, log: i64, size: u64, cosignature: &Cosignature) -> Result<(), Error> {
        sqlx::query::<Db>(
            "insert into cosignature (log, size, witness, line, at) values ($1, $2, $3, $4, $5) on conflict (log, size, witness) do update set line = excluded.line, at = excluded.at where excluded.at > cosignature.at",
        )
        .bind(log)
        .bind(int(size))
        .bind(&cosignature.witness)
        .bind(&cosignature.line)
        .bind(micros(cosignature.at))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn set_witnessed(&self, log: i64, size: u64, witnessed: bool) -> Result<(), Error> {
        sqlx::query::<Db>("update published set witnessed = $3 where log = $1 and size = $2")
            .bind(log)
            .bind(int(size))
            .bind(witnessed)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn heard(&self, log: i64, state: &WitnessState) -> Result<(), Error> {
        sqlx::query::<Db>(
            "insert into witness_state (log, witness, size, cosigned_at, trouble, words, at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (log, witness) do update set size = coalesce(excluded.size, witness_state.size), cosigned_at = coalesce(excluded.cosigned_at, witness_state.cosigned_at), trouble = excluded.trouble, words = excluded.words, at = excluded.at",
        )
        .bind(log)
        .bind(&state.witness)
        .bind(state.cosigned.map(|(size, _)| int(size)))
        .bind(state.cosigned.map(|(_, at)| micros(at)))
        .bind(state.trouble.as_ref().map(|(trouble, _)| trouble.word()))
        .bind(state.trouble.as_ref().map(|(_, words)| words.as_str()))
        .bind(micros(state.at))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn witness_states(&self, log: i64) -> Result<Vec<WitnessState>, Error> {
        let rows: Vec<StateRow> = sqlx::query_as::<Db, _>(
            "select witness, size, cosigned_at, trouble, words, at from witness_state where log = $1 order by witness",
        )
        .bind(log)
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(state).collect()
    }

    async fn forget_published(&self, before: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>(
            "delete from cosignature where exists (select 1 from published old where old.log = cosignature.log and old.size = cosignature.size and old.at < $1 and exists (select 1 from published newer where newer.log = old.log and newer.size > old.size and newer.witnessed = $2))",
        )
        .bind(micros(before))
        .bind(true)
        .execute(&mut *tx)
        .await?;
        sqlx::query::<Db>(
            "delete from published where at < $1 and exists (select 1 from published newer where newer.log = published.log and newer.size > published.size and newer.witnessed = $2) and not exists (select 1 from cosignature where cosignature.log = published.log and cosignature.size = published.size)",
        )
        .bind(micros(before))
        .bind(true)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

type PublishedRow = (i64, i64, String, bool, i64);

fn published((log, size, checkpoint, witnessed, at): PublishedRow) -> Result<Published, Error> {
    Ok(Published {
        log,
        size: count(size)?,
        checkpoint,
        witnessed,
        at: time(at)?,
    })
}

type StateRow = (
    String,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
    i64,
);

fn state(
    (witness, size, cosigned_at, trouble, words, at): StateRow,
) -> Result<WitnessState, Error> {
    let cosigned = match (size, cosigned_at) {
        (Some(size), Some(at)) => Some((count(size)?, time(at)?)),
        _ => None,
    };
    let trouble = match trouble {
        Some(word) => {
            let known = Trouble::ALL.into_iter().find(|known| known.word() == word);
            let known = known.ok_or(Error::Corrupt("trouble"))?;
            Some((known, words.unwrap_or_default()))
        }
        None => None,
    };
    Ok(WitnessState {
        witness,
        cosigned,
        trouble,
        at: time(at)?,
    })
}
