//! The company's first day: its directory, the accounts that the demo prints, its programmes and their agents.

use std::collections::HashMap;

use super::agents::AGENTS;
use super::company::{self, Person};
use super::programmes::{mci_at_first, support_review};
use crate::app::directory::ImportError;
use crate::app::error::Error;
use crate::app::{App, accounts, agents, directory, programs};
use crate::cli::Failure;
use crate::domain::agent::{Agent, AgentKey};
use crate::domain::id::{FormId, SubjectId};
use crate::store::Store;

/// What the first day leaves behind.
pub(super) struct Founded {
    /// In the order of the people.
    pub(super) subjects: Vec<SubjectId>,
    /// In the order of [`AGENTS`].
    pub(super) agents: Vec<(Agent, AgentKey)>,
}

/// Imports the people, opens accounts with `password`, gives roles, declares programmes and registers agents.
pub(super) async fn found(
    app: &App,
    store: &dyn Store,
    people: &[Person],
    password: &str,
) -> Result<Founded, Failure> {
    let imported = directory::import(app, &company::csv(people)?).await;
    imported.map_err(|error| match error {
        ImportError::Rows(rows) => Failure(rows.iter().map(|row| format!("{row}\n")).collect()),
        ImportError::App(error) => error.into(),
    })?;
    let known = store.employees().await.map_err(Error::from)?;
    let known: HashMap<_, _> = known
        .into_iter()
        .map(|employee| (employee.external_id, employee.subject))
        .collect();
    let subjects = people.iter().map(|person| known.get(&person.id).copied());
    let subjects: Option<Vec<SubjectId>> = subjects.collect();
    let subjects =
        subjects.ok_or_else(|| Failure("somebody is missing after the import".into()))?;
    for person in people.iter().filter(|person| person.signs_in) {
        let token = accounts::invite(app, &person.id, false).await?;
        let once = FormId::from_random(app.random());
        accounts::accept_invitation(app, &token, password, once).await?;
        if let Some(role) = person.role {
            accounts::set_role(app, &person.id, role, true).await?;
        }
    }
    programs::declare(app, &mci_at_first()?).await?;
    programs::declare(app, &support_review()?).await?;
    let mut registered = Vec::with_capacity(AGENTS.len());
    for agent in &AGENTS {
        registered.push(agents::register(app, agent.new_agent()?).await?);
    }
    Ok(Founded {
        subjects,
        agents: registered,
    })
}
