//! SQL for deliveries; compiled once for each database.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Database, FromRow, QueryBuilder, Row as _, Transaction};

use super::super::deliveries::{Delivered, Deliveries, Delivery, Held, Item, Keyed, Person};
use super::super::error::{Error, micros};
use super::record_rows::{self, Row};
use super::{Adapter, Db, choices};
use crate::domain::delivery::{ItemResult, read, spell};
use crate::domain::employee::ExternalId;
use crate::domain::invalid::Invalid;

type Tx = Transaction<'static, Db>;

/// Somebody, and one of their choices, if there is one.
struct PersonRow {
    external_id: String,
    subject: String,
    unit: String,
    choice: Option<choices::Row>,
}

impl<'r> FromRow<'r, <Db as Database>::Row> for PersonRow {
    fn from_row(row: &'r <Db as Database>::Row) -> Result<Self, sqlx::Error> {
        let entry: Option<i64> = row.try_get("entry")?;
        Ok(Self {
            external_id: row.try_get("external_id")?,
            subject: row.try_get("subject")?,
            unit: row.try_get("unit")?,
            choice: entry.map(|_| choices::Row::from_row(row)).transpose()?,
        })
    }
}

#[async_trait]
impl Deliveries for Adapter {
    async fn deliver(&self, deliveries: &[Delivery]) -> Result<Vec<Delivered>, Error> {
        let mut tx = self.begin().await?;
        // The keys come first: whose key is another's writes nothing, and waits for whoever was first.
        let mut delivered = claim(&mut tx, deliveries).await?;
        let fresh = deliveries.iter().zip(&delivered);
        let fresh = fresh.enumerate().filter(|(_, (_, known))| known.is_none());
        let mut rows = Vec::new();
        for (place, (delivery, _)) in fresh {
            for (item, kept) in delivery.items.iter().enumerate() {
                if let Item::Kept(subject, record, verdict) = kept {
                    let row = Row {
                        agent: &delivery.agent,
                        received_at: micros(delivery.received_at),
                        subject,
                        record,
                        verdict: *verdict,
                    };
                    rows.push((place, item, row));
                }
            }
        }
        rows.sort_by(|(_, _, a), (_, _, b)| (a.agent, a.record.id).cmp(&(b.agent, b.record.id)));
        let (places, rows): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .map(|(place, item, row)| ((place, item), row))
            .unzip();
        let verdicts = record_rows::write(&mut tx, &rows).await?;
        let mut standing: HashMap<_, _> = places.into_iter().zip(verdicts).collect();
        let mut answers = Vec::new();
        for (place, (delivery, delivered)) in deliveries.iter().zip(&mut delivered).enumerate() {
            if delivered.is_some() {
                continue;
            }
            let result = |(item, given): (usize, &Item)| match given {
                Item::Said(result) => result.clone(),
                Item::Kept(..) => match standing.remove(&(place, item)).flatten() {
                    Some(verdict) => verdict.into(),
                    None => ItemResult::Rejected(Invalid::new(
                        "id",
                        "This id names another record already. Choose a new one for each.",
                    )),
                },
            };
            let results: Vec<_> = delivery.items.iter().enumerate().map(result).collect();
            if let Some(keyed) = &delivery.key {
                let answer = spell(&results).map_err(|_| Error::Corrupt("answer"))?;
                answers.push((delivery, keyed, answer));
            }
            *delivered = Some(Ok(results));
        }
        keep(&mut tx, answers).await?;
        tx.commit().await?;
        // Every place was filled just now.
        Ok(delivered.into_iter().flatten().collect())
    }

    async fn histories(&self, people: &[ExternalId]) -> Result<HashMap<ExternalId, Person>, Error> {
        let Some(last) = people.last() else {
            return Ok(HashMap::new());
        };
        // Filled up to a power of two, so that a handful of statements stays prepared.
        let fill = people.len().next_power_of_two() - people.len();
        let mut ask = QueryBuilder::<Db>::new(
            "select external_id, employee.subject, unit, choice.entry, program, category, state, choice.at, notice_version, language, conditions
             from employee left join event on event.subject = employee.subject left join choice on choice.entry = event.entry
             where external_id in (",
        );
        let mut ids = ask.separated(", ");
        for id in people.iter().chain(std::iter::repeat_n(last, fill)) {
            ids.push_bind(id.as_str().to_owned());
        }
        ask.push(")");
        let rows: Vec<PersonRow> = ask.build_query_as().fetch_all(&self.read).await?;
        let mut histories: HashMap<ExternalId, Person> = HashMap::new();
        for row in rows {
            let subject = row.subject.parse()?;
            let person = histories.entry(row.external_id.parse()?);
            let person = person.or_insert_with(|| Person {
                subject,
                unit: row.unit,
                choices: Vec::new(),
            });
            person
                .choices
                .extend(row.choice.map(choices::event).transpose()?);
        }
        Ok(histories)
    }

    async fn forget_deliveries(&self, before: DateTime<Utc>) -> Result<(), Error> {
        sqlx::query::<Db>("delete from delivery where at < $1")
            .bind(micros(before))
            .execute(&self.write)
            .await?;
        Ok(())
    }
}

/// Marks the deliveries' keys as used. What is decided by that already: those whose key was used before.
async fn claim(tx: &mut Tx, deliveries: &[Delivery]) -> Result<Vec<Option<Delivered>>, Error> {
    let mut delivered = vec![None; deliveries.len()];
    let mut keyed: Vec<(usize, &Delivery, &Keyed)> = Vec::new();
    for (place, delivery) in deliveries.iter().enumerate() {
        keyed.extend(delivery.key.as_ref().map(|key| (place, delivery, key)));
    }
    if keyed.is_empty() {
        return Ok(delivered);
    }
    keyed.sort_by_key(|(_, delivery, keyed)| (&delivery.agent, &keyed.key));
    let mut insert = QueryBuilder::<Db>::new("insert into delivery (agent, key, body_sha256, at) ");
    insert.push_values(&keyed, |mut values, (_, delivery, keyed)| {
        values
            .push_bind(delivery.agent.to_string())
            .push_bind(keyed.key.to_string())
            .push_bind(keyed.body_sha256.to_vec())
            .push_bind(micros(delivery.received_at));
    });
    insert.push(" on conflict do nothing returning agent, key");
    let claimed: Vec<(String, String)> = insert.build_query_as().fetch_all(&mut **tx).await?;
    let mut claimed: HashSet<_> = claimed.into_iter().collect();
    for (place, delivery, keyed) in keyed {
        if !claimed.remove(&(delivery.agent.to_string(), keyed.key.to_string())) {
            delivered[place] = Some(known(tx, delivery, keyed).await?);
        }
    }
    Ok(delivered)
}

/// What a key that was used before is answered.
async fn known(tx: &mut Tx, delivery: &Delivery, keyed: &Keyed) -> Result<Delivered, Error> {
    let (body_sha256, answer): (Vec<u8>, Option<String>) = sqlx::query_as::<Db, _>(
        "select body_sha256, answer from delivery where agent = $1 and key = $2",
    )
    .bind(delivery.agent.as_str())
    .bind(keyed.key.as_str())
    .fetch_one(&mut **tx)
    .await?;
    if body_sha256 != keyed.body_sha256 {
        return Ok(Err(Held::Reused));
    }
    let Some(answer) = answer else {
        return Ok(Err(Held::UnderWay));
    };
    read(&answer).map(Ok).ok_or(Error::Corrupt("answer"))
}

/// Keeps what deliveries are answered beside their keys.
async fn keep(tx: &mut Tx, answers: Vec<(&Delivery, &Keyed, String)>) -> Result<(), Error> {
    if answers.is_empty() {
        return Ok(());
    }
    let mut update =
        QueryBuilder::<Db>::new("insert into delivery (agent, key, body_sha256, answer, at) ");
    update.push_values(answers, |mut values, (delivery, keyed, answer)| {
        values
            .push_bind(delivery.agent.to_string())
            .push_bind(keyed.key.to_string())
            .push_bind(keyed.body_sha256.to_vec())
            .push_bind(answer)
            .push_bind(micros(delivery.received_at));
    });
    update.push(" on conflict (agent, key) do update set answer = excluded.answer");
    update.build().execute(&mut **tx).await?;
    Ok(())
}
