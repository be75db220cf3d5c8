//! SQL for confirmations; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::acks::{Ack, Acks};
use super::super::error::{Error, count, int, micros, time};
use super::rows::CHUNK;
use super::script::Script;
use super::{Adapter, Db};
use crate::domain::id::AgentName;

type Row = (String, i64, i64);

fn ack((agent, seq, at): Row) -> Result<Ack, Error> {
    Ok(Ack {
        agent: agent.parse()?,
        seq: count(seq)?,
        at: time(at)?,
    })
}

#[async_trait]
impl Acks for Adapter {
    async fn confirm(&self, acks: &[Ack]) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        for chunk in acks.chunks(CHUNK) {
            // As many rows as chunks have: each number is a statement of its own.
            let mut script = Script::new(false);
            let insert = script.statement("insert into ack (agent, seq, at) ");
            insert.push_values(chunk, |mut row, ack| {
                row.push_bind(ack.agent.to_string())
                    .push_bind(int(ack.seq))
                    .push_bind(micros(ack.at));
            });
            insert.push(" on conflict (agent, seq) do nothing");
            script.run(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn confirmations(&self, seq: u64) -> Result<Vec<Ack>, Error> {
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select name, ack.seq, ack.at from agent join ack on ack.agent = agent.name
             where ack.seq = (select min(seq) from ack where ack.agent = agent.name and seq >= $1) order by name",
        )
        .bind(int(seq))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(ack).collect()
    }

    async fn confirmation(&self, agent: &AgentName, seq: u64) -> Result<Option<Ack>, Error> {
        let row: Option<Row> = sqlx::query_as::<Db, _>(
            "select agent, seq, at from ack where agent = $1 and seq >= $2 order by seq limit 1",
        )
        .bind(agent.as_str())
        .bind(int(seq))
        .fetch_optional(&self.read)
        .await?;
        row.map(ack).transpose()
    }

    async fn forget_confirmations(&self, before: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>(
            "delete from ack where at < $1 and seq < (select max(seq) from ack as own where own.agent = ack.agent)",
        )
        .bind(micros(before))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}
