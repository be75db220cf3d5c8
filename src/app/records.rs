//! Records: batches of captured-batch metadata, each judged by the consent that held when it was captured.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::App;
use super::catalogue::{Catalogue, Declared};
use super::error::Error;
use super::intake::Turn;
use crate::domain::agent::Agent;
pub use crate::domain::delivery::{ItemResult, MAX_RECORDS as MAX_BATCH};
use crate::domain::employee::ExternalId;
use crate::domain::id::SubjectId;
use crate::domain::invalid::Invalid;
use crate::domain::past::Past;
use crate::domain::record::Record;
use crate::domain::standing::History;
pub use crate::store::deliveries::Keyed;
use crate::store::deliveries::{Delivery, Item, Person};

/// Leave to deliver: to be had before the records are read, and held until they are answered.
///
/// # Errors
/// `Busy` when as many as may deliver already.
pub fn turn(app: &App) -> Result<Turn, Error> {
    app.intake.turn()
}

/// Takes records from a collector; one bad item never fails the others. Sending the same again changes nothing and
/// answers the same. What is about somebody unknown is answered like what is about somebody who never chose.
///
/// # Errors
/// `Denied` when the agent does not collect; when the database fails, nothing of the call is stored.
pub async fn ingest(
    app: &App,
    agent: &Agent,
    items: Vec<Result<Record, Invalid>>,
) -> Result<Vec<ItemResult>, Error> {
    ingest_once(app, agent, items, None).await
}

/// As [`ingest`], under a key: for a day, the same key with the same body is answered as the first time, also what
/// would be judged differently by now.
///
/// # Errors
/// As [`ingest`]; `KeyReused` when the key came with another body, `UnderWay` while the first is not answered.
pub async fn ingest_once(
    app: &App,
    agent: &Agent,
    items: Vec<Result<Record, Invalid>>,
    key: Option<Keyed>,
) -> Result<Vec<ItemResult>, Error> {
    if !agent.kind.collects() {
        return Err(Error::Denied);
    }
    let mark = key
        .as_ref()
        .map(|keyed| app.intake.mark(&agent.name, &keyed.key));
    let mark = mark.transpose()?;
    let received_at = app.now();
    let catalogue = app.catalogue().await?;
    let judge = Judge {
        agent,
        catalogue: &catalogue,
        people: people(app, agent, &items).await?,
        received_at,
    };
    let delivery = Delivery {
        agent: agent.name.clone(),
        received_at,
        key,
        items: items.into_iter().map(|item| judge.item(item)).collect(),
    };
    app.intake.deliver(delivery, mark).await
}

/// Somebody who is known here.
struct Known {
    subject: SubjectId,
    past: Past,
    /// Whether the agent is registered for people of their unit.
    concerned: bool,
}

/// What judging the records of one delivery needs.
struct Judge<'a> {
    agent: &'a Agent,
    catalogue: &'a Catalogue,
    people: HashMap<ExternalId, Known>,
    received_at: DateTime<Utc>,
}

impl Judge<'_> {
    fn item(&self, item: Result<Record, Invalid>) -> Item {
        item.and_then(|record| self.judge(record))
            .unwrap_or_else(|invalid| Item::Said(ItemResult::Rejected(invalid)))
    }

    fn judge(&self, mut record: Record) -> Result<Item, Invalid> {
        let declared = self.declared(&record)?;
        record.check(self.received_at)?;
        // The collector's clock may run a little ahead; the server's is the authority on what has happened yet.
        record.from = record.from.min(self.received_at);
        record.to = record.to.min(self.received_at);
        let known = self.people.get(&record.employee);
        // Somebody whom the agent has nothing to do with looks like somebody unknown.
        let concerned = known.filter(|known| known.concerned);
        let choices = concerned.map_or(&[][..], |known| {
            known
                .past
                .bearing(&record.program, &record.category, record.from, record.to)
        });
        let verdict = record.verdict(&History {
            program: &declared.program,
            material: &declared.material,
            choices,
        });
        Ok(match known {
            Some(known) => Item::Kept(known.subject, record, verdict),
            None => Item::Said(verdict.into()),
        })
    }

    /// The programme that the record is for, if the agent collects that for it.
    fn declared(&self, record: &Record) -> Result<&Declared, Invalid> {
        let declared = self.catalogue.program(&record.program);
        let declared = declared.filter(|_| self.agent.covers(&record.program, &record.category));
        let declared = declared.ok_or_else(|| {
            Invalid::new(
                "program",
                "This agent is not registered for this programme and category.",
            )
        })?;
        let dataset = declared.program.declaration.dataset(&record.dataset);
        dataset
            .filter(|dataset| dataset.categories.contains(&record.category))
            .map(|_| declared)
            .ok_or_else(|| {
                Invalid::new(
                    "dataset",
                    "Name a dataset that the programme declares for this category.",
                )
            })
    }
}

/// Everybody whom the records are about, as far as they are known here: one query, however many there are.
async fn people(
    app: &App,
    agent: &Agent,
    items: &[Result<Record, Invalid>],
) -> Result<HashMap<ExternalId, Known>, Error> {
    let people: BTreeSet<_> = items
        .iter()
        .flatten()
        .map(|record| &record.employee)
        .collect();
    let people: Vec<_> = people.into_iter().cloned().collect();
    let histories = app.store.histories(&people).await?;
    let known = |person: Person| Known {
        subject: person.subject,
        past: Past::new(person.choices),
        concerned: agent.units.is_empty() || agent.units.contains(&person.unit),
    };
    let histories = histories.into_iter();
    Ok(histories.map(|(id, person)| (id, known(person))).collect())
}
