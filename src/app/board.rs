//! The board: everything that a person can choose, and where they stand.

use chrono::{DateTime, Utc};

use super::App;
use super::acks::{self, Confirmations, Stop};
use super::activity;
use super::error::Error;
use super::pauses::{self, Pause};
use super::situation::situations;
use crate::domain::choice::{ChoiceEvent, ChoiceState};
use crate::domain::id::{AgentName, SubjectId};
use crate::domain::notice::{PublishedNotice, in_force, upcoming};
use crate::domain::program::{Program, ProgramCategory};
use crate::domain::standing::Standing;

/// One programme on a person's page of choices.
#[derive(Debug, Clone)]
pub struct ProgramChoices {
    /// The programme.
    pub program: Program,
    /// The notice version that counts now.
    pub in_force: Option<PublishedNotice>,
    /// The newest version that is published but does not count yet.
    pub upcoming: Option<PublishedNotice>,
    /// Why it stands still, if it does.
    pub pause: Option<Pause>,
    /// One row per category, in the declaration's order.
    pub rows: Vec<ChoiceRow>,
}

/// One category on a person's page of choices.
#[derive(Debug, Clone)]
pub struct ChoiceRow {
    /// The category in the programme's words.
    pub category: ProgramCategory,
    /// Where the person stands now.
    pub standing: Standing,
    /// Where the person will stand when the upcoming notice counts, if nothing is done.
    pub standing_then: Option<Standing>,
    /// The latest thing said.
    pub latest: Option<ChoiceEvent>,
    /// Records since Monday.
    pub records_this_week: u64,
    /// Collectors that are registered for it.
    pub collectors: Vec<AgentName>,
    /// Who has stopped, where there was a yes from which to stop.
    pub spread: Option<Confirmations>,
    /// While a collector may still hold a yes from before a no: when the last such lease ends.
    pub settled_by: Option<DateTime<Utc>>,
}

/// Everything that a person can choose, and where they stand.
///
/// # Errors
/// When the database fails.
pub async fn board(app: &App, subject: &SubjectId) -> Result<Vec<ProgramChoices>, Error> {
    let now = app.now();
    let agents = app.store.agents().await?;
    let week = activity::week(app, subject).await?;
    let employee = app.store.employee(subject).await?;
    let unit = employee.map(|employee| employee.unit);
    let mut board = Vec::new();
    for situation in situations(app, subject).await?.iter() {
        let history = situation.history();
        let declared = situation.declared;
        let declaration = &declared.program.declaration;
        let upcoming = upcoming(&declared.notices, now).cloned();
        let pause = pauses::of(app, &declared.program).await?;
        let mut spreads = Vec::new();
        for category in &declaration.categories {
            let latest = history.latest(&category.id, now);
            let stop = stop(latest, pause.as_ref(), unit.clone());
            spreads.push(acks::recent(app, stop, &agents).await?);
        }
        let row = |(category, spread): (&ProgramCategory, Option<Confirmations>)| {
            let standing = history.overall(&category.id, now);
            let settled_by = standing.since + app.settings.holds.lease();
            let counted = week.counts.iter().find(|(program, counted, _)| {
                (program, counted) == (&declaration.id, &category.id)
            });
            let covering = agents
                .iter()
                .filter(|agent| agent.covers(&declaration.id, &category.id));
            let latest = history.latest(&category.id, now).cloned();
            // Only where there was a yes can a collector still hold one.
            let was_on = latest.as_ref().is_some_and(|event| {
                event.state.permits() || event.state == ChoiceState::Withdrawn
            });
            ChoiceRow {
                category: category.clone(),
                standing,
                standing_then: upcoming
                    .as_ref()
                    .map(|notice| history.overall(&category.id, notice.version.effective_at)),
                records_this_week: counted.map_or(0, |(.., records)| *records),
                collectors: covering.map(|agent| agent.name.clone()).collect(),
                settled_by: (!standing.permits()
                    && was_on
                    && settled_by > now
                    && !has_settled(spread.as_ref()))
                .then_some(settled_by),
                latest,
                spread,
            }
        };
        board.push(ProgramChoices {
            rows: declaration
                .categories
                .iter()
                .zip(spreads)
                .map(row)
                .collect(),
            pause,
            in_force: in_force(&declared.notices, now).cloned(),
            upcoming,
            program: declared.program.clone(),
        });
    }
    Ok(board)
}

/// What collectors have to stop for: a yes that was taken back, or one that a pause has suspended.
fn stop(latest: Option<&ChoiceEvent>, pause: Option<&Pause>, unit: Option<String>) -> Option<Stop> {
    let event = latest?;
    match (event.state, pause) {
        (ChoiceState::Withdrawn, _) => Some(Stop {
            seq: event.entry + 1,
            at: event.at,
            program: event.program.clone(),
            category: Some(event.category.clone()),
            unit,
        }),
        (state, Some(pause)) if state.permits() => Some(Stop {
            category: Some(event.category.clone()),
            unit,
            ..pause.stop()
        }),
        _ => None,
    }
}

/// Whether every collector has confirmed: then no lease is left to wait for.
fn has_settled(spread: Option<&Confirmations>) -> bool {
    spread.is_some_and(|spread| spread.took().is_some())
}
