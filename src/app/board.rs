//! The board: everything that a person can choose, and where they stand.

use chrono::{DateTime, Utc};

use super::App;
use super::activity;
use super::error::Error;
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
    let mut board = Vec::new();
    for situation in situations(app, subject).await?.iter() {
        let history = situation.history();
        let declared = situation.declared;
        let declaration = &declared.program.declaration;
        let upcoming = upcoming(&declared.notices, now).cloned();
        let row = |category: &ProgramCategory| {
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
                settled_by: (!standing.permits() && was_on && settled_by > now)
                    .then_some(settled_by),
                latest,
            }
        };
        board.push(ProgramChoices {
            rows: declaration.categories.iter().map(row).collect(),
            in_force: in_force(&declared.notices, now).cloned(),
            upcoming,
            program: declared.program.clone(),
        });
    }
    Ok(board)
}
