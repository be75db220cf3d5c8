//! SQL for following what others write; compiled once for each database.

use async_trait::async_trait;
use sqlx::{QueryBuilder, Transaction};

use super::super::error::{Error, count, int};
use super::super::pulse::{ChoiceRow, Counter, Pulse, Pulses, Revisions};
use super::choices::{self, event};
use super::{Adapter, Db};
use crate::domain::employee::ExternalId;

#[async_trait]
impl Pulses for Adapter {
    async fn pulse(&self) -> Result<Option<Pulse>, Error> {
        let row: Option<(String, i64, i64, i64, i64, i64)> = sqlx::query_as::<Db, _>(
            "select origin, base + size,
                 (select number from revision where name = 'declarations'),
                 (select number from revision where name = 'agents'),
                 (select number from revision where name = 'people'),
                 (select number from revision where name = 'erasures')
             from log order by id desc limit 1",
        )
        .fetch_optional(&self.read)
        .await?;
        let pulse = |(origin, seq, declarations, agents, people, erasures)| {
            Ok(Pulse {
                origin,
                seq: count(seq)?,
                revisions: Revisions {
                    declarations,
                    agents,
                    people,
                    erasures,
                },
            })
        };
        row.map(pulse).transpose()
    }

    async fn choices_between(&self, from: u64, to: u64) -> Result<Vec<ChoiceRow>, Error> {
        let rows: Vec<Row> = sqlx::query_as::<Db, _>(
            "select external_id, entry, program, category, state, at, notice_version, language, conditions
             from choice join employee on employee.subject = choice.subject
             where entry >= $1 and entry < $2 order by entry",
        )
        .bind(int(from))
        .bind(int(to))
        .fetch_all(&self.read)
        .await?;
        let row = |row: Row| {
            Ok(ChoiceRow {
                employee: row.external_id.parse()?,
                event: event(row.choice)?,
            })
        };
        rows.into_iter().map(row).collect()
    }

    async fn members(&self, units: &[String]) -> Result<Vec<ExternalId>, Error> {
        if units.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Db>::new("select external_id from employee where unit in (");
        let mut list = query.separated(", ");
        for unit in units {
            list.push_bind(unit);
        }
        query.push(")");
        let rows: Vec<(String,)> = query.build_query_as().fetch_all(&self.read).await?;
        let members = rows.into_iter().map(|(id,)| Ok(id.parse()?));
        members.collect()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    external_id: String,
    #[sqlx(flatten)]
    choice: choices::Row,
}

/// Counts a change, in the transaction that makes it.
pub(super) async fn bump(tx: &mut Transaction<'static, Db>, counter: Counter) -> Result<(), Error> {
    sqlx::query::<Db>("update revision set number = number + 1 where name = $1")
        .bind(counter.name())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
