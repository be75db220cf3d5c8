//! Agents: registered, recognised by their key, revoked.

use super::App;
use super::callers::secret_sha256;
use super::error::{Conflict, Error};
use crate::domain::agent::{Agent, AgentKey, AgentKind};
use crate::domain::dialect::Dialect;
use crate::domain::employee::parse_label;
use crate::domain::id::{AgentName, CategoryId, ProgramId};
use crate::domain::invalid::Invalid;

/// An agent to be registered.
#[derive(Debug, Clone)]
pub struct NewAgent {
    /// Its name.
    pub name: AgentName,
    /// What it does.
    pub kind: AgentKind,
    /// The programmes it works for.
    pub programs: Vec<ProgramId>,
    /// The categories it may collect; empty means all of those programmes'.
    pub categories: Vec<CategoryId>,
    /// The units of the company whose people it may ask about; empty means everybody.
    pub units: Vec<String>,
    /// The words in which it asks.
    pub dialect: Dialect,
    /// Where it runs, in words.
    pub runs_on: String,
}

/// Registers an agent and returns its key: the only time that it is shown.
///
/// # Errors
/// `NameTaken`, or `Invalid` when it names a programme or category that is not declared.
pub async fn register(app: &App, new: NewAgent) -> Result<(Agent, AgentKey), Error> {
    let programs = app.store.programs().await?;
    if new.programs.is_empty()
        || new
            .programs
            .iter()
            .any(|id| !programs.iter().any(|program| &program.declaration.id == id))
    {
        return Err(Invalid::new(
            "programs",
            "Name at least one programme, and only declared ones.",
        )
        .into());
    }
    let declared = |id: &CategoryId| {
        programs.iter().any(|program| {
            new.programs.contains(&program.declaration.id)
                && program.declaration.category(id).is_some()
        })
    };
    if !new.categories.iter().all(declared) {
        return Err(Invalid::new(
            "categories",
            "Name only categories that its programmes declare.",
        )
        .into());
    }
    let runs_on = parse_label("runs_on", &new.runs_on)?;
    let units = new.units.iter().map(|unit| parse_label("units", unit));
    let units = units.collect::<Result<_, _>>()?;
    let agent = Agent {
        name: new.name,
        kind: new.kind,
        programs: new.programs,
        categories: new.categories,
        units,
        dialect: new.dialect,
        runs_on,
        registered_at: app.now(),
        revoked_at: None,
    };
    let key = AgentKey::from_random(app.random(), app.random());
    let registered = app
        .store
        .register(&agent, key.id(), secret_sha256(&key))
        .await?;
    app.noticed().await?;
    if registered {
        Ok((agent, key))
    } else {
        Err(Conflict::NameTaken.into())
    }
}

/// A new key for an agent. The newest earlier one stays valid until the next rotation, so that nothing stands still.
///
/// # Errors
/// `NotFound` when there is no such live agent.
pub async fn rotate(app: &App, name: &AgentName) -> Result<AgentKey, Error> {
    let agent = app
        .store
        .agent(name)
        .await?
        .filter(|agent| agent.revoked_at.is_none())
        .ok_or(Error::NotFound)?;
    let key = AgentKey::from_random(app.random(), app.random());
    app.store
        .add_key(&agent.name, key.id(), secret_sha256(&key), app.now())
        .await?;
    app.noticed().await?;
    Ok(key)
}

/// Revokes an agent and all its keys.
///
/// # Errors
/// `NotFound` when there is no such live agent.
pub async fn revoke(app: &App, name: &AgentName) -> Result<(), Error> {
    let revoked = app.store.revoke(name, app.now()).await?;
    app.noticed().await?;
    if revoked {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// All agents, revoked ones too, by name.
///
/// # Errors
/// When the database fails.
pub async fn agents(app: &App) -> Result<Vec<Agent>, Error> {
    Ok(app.store.agents().await?)
}
