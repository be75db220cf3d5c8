//! SQL for sessions; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::error::{Error, micros, time};
use super::super::sessions::{SessionRow, Sessions};
use super::{Adapter, Db};
use crate::domain::id::SubjectId;

type Row = (Vec<u8>, Option<String>, String, i64, i64, i64);

fn session(
    (id_sha256, subject, data, created_at, seen_at, expires_at): Row,
) -> Result<SessionRow, Error> {
    Ok(SessionRow {
        id_sha256: id_sha256
            .try_into()
            .map_err(|_| Error::Corrupt("session"))?,
        subject: subject.map(|subject| subject.parse()).transpose()?,
        data,
        created_at: time(created_at)?,
        seen_at: time(seen_at)?,
        expires_at: time(expires_at)?,
    })
}

#[async_trait]
impl Sessions for Adapter {
    async fn create_session(&self, row: &SessionRow) -> Result<bool, Error> {
        let done = sqlx::query::<Db>(
            "insert into session (id_sha256, subject, data, created_at, seen_at, expires_at)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        )
        .bind(row.id_sha256.to_vec())
        .bind(row.subject.map(|subject| subject.to_string()))
        .bind(&row.data)
        .bind(micros(row.created_at))
        .bind(micros(row.seen_at))
        .bind(micros(row.expires_at))
        .execute(&self.write)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn save_session(&self, row: &SessionRow) -> Result<(), Error> {
        sqlx::query::<Db>("update session set subject = $2, data = $3, seen_at = $4, expires_at = $5 where id_sha256 = $1")
            .bind(row.id_sha256.to_vec())
            .bind(row.subject.map(|subject| subject.to_string()))
            .bind(&row.data)
            .bind(micros(row.seen_at))
            .bind(micros(row.expires_at))
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn session(
        &self,
        id_sha256: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<SessionRow>, Error> {
        let row: Option<Row> = sqlx::query_as::<Db, _>(
            "select id_sha256, subject, data, created_at, seen_at, expires_at from session where id_sha256 = $1 and expires_at > $2",
        )
        .bind(id_sha256.to_vec())
        .bind(micros(now))
        .fetch_optional(&self.read)
        .await?;
        row.map(session).transpose()
    }

    async fn delete_session(&self, id_sha256: [u8; 32]) -> Result<(), Error> {
        sqlx::query::<Db>("delete from session where id_sha256 = $1")
            .bind(id_sha256.to_vec())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn sessions_of(
        &self,
        subject: &SubjectId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionRow>, Error> {
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select id_sha256, subject, data, created_at, seen_at, expires_at from session
             where subject = $1 and expires_at > $2 order by created_at desc",
        )
        .bind(subject.to_string())
        .bind(micros(now))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(session).collect()
    }

    async fn delete_sessions_of(&self, subject: &SubjectId) -> Result<u64, Error> {
        let done = sqlx::query::<Db>("delete from session where subject = $1")
            .bind(subject.to_string())
            .execute(&self.write)
            .await?;
        Ok(done.rows_affected())
    }

    async fn sweep(&self, now: DateTime<Utc>, forms_before: DateTime<Utc>) -> Result<(), Error> {
        sqlx::query::<Db>("delete from session where expires_at <= $1")
            .bind(micros(now))
            .execute(&self.write)
            .await?;
        sqlx::query::<Db>("delete from form_post where at < $1")
            .bind(micros(forms_before))
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
