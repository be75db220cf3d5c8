//! SQL for programmes and notices; compiled once for each database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::error::{Error, count, json, micros, time, to_json};
use super::super::programs::Programs;
use super::super::pulse::Counter;
use super::pulse::bump;
use super::{Adapter, Db};
use crate::domain::id::{NoticeId, ProgramId, SubjectId};
use crate::domain::notice::PublishedNotice;
use crate::domain::program::{Declaration, Program, ProgramStatus, StatusChange};
use crate::domain::stop::StatusNote;

#[async_trait]
impl Programs for Adapter {
    async fn declare(&self, declaration: &Declaration, at: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query::<Db>(
            "insert into program (id, declaration, declared_at) values ($1, $2, $3)
             on conflict (id) do update set declaration = excluded.declaration,
             declared_at = case when excluded.declared_at > program.declared_at then excluded.declared_at else program.declared_at + 1 end",
        )
        .bind(declaration.id.as_str())
        .bind(to_json(declaration)?)
        .bind(micros(at))
        .execute(&mut *tx)
        .await?;
        sqlx::query::<Db>(
            "insert into program_status (program, at, status)
             select $1, $2, $3 where not exists (select 1 from program_status where program = $1)",
        )
        .bind(declaration.id.as_str())
        .bind(micros(at))
        .bind(ProgramStatus::Active.word())
        .execute(&mut *tx)
        .await?;
        bump(&mut tx, Counter::Declarations).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn stamp(&self) -> Result<i64, Error> {
        let (number,): (i64,) =
            sqlx::query_as::<Db, _>("select number from revision where name = 'declarations'")
                .fetch_one(&self.read)
                .await?;
        Ok(number)
    }

    async fn programs(&self) -> Result<Vec<Program>, Error> {
        let rows: Vec<(String,)> = sqlx::query_as::<Db, _>("select declaration from program")
            .fetch_all(&self.read)
            .await?;
        let changes: Vec<(String, String, i64)> =
            sqlx::query_as::<Db, _>("select program, status, at from program_status order by at")
                .fetch_all(&self.read)
                .await?;
        let mut programs = Vec::with_capacity(rows.len());
        for (text,) in rows {
            let declaration: Declaration = json(&text, "declaration")?;
            let own = changes
                .iter()
                .filter(|(program, ..)| program == declaration.id.as_str());
            let statuses = own.map(|(_, status, at)| {
                Ok(StatusChange {
                    status: status.parse()?,
                    at: time(*at)?,
                })
            });
            let statuses = statuses.collect::<Result<_, Error>>()?;
            programs.push(Program {
                declaration,
                statuses,
            });
        }
        programs.sort_by(|a, b| a.declaration.name.cmp(&b.declaration.name));
        Ok(programs)
    }

    async fn notices(&self) -> Result<Vec<PublishedNotice>, Error> {
        let rows: Vec<(String, Vec<u8>, i64)> =
            sqlx::query_as::<Db, _>("select body, sha256, notice_version.entry from notice_version join document on document.entry = notice_version.entry order by published_at desc, version desc")
                .fetch_all(&self.read)
                .await?;
        let notice = |(document, sha256, entry): (String, Vec<u8>, i64)| {
            Ok(PublishedNotice {
                version: json(&document, "notice")?,
                entry: count(entry)?,
                sha256: sha256.try_into().map_err(|_| Error::Corrupt("notice"))?,
            })
        };
        rows.into_iter().map(notice).collect()
    }

    async fn document(&self, notice: &NoticeId, version: u32) -> Result<Option<String>, Error> {
        let row: Option<(String,)> = sqlx::query_as::<Db, _>("select body from notice_version join document on document.entry = notice_version.entry where notice = $1 and version = $2")
            .bind(notice.as_str())
            .bind(i64::from(version))
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(|(document,)| document))
    }

    async fn status_notes(&self, program: &ProgramId) -> Result<Vec<(u64, StatusNote)>, Error> {
        let rows: Vec<(i64, String)> = sqlx::query_as::<Db, _>(
            "select program_status.entry, body from program_status join document on document.entry = program_status.entry
             where program = $1 order by at desc",
        )
        .bind(program.as_str())
        .fetch_all(&self.read)
        .await?;
        let note = |(entry, body): (i64, String)| Ok((count(entry)?, json(&body, "status")?));
        rows.into_iter().map(note).collect()
    }

    async fn acknowledgements(
        &self,
        subject: &SubjectId,
    ) -> Result<Vec<(NoticeId, u32, DateTime<Utc>)>, Error> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as::<Db, _>(
            "select notice, version, at from acknowledgement where subject = $1",
        )
        .bind(subject.to_string())
        .fetch_all(&self.read)
        .await?;
        let acknowledgement = |(notice, version, at): (String, i64, i64)| {
            Ok((
                notice.parse()?,
                u32::try_from(version).map_err(|_| Error::Corrupt("version"))?,
                time(at)?,
            ))
        };
        rows.into_iter().map(acknowledgement).collect()
    }
}
