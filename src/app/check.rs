//! The check: may this agent collect this category for this programme about this employee now?

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::App;
use super::catalogue::Declared;
use super::error::Error;
use crate::domain::agent::Agent;
use crate::domain::attribute::{self, Attributes};
use crate::domain::choice::ChoiceEvent;
use crate::domain::condition::Circumstances;
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::property::Given;
use crate::domain::question::Question;
use crate::domain::standing::{History, Reason, Standing};

/// One answer.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    /// Yes or no, and why.
    pub standing: Standing,
    /// Size of the log that the answer is based on.
    pub seq: u64,
    /// When it was given.
    pub as_of: DateTime<Utc>,
    /// For how long it may be relied on.
    pub lease_ms: u64,
}

/// Answers `questions` in their order.
///
/// # Errors
/// When the database fails: never a yes.
pub async fn evaluate(
    app: &App,
    agent: &Agent,
    questions: &[Question<'_>],
) -> Result<Vec<Decision>, Error> {
    // The head is read first: what is read after it can only be newer than the position that is promised.
    let head = super::ledger::head(app).await?;
    app.continues(&head)?;
    let seq = head.seq();
    let as_of = app.now();
    let lease_ms = app.settings.holds.lease_ms;
    let catalogue = app.catalogue().await?;
    let mut people: HashMap<&str, Person> = HashMap::new();
    let mut decisions = Vec::with_capacity(questions.len());
    for question in questions {
        if !people.contains_key(question.employee) {
            people.insert(question.employee, person(app, question.employee).await?);
        }
        let program = question.program.parse::<ProgramId>().ok();
        let declared = program.and_then(|program| catalogue.program(&program));
        let nobody = Person::default();
        let person = people.get(question.employee).unwrap_or(&nobody);
        decisions.push(Decision {
            standing: decide(agent, question, declared, person, as_of),
            seq,
            as_of,
            lease_ms,
        });
    }
    Ok(decisions)
}

fn decide(
    agent: &Agent,
    question: &Question<'_>,
    declared: Option<&Declared>,
    person: &Person,
    now: DateTime<Utc>,
) -> Standing {
    let unregistered = Standing {
        reason: Reason::AgentNotRegistered,
        since: now,
    };
    let Some(Declared {
        program, material, ..
    }) = declared
    else {
        return unregistered;
    };
    let Ok(category) = question.category.parse::<CategoryId>() else {
        return unregistered;
    };
    let history = History {
        program,
        material,
        choices: &person.choices,
    };
    let none = Attributes::new();
    let declared = program.declaration.category(&category);
    let resource = attribute::said(declared.map_or(&none, |declared| &declared.attributes));
    let subject = attribute::said(&person.attributes);
    let around = Circumstances {
        app: question.app,
        caller: question.given,
        stored: Given {
            subject: &subject,
            resource: &resource,
            ..Given::NOTHING
        },
    };
    let standing = history.case(&category, now).standing(&around, now);
    if matches!(
        standing.reason,
        Reason::ProgramPaused | Reason::ProgramEnded
    ) && agent.programs.contains(&program.declaration.id)
    {
        return standing;
    }
    if agent.covers(&program.declaration.id, &category) {
        standing
    } else {
        unregistered
    }
}

/// What bears on answers about one person.
#[derive(Default)]
struct Person {
    choices: Vec<ChoiceEvent>,
    attributes: Attributes,
}

/// Somebody unknown has said nothing: the same answer, by the same way.
async fn person(app: &App, employee: &str) -> Result<Person, Error> {
    let Ok(id) = employee.parse::<ExternalId>() else {
        return Ok(Person::default());
    };
    match app.store.employee_by_external_id(&id).await? {
        Some(employee) => Ok(Person {
            choices: app.store.choices(&employee.subject, None).await?,
            attributes: app.store.attributes(&employee.subject).await?,
        }),
        None => Ok(Person::default()),
    }
}
