//! The check: may this agent collect this category for this programme about this employee now?

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::App;
use super::catalogue::Declared;
use super::error::Error;
use crate::domain::agent::Agent;
use crate::domain::choice::ChoiceEvent;
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::standing::{History, Reason, Standing};

/// One question, in the caller's words. What does not parse is unknown here and gets the answer of the unknown.
#[derive(Debug, Clone)]
pub struct Question {
    /// External id of the employee.
    pub employee: String,
    /// The programme.
    pub program: String,
    /// The category.
    pub category: String,
    /// The app in which would be captured.
    pub app: Option<String>,
}

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
    questions: &[Question],
) -> Result<Vec<Decision>, Error> {
    // The head is read first: what is read after it can only be newer than the position that is promised.
    let head = super::ledger::head(app).await?;
    app.continues(&head)?;
    let seq = head.seq();
    let as_of = app.now();
    let lease_ms = app.settings.holds.lease_ms;
    let catalogue = app.catalogue().await?;
    let mut people: HashMap<&str, Vec<ChoiceEvent>> = HashMap::new();
    let mut decisions = Vec::with_capacity(questions.len());
    for question in questions {
        if !people.contains_key(question.employee.as_str()) {
            people.insert(&question.employee, choices(app, &question.employee).await?);
        }
        let program = question.program.parse::<ProgramId>().ok();
        let declared = program.and_then(|program| catalogue.program(&program));
        let choices = people
            .get(question.employee.as_str())
            .map_or(&[][..], Vec::as_slice);
        decisions.push(Decision {
            standing: decide(agent, question, declared, choices, as_of),
            seq,
            as_of,
            lease_ms,
        });
    }
    Ok(decisions)
}

fn decide(
    agent: &Agent,
    question: &Question,
    declared: Option<&Declared>,
    choices: &[ChoiceEvent],
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
        choices,
    };
    let standing = history.standing(&category, question.app.as_deref(), now);
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

/// Somebody unknown has said nothing: the same answer, by the same way.
async fn choices(app: &App, employee: &str) -> Result<Vec<ChoiceEvent>, Error> {
    let Ok(id) = employee.parse::<ExternalId>() else {
        return Ok(Vec::new());
    };
    match app.store.employee_by_external_id(&id).await? {
        Some(employee) => Ok(app.store.choices(&employee.subject, None).await?),
        None => Ok(Vec::new()),
    }
}
