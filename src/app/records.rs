//! Records: batches of captured-batch metadata, each judged by the consent that held when it was captured.

use std::collections::HashMap;

use super::App;
use super::catalogue::{Catalogue, Declared};
use super::error::Error;
use crate::domain::agent::Agent;
use crate::domain::choice::ChoiceEvent;
use crate::domain::employee::ExternalId;
use crate::domain::id::SubjectId;
use crate::domain::invalid::Invalid;
use crate::domain::record::{Record, Verdict};
use crate::domain::standing::{History, Reason};

/// Most records in one call.
pub const MAX_BATCH: usize = 1000;

/// What became of one record of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemResult {
    /// Stored, within the person's choices.
    Accepted,
    /// Stored as evidence, outside them.
    Quarantined(Reason),
    /// Not stored.
    Rejected(Invalid),
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
    if !agent.kind.collects() {
        return Err(Error::Denied);
    }
    let received_at = app.now();
    let catalogue = app.catalogue().await?;
    let mut people: HashMap<ExternalId, Option<(SubjectId, Vec<ChoiceEvent>)>> = HashMap::new();
    let mut results = Vec::with_capacity(items.len());
    let (mut rows, mut places) = (Vec::new(), Vec::new());
    for item in items {
        let checked = item
            .and_then(|record| check(agent, &record, &catalogue).map(|()| record))
            .and_then(|record| record.check(received_at).map(|()| record));
        let record = match checked {
            Ok(record) => record,
            Err(invalid) => {
                results.push(ItemResult::Rejected(invalid));
                continue;
            }
        };
        if !people.contains_key(&record.employee) {
            people.insert(
                record.employee.clone(),
                person(app, &record.employee).await?,
            );
        }
        let known = people.get(&record.employee).and_then(Option::as_ref);
        let choices = known.map_or(&[][..], |(_, choices)| choices.as_slice());
        // `check` has made sure that the programme is declared.
        let Some(Declared {
            program, material, ..
        }) = catalogue.program(&record.program)
        else {
            continue;
        };
        // The collector's clock may run a little ahead; the server's is the authority on what has happened yet.
        let seen = Record {
            from: record.from.min(received_at),
            to: record.to.min(received_at),
            ..record.clone()
        };
        let verdict = seen.verdict(&History {
            program,
            material,
            choices,
        });
        results.push(result(verdict));
        if let Some((subject, _)) = known {
            places.push(results.len() - 1);
            rows.push((*subject, seen, verdict));
        }
    }
    let standing = app
        .store
        .add_records(&rows, &agent.name, received_at)
        .await?;
    for (place, verdict) in places.into_iter().zip(standing) {
        results[place] = match verdict {
            Some(verdict) => result(verdict),
            None => ItemResult::Rejected(Invalid::new(
                "id",
                "This id names another record already. Choose a new one for each.",
            )),
        };
    }
    Ok(results)
}

fn result(verdict: Verdict) -> ItemResult {
    match verdict {
        Verdict::Accepted => ItemResult::Accepted,
        Verdict::Quarantined(reason) => ItemResult::Quarantined(reason),
    }
}

fn check(agent: &Agent, record: &Record, catalogue: &Catalogue) -> Result<(), Invalid> {
    let program = catalogue
        .program(&record.program)
        .map(|declared| &declared.program.declaration);
    let program = program.filter(|_| agent.covers(&record.program, &record.category));
    let program = program.ok_or_else(|| {
        Invalid::new(
            "program",
            "This agent is not registered for this programme and category.",
        )
    })?;
    let dataset = program
        .dataset(&record.dataset)
        .filter(|dataset| dataset.categories.contains(&record.category));
    dataset.map(|_| ()).ok_or_else(|| {
        Invalid::new(
            "dataset",
            "Name a dataset that the programme declares for this category.",
        )
    })
}

async fn person(
    app: &App,
    id: &ExternalId,
) -> Result<Option<(SubjectId, Vec<ChoiceEvent>)>, Error> {
    let Some(employee) = app.store.employee_by_external_id(id).await? else {
        return Ok(None);
    };
    let choices = app.store.choices(&employee.subject, None).await?;
    Ok(Some((employee.subject, choices)))
}
