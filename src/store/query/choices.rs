//! SQL for choices; compiled once for each database.

use async_trait::async_trait;

use super::super::choices::Choices;
use super::super::error::{Error, count, json, time};
use super::{Adapter, Db};
use crate::domain::choice::ChoiceEvent;
use crate::domain::condition::Conditions;
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId, SubjectId};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    entry: i64,
    program: String,
    category: String,
    state: String,
    at: i64,
    notice_version: i64,
    language: String,
    conditions: Option<String>,
}

pub(super) fn event(row: Row) -> Result<ChoiceEvent, Error> {
    Ok(ChoiceEvent {
        program: row.program.parse()?,
        category: row.category.parse()?,
        state: row.state.parse()?,
        at: time(row.at)?,
        notice_version: u32::try_from(row.notice_version).map_err(|_| Error::Corrupt("version"))?,
        language: row.language.parse()?,
        conditions: row.conditions.map_or(Ok(Conditions::NONE), |conditions| {
            json(&conditions, "conditions")
        })?,
        entry: count(row.entry)?,
    })
}

#[async_trait]
impl Choices for Adapter {
    async fn latest_choice(
        &self,
        subject: &SubjectId,
        program: &ProgramId,
        category: &CategoryId,
    ) -> Result<Option<ChoiceEvent>, Error> {
        // Backwards along the person's chain: what was said last is found first, however long the chain is.
        let row: Option<Row> = sqlx::query_as::<Db, _>(
            "select choice.entry, program, category, state, choice.at, notice_version, language, conditions
             from event join choice on choice.entry = event.entry
             where event.subject = $1 and program = $2 and category = $3 order by event.seq desc limit 1",
        )
        .bind(subject.to_string())
        .bind(program.as_str())
        .bind(category.as_str())
        .fetch_optional(&self.read)
        .await?;
        row.map(event).transpose()
    }

    async fn choices(
        &self,
        subject: &SubjectId,
        program: Option<&ProgramId>,
    ) -> Result<Vec<ChoiceEvent>, Error> {
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select choice.entry, program, category, state, choice.at, notice_version, language, conditions
             from event join choice on choice.entry = event.entry
             where event.subject = $1 and ($2 is null or program = $2) order by choice.at, choice.entry",
        )
        .bind(subject.to_string())
        .bind(program.map(ProgramId::as_str))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(event).collect()
    }

    async fn choosers(
        &self,
        program: &ProgramId,
        category: &CategoryId,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<ExternalId>, Error> {
        let rows: Vec<(String,)> = sqlx::query_as::<Db, _>(
            "select distinct external_id from choice join employee on employee.subject = choice.subject
             where program = $1 and category = $2 and state in ('given', 'renewed') and external_id > $3
             order by external_id limit $4",
        )
        .bind(program.as_str())
        .bind(category.as_str())
        .bind(after.unwrap_or_default())
        .bind(limit)
        .fetch_all(&self.read)
        .await?;
        let ids = rows.into_iter().map(|(id,)| Ok(id.parse()?));
        ids.collect()
    }
}
