//! SQL for agents; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::agents::Agents;
use super::super::error::{Error, json, micros, time, to_json};
use super::super::pulse::Counter;
use super::pulse::bump;
use super::{Adapter, Db};
use crate::domain::agent::Agent;
use crate::domain::dialect::Dialect;
use crate::domain::id::AgentName;

type Row = (
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    i64,
    Option<i64>,
);

fn agent(
    (name, kind, programs, categories, units, runs_on, vocabulary, registered_at, revoked_at): Row,
) -> Result<Agent, Error> {
    Ok(Agent {
        name: name.parse()?,
        kind: kind.parse()?,
        programs: json(&programs, "agent")?,
        categories: json(&categories, "agent")?,
        units: json(&units, "agent")?,
        dialect: vocabulary.map_or_else(
            || Ok(Dialect::default()),
            |vocabulary| json(&vocabulary, "vocabulary"),
        )?,
        runs_on,
        registered_at: time(registered_at)?,
        revoked_at: revoked_at.map(time).transpose()?,
    })
}

/// Nothing where the words are ours.
fn vocabulary(dialect: &Dialect) -> Result<Option<String>, Error> {
    let own = *dialect != Dialect::default();
    own.then(|| to_json(dialect)).transpose()
}

#[async_trait]
impl Agents for Adapter {
    async fn register(
        &self,
        agent: &Agent,
        key_id: &str,
        secret_sha256: [u8; 32],
    ) -> Result<bool, Error> {
        let mut tx = self.begin().await?;
        let done = sqlx::query::<Db>(
            "insert into agent (name, kind, programs, categories, units, runs_on, vocabulary, registered_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        )
        .bind(agent.name.as_str())
        .bind(agent.kind.word())
        .bind(to_json(&agent.programs)?)
        .bind(to_json(&agent.categories)?)
        .bind(to_json(&agent.units)?)
        .bind(&agent.runs_on)
        .bind(vocabulary(&agent.dialect)?)
        .bind(micros(agent.registered_at))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query::<Db>(
            "insert into agent_key (id, agent, secret_sha256, created_at) values ($1, $2, $3, $4)",
        )
        .bind(key_id)
        .bind(agent.name.as_str())
        .bind(secret_sha256.to_vec())
        .bind(micros(agent.registered_at))
        .execute(&mut *tx)
        .await?;
        bump(&mut tx, Counter::Agents).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn add_key(
        &self,
        agent: &AgentName,
        key_id: &str,
        secret_sha256: [u8; 32],
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>(
            "update agent_key set revoked_at = $2 where agent = $1 and revoked_at is null
             and id <> (select id from agent_key where agent = $1 and revoked_at is null order by created_at desc, id limit 1)",
        )
        .bind(agent.as_str())
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        sqlx::query::<Db>(
            "insert into agent_key (id, agent, secret_sha256, created_at) values ($1, $2, $3, $4)",
        )
        .bind(key_id)
        .bind(agent.as_str())
        .bind(secret_sha256.to_vec())
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        bump(&mut tx, Counter::Agents).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn revoke(&self, agent: &AgentName, at: DateTime<Utc>) -> Result<bool, Error> {
        let mut tx = self.begin().await?;
        let done = sqlx::query::<Db>(
            "update agent set revoked_at = $2 where name = $1 and revoked_at is null",
        )
        .bind(agent.as_str())
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        sqlx::query::<Db>(
            "update agent_key set revoked_at = $2 where agent = $1 and revoked_at is null",
        )
        .bind(agent.as_str())
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        bump(&mut tx, Counter::Agents).await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    async fn revoked_keys(&self, since: DateTime<Utc>) -> Result<Vec<String>, Error> {
        let rows: Vec<(String,)> =
            sqlx::query_as::<Db, _>("select id from agent_key where revoked_at >= $1")
                .bind(micros(since))
                .fetch_all(&self.read)
                .await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    async fn agent_by_key(&self, key_id: &str) -> Result<Option<(Agent, [u8; 32])>, Error> {
        let row: Option<(String, Vec<u8>)> = sqlx::query_as::<Db, _>(
            "select agent, secret_sha256 from agent_key where id = $1 and revoked_at is null",
        )
        .bind(key_id)
        .fetch_optional(&self.read)
        .await?;
        let Some((name, secret_sha256)) = row else {
            return Ok(None);
        };
        let secret_sha256 = secret_sha256
            .try_into()
            .map_err(|_| Error::Corrupt("agent key"))?;
        Ok(self
            .agent(&name.parse()?)
            .await?
            .map(|agent| (agent, secret_sha256)))
    }

    async fn agent(&self, name: &AgentName) -> Result<Option<Agent>, Error> {
        let row: Option<Row> = sqlx::query_as::<Db, _>(
            "select name, kind, programs, categories, units, runs_on, vocabulary, registered_at, revoked_at from agent where name = $1",
        )
        .bind(name.as_str())
        .fetch_optional(&self.read)
        .await?;
        row.map(agent).transpose()
    }

    async fn agents(&self) -> Result<Vec<Agent>, Error> {
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select name, kind, programs, categories, units, runs_on, vocabulary, registered_at, revoked_at from agent order by name",
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(agent).collect()
    }
}
