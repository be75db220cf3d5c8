//! The snapshot: everything that an agent may rely on at one position, to go on from there with changes.

use chrono::{DateTime, Utc};

use super::App;
use super::catalogue::Declared;
use super::error::Error;
use crate::domain::agent::Agent;
use crate::domain::change::Allowed;
use crate::domain::choice::ChoiceEvent;
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::program::ProgramStatus;
use crate::domain::standing::Case;

/// What one choice permits. The order of the fields is that of the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Whose choice.
    pub employee: ExternalId,
    /// For which programme.
    pub program: ProgramId,
    /// For which kind of data.
    pub category: CategoryId,
    /// Since when and until when.
    pub allowed: Allowed,
}

/// The place of a permit in the order of the pages.
pub type Spot = (ExternalId, ProgramId, CategoryId);

/// A page of permits.
#[derive(Debug, Clone)]
pub struct Page {
    /// Everything before this position is in.
    pub seq: u64,
    /// The choices that permit, whatever the programme's status.
    pub permits: Vec<Permit>,
    /// Whether there are more.
    pub more: bool,
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

impl Permit {
    /// Its place in the order of the pages.
    pub fn spot(&self) -> Spot {
        (
            self.employee.clone(),
            self.program.clone(),
            self.category.clone(),
        )
    }
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
    let status = declared.program.status_at(now)?;
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

/// The permits that an agent may rely on, of these people or of everybody, after a spot, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn permits(
    app: &App,
    agent: &Agent,
    employees: Option<&[ExternalId]>,
    after: Option<&Spot>,
    limit: usize,
) -> Result<Page, Error> {
    // The head is read first: what is read after it can only be newer than the position that is promised.
    let (_, seq, _) = position(app).await?;
    let (catalogue, now) = (app.catalogue().await?, app.now());
    let mut people = app.store.employees().await?;
    people.retain(|person| {
        let id = &person.external_id;
        employees.is_none_or(|wanted| wanted.contains(id))
            && (agent.units.is_empty() || agent.units.contains(&person.unit))
            && after.is_none_or(|(employee, ..)| id >= employee)
    });
    people.sort_unstable_by(|a, b| a.external_id.cmp(&b.external_id));
    let mut permits = Vec::new();
    for person in people {
        let choices = app.store.choices(&person.subject, None).await?;
        let mut own: Vec<_> = catalogue
            .programs
            .iter()
            .flat_map(|declared| granted(declared, agent, &choices, now))
            .map(|(program, category, allowed)| Permit {
                employee: person.external_id.clone(),
                program,
                category,
                allowed,
            })
            .filter(|permit| after.is_none_or(|after| permit.spot() > *after))
            .collect();
        own.sort_unstable_by_key(Permit::spot);
        permits.extend(own);
        if permits.len() > limit {
            break;
        }
    }
    let more = permits.len() > limit;
    permits.truncate(limit);
    Ok(Page { seq, permits, more })
}

/// What a person's choices permit an agent in one programme.
fn granted(
    declared: &Declared,
    agent: &Agent,
    choices: &[ChoiceEvent],
    now: DateTime<Utc>,
) -> Vec<(ProgramId, CategoryId, Allowed)> {
    let declaration = &declared.program.declaration;
    let allowed = |category: &CategoryId| {
        let about = |choice: &&ChoiceEvent| {
            (&choice.program, &choice.category) == (&declaration.id, category)
        };
        let own = choices.iter().filter(about);
        let latest = own.max_by_key(|choice| (choice.at, choice.entry))?;
        let case = Case {
            status: declared.program.status_at(now),
            apps: &declaration.apps,
            material: &declared.material,
            last: Some(latest.last()),
        };
        let until = case.until();
        let holds = latest.state.permits() && until.is_none_or(|until| until > now);
        holds.then_some(Allowed {
            since: latest.at,
            until,
        })
    };
    let categories = declaration.categories.iter().map(|category| &category.id);
    let covered = categories.filter(|category| agent.covers(&declaration.id, category));
    covered
        .filter_map(|category| Some((declaration.id.clone(), category.clone(), allowed(category)?)))
        .collect()
}
