//! What an agent gets to hear of: its programmes and categories, and of people all or those it names.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::app::callers::Caller;
use crate::app::error::Error;
use crate::app::{App, snapshot};
use crate::domain::change::{Change, What};
use crate::domain::employee::ExternalId;
use crate::domain::invalid::Invalid;

/// People that a request may name.
pub const MAX_EMPLOYEES: usize = 100;

/// An agent, and the people that it asks about.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The agent.
    pub agent: Arc<Caller>,
    /// Only these people, in the order of their ids; `None`: everybody whom the agent is registered for.
    pub employees: Option<Vec<ExternalId>>,
    /// The people of the agent's units, in the order of their ids; `None`: everybody.
    members: Option<Vec<ExternalId>>,
}

impl Scope {
    /// Reads `employees=E-1001,E-1002`.
    ///
    /// # Errors
    /// `denied` for an agent that collects nothing; `malformed` when there are too many, or one is not an id.
    pub async fn new(
        app: &App,
        agent: Arc<Caller>,
        employees: Option<&str>,
    ) -> Result<Self, Problem> {
        if !agent.kind.collects() {
            return Err(Problem::denied());
        }
        let employees = employees.map(people).transpose();
        let employees = employees.map_err(|invalid| Problem::invalid(&[invalid]))?;
        let members = snapshot::members(app, &agent).await?;
        Ok(Self {
            agent,
            employees,
            members,
        })
    }

    /// The directory has changed: who is in the agent's units is asked anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh(&mut self, app: &App) -> Result<(), Error> {
        self.members = snapshot::members(app, &self.agent).await?;
        Ok(())
    }

    /// Whether somebody is among those whom the agent may hear of, as the directory has it now.
    pub fn knows(&self, employee: &str) -> bool {
        let among =
            |ids: &Vec<ExternalId>| ids.binary_search_by(|id| id.as_str().cmp(employee)).is_ok();
        self.members.as_ref().is_none_or(among)
    }

    /// Whether the agent gets to hear of a change.
    pub fn concerns(&self, change: &Change) -> bool {
        let own = |program| self.agent.programs.contains(program);
        match &change.what {
            What::Choice {
                employee,
                program,
                category,
                ..
            } => self.agent.covers(program, category) && self.names(employee),
            What::Status { program, .. } | What::Declared { program } => own(program),
            What::Notice { programs, .. } => programs.iter().any(own),
            What::Resync => true,
        }
    }

    /// Whether what it gets to hear of a change is what everybody gets who hears of it.
    pub fn is_plain(&self, change: &Change) -> bool {
        match &change.what {
            What::Declared { .. } => self.agent.categories.is_empty(),
            What::Notice { programs, .. } => programs
                .iter()
                .all(|program| self.agent.programs.contains(program)),
            What::Choice { .. } | What::Status { .. } | What::Resync => true,
        }
    }

    fn names(&self, employee: &ExternalId) -> bool {
        let named = |ids: &Vec<ExternalId>| ids.binary_search(employee).is_ok();
        [&self.employees, &self.members]
            .into_iter()
            .all(|list| list.as_ref().is_none_or(named))
    }
}

fn people(list: &str) -> Result<Vec<ExternalId>, Invalid> {
    let hint = "Give the ids of 1 to 100 employees, with commas between them.";
    let ids: Result<Vec<ExternalId>, Invalid> = list.split(',').map(str::parse).collect();
    let mut ids = ids.map_err(|_| Invalid::new("employees", hint))?;
    if ids.len() > MAX_EMPLOYEES {
        return Err(Invalid::new("employees", hint));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The parameters after the question mark; whatever does not fit is a 400.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked.map(|Query(asked)| Self(asked)).map_err(|_| {
            Problem::malformed(
                "A parameter after the question mark is not in the documented form (see /openapi.json).",
            )
        })
    }
}
