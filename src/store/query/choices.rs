//! SQL for choices; compiled once for each database.

use async_trait::async_trait;

use super::super::choices::Choices;
use super::super::error::{Error, count, time};
use super::{Adapter, Db};
use crate::domain::choice::ChoiceEvent;
use crate::domain::id::{ProgramId, SubjectId};

type Row = (i64, String, String, String, i64, i64, String);

#[async_trait]
impl Choices for Adapter {
    async fn choices(
        &self,
        subject: &SubjectId,
        program: Option<&ProgramId>,
    ) -> Result<Vec<ChoiceEvent>, Error> {
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select choice.entry, program, category, state, choice.at, notice_version, language
             from event join choice on choice.entry = event.entry
             where event.subject = $1 and ($2 is null or program = $2) order by choice.at, choice.entry",
        )
        .bind(subject.to_string())
        .bind(program.map(ProgramId::as_str))
        .fetch_all(&self.read)
        .await?;
        let event = |(entry, program, category, state, at, notice_version, language): Row| {
            Ok(ChoiceEvent {
                program: program.parse()?,
                category: category.parse()?,
                state: state.parse()?,
                at: time(at)?,
                notice_version: u32::try_from(notice_version)
                    .map_err(|_| Error::Corrupt("version"))?,
                language: language.parse()?,
                entry: count(entry)?,
            })
        };
        rows.into_iter().map(event).collect()
    }
}
