//! The snapshot: everything that an agent may rely on at one position, to go on from there with changes.

use chrono::{DateTime, Utc};

use super::App;
use super::callers::Caller;
use super::catalogue::Declared;
use super::error::{Conflict, Error};
use super::standings::Permitted;
use crate::domain::agent::Agent;
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::invalid::Invalid;
use crate::domain::program::ProgramStatus;

/// Where a page begins, on one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The server's reading of the ledger from its beginning.
    pub generation: u64,
    /// Number of a person there, or place among the people who were named.
    pub person: u32,
    /// How many of that person's permits stood on the page before.
    pub skip: u32,
}

/// A page of permits.
#[derive(Debug, Clone)]
pub struct Page {
    /// Everything before this position is in.
    pub seq: u64,
    /// The choices that permit, whatever the programme's status.
    pub permits: Vec<Permitted>,
    /// Where the next page begins; `None`: this is the last one.
    pub next: Option<Spot>,
}

/// A programme as an agent needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Which programme.
    pub program: ProgramId,
    /// Its status.
    pub status: ProgramStatus,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The declared categories that the agent may collect.
    pub categories: Vec<CategoryId>,
    /// The apps in which it captures; empty means any.
    pub apps: Vec<String>,
}

/// The log's name, the position that a snapshot would have now, and how often the directory has changed.
///
/// # Errors
/// When the database fails, or the ledger stands still.
pub async fn position(app: &App) -> Result<(String, u64, i64), Error> {
    let head = super::ledger::head(app).await?;
    app.continues(&head)?;
    let seq = head.seq();
    let pulse = app.store.pulse().await?;
    let people = pulse.map_or(0, |pulse| pulse.revisions.people);
    Ok((head.origin, seq, people))
}

/// The people whom an agent may ask about, by their ids; `None`: everybody.
///
/// # Errors
/// When the database fails.
pub async fn members(app: &App, agent: &Agent) -> Result<Option<Vec<ExternalId>>, Error> {
    app.running()?;
    if agent.units.is_empty() {
        return Ok(None);
    }
    let mut members = app.store.members(&agent.units).await?;
    members.sort_unstable();
    Ok(Some(members))
}

/// The programmes that an agent is registered for, by their ids.
///
/// # Errors
/// When the database fails.
pub async fn rules(app: &App, agent: &Agent) -> Result<Vec<Rules>, Error> {
    let (catalogue, now) = (app.catalogue().await?, app.now());
    let own = catalogue.programs.iter();
    let mut rules: Vec<_> = own
        .filter_map(|declared| of(declared, agent, now))
        .collect();
    rules.sort_unstable_by(|a, b| a.program.cmp(&b.program));
    Ok(rules)
}

fn of(declared: &Declared, agent: &Agent, now: DateTime<Utc>) -> Option<Rules> {
    let declaration = &declared.program.declaration;
    let status = declared.program.status_now(now)?;
    let ids = declaration.categories.iter().map(|category| &category.id);
    let covered = ids.filter(|category| agent.covers(&declaration.id, category));
    agent.programs.contains(&declaration.id).then(|| Rules {
        program: declaration.id.clone(),
        status: status.status,
        since: status.at,
        categories: covered.cloned().collect(),
        apps: declaration.apps.clone(),
    })
}

/// The permits that an agent may rely on, of these people or of everybody, from a spot on, at most `limit`.
///
/// # Errors
/// `Invalid` for a spot of another server or of before everything was read anew; `Busy` while the first load is under way.
pub async fn permits(
    app: &App,
    caller: &Caller,
    employees: Option<&[ExternalId]>,
    after: Option<Spot>,
    limit: usize,
) -> Result<Page, Error> {
    app.running()?;
    let reading = app.standings().reading().await?;
    if !reading.is_fresh() {
        return Err(Conflict::Busy.into());
    }
    let generation = reading.generation();
    let (person, skip) = match after {
        None => (0, 0),
        Some(spot) if spot.generation == generation => (spot.person, spot.skip),
        Some(_) => {
            let hint = "This server has read everything anew, or is another one. Begin again, without `after`.";
            return Err(Invalid::new("after", hint).into());
        }
    };
    let (permits, next) = reading.permitted(caller, employees, (person, skip), limit, app.now());
    Ok(Page {
        seq: reading.seq(),
        permits,
        next: next.map(|(person, skip)| Spot {
            generation,
            person,
            skip,
        }),
    })
}
