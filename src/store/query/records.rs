//! SQL for records; compiled once for each database.

use async_trait::async_trait;

use super::super::error::{Error, count, micros, time};
use super::super::records::{Bucket, Cursor, Range, RecordRow, Records};
use super::{Adapter, Db};
use crate::domain::id::{CategoryId, ProgramId, SubjectId};
use crate::domain::record::Record;
use crate::domain::request::Scope;

#[derive(sqlx::FromRow)]
struct Row {
    agent: String,
    id: String,
    external_id: String,
    program: String,
    category: String,
    app: Option<String>,
    device: Option<String>,
    from_at: i64,
    to_at: i64,
    events: i64,
    bytes: i64,
    dataset: String,
    digest: String,
    received_at: i64,
    quarantined: Option<String>,
}

impl TryFrom<Row> for RecordRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            record: Record {
                id: row.id.parse()?,
                employee: row.external_id.parse()?,
                program: row.program.parse()?,
                category: row.category.parse()?,
                app: row.app,
                device: row.device,
                from: time(row.from_at)?,
                to: time(row.to_at)?,
                events: count(row.events)?,
                bytes: count(row.bytes)?,
                dataset: row.dataset.parse()?,
                digest: row.digest,
            },
            agent: row.agent.parse()?,
            received_at: time(row.received_at)?,
            quarantined: row.quarantined.map(|reason| reason.parse()).transpose()?,
        })
    }
}

#[async_trait]
impl Records for Adapter {
    async fn buckets(&self, subject: &SubjectId, range: &Range) -> Result<Vec<Bucket>, Error> {
        type Counted = (String, String, i64, i64, i64, i64);
        let rows: Vec<Counted> = sqlx::query_as::<Db, _>(
            "select program, category, from_at / 900000000, count(*), cast(sum(events) as bigint), cast(sum(bytes) as bigint)
             from record where subject = $1 and from_at >= $2 and from_at < $3 and quarantined is null
             and ($4 is null or program = $4) and ($5 is null or category = $5)
             group by program, category, from_at / 900000000",
        )
        .bind(subject.to_string())
        .bind(micros(range.from))
        .bind(micros(range.to))
        .bind(range.program.as_ref().map(ProgramId::as_str))
        .bind(range.category.as_ref().map(CategoryId::as_str))
        .fetch_all(&self.read)
        .await?;
        let bucket = |(program, category, quarter, records, events, bytes): Counted| {
            Ok(Bucket {
                program: program.parse()?,
                category: category.parse()?,
                at: time(quarter * 900_000_000)?,
                records: count(records)?,
                events: count(events)?,
                bytes: count(bytes)?,
            })
        };
        rows.into_iter().map(bucket).collect()
    }

    async fn records(
        &self,
        subject: &SubjectId,
        range: &Range,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<RecordRow>, Error> {
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select agent, id, external_id, program, category, app, device, from_at, to_at, events, bytes, dataset, digest, received_at, quarantined
             from record join employee on employee.subject = record.subject
             where record.subject = $1 and from_at >= $2 and from_at < $3 and quarantined is null
             and ($4 is null or program = $4) and ($5 is null or category = $5)
             and ($6 is null or from_at < $6 or (from_at = $6 and id < $7))
             order by from_at desc, id desc limit $8",
        )
        .bind(subject.to_string())
        .bind(micros(range.from))
        .bind(micros(range.to))
        .bind(range.program.as_ref().map(ProgramId::as_str))
        .bind(range.category.as_ref().map(CategoryId::as_str))
        .bind(after.map(|cursor| micros(cursor.from)))
        .bind(after.map(|cursor| cursor.id.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(RecordRow::try_from).collect()
    }

    async fn quarantined(
        &self,
        subject: &SubjectId,
        range: &Range,
        limit: u32,
    ) -> Result<(Vec<RecordRow>, u64), Error> {
        let (all,): (i64,) = sqlx::query_as::<Db, _>(
            "select count(*) from record where subject = $1 and from_at >= $2 and from_at < $3 and quarantined is not null
             and ($4 is null or program = $4) and ($5 is null or category = $5)",
        )
        .bind(subject.to_string())
        .bind(micros(range.from))
        .bind(micros(range.to))
        .bind(range.program.as_ref().map(ProgramId::as_str))
        .bind(range.category.as_ref().map(CategoryId::as_str))
        .fetch_one(&self.read)
        .await?;
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select agent, id, external_id, program, category, app, device, from_at, to_at, events, bytes, dataset, digest, received_at, quarantined
             from record join employee on employee.subject = record.subject
             where record.subject = $1 and from_at >= $2 and from_at < $3 and quarantined is not null
             and ($4 is null or program = $4) and ($5 is null or category = $5)
             order by from_at desc, id desc limit $6",
        )
        .bind(subject.to_string())
        .bind(micros(range.from))
        .bind(micros(range.to))
        .bind(range.program.as_ref().map(ProgramId::as_str))
        .bind(range.category.as_ref().map(CategoryId::as_str))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        let rows = rows
            .into_iter()
            .map(RecordRow::try_from)
            .collect::<Result<_, _>>()?;
        Ok((rows, count(all)?))
    }

    async fn count_in_scope(&self, subject: &SubjectId, scope: &Scope) -> Result<u64, Error> {
        let (covered,): (i64,) = sqlx::query_as::<Db, _>(
            "select count(*) from record where subject = $1 and ($2 is null or program = $2) and ($3 is null or category = $3)
             and ($4 is null or to_at >= $4) and from_at < $5",
        )
        .bind(subject.to_string())
        .bind(scope.program.as_ref().map(ProgramId::as_str))
        .bind(scope.category.as_ref().map(CategoryId::as_str))
        .bind(scope.from.map(micros))
        .bind(micros(scope.to))
        .fetch_one(&self.read)
        .await?;
        count(covered)
    }
}
