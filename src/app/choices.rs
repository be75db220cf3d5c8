//! Choices: see where one stands, say yes or no, all off at once.

use chrono::{DateTime, Utc};

use super::App;
use super::activity;
use super::error::{Conflict, Error};
use super::situation::{Situation, situations};
use crate::domain::choice::{Answer, ChoiceEvent, ChoiceState, transition};
use crate::domain::employee::Locale;
use crate::domain::id::{AgentName, CategoryId, FormId, ProgramId, SubjectId};
use crate::domain::invalid::Invalid;
use crate::domain::notice::{PublishedNotice, in_force, upcoming};
use crate::domain::program::{Program, ProgramCategory};
use crate::domain::standing::{Reason, Standing};
use crate::ledger::hash::Hash;
use crate::ledger::payload::{ChoiceStatement, Statement};
use crate::ledger::prepared::Link;
use crate::store::write::{Change, ChoiceDraft, Refusal};

/// How often a choice is decided anew when another window of the same person was faster.
const ATTEMPTS: usize = 16;

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

/// What a choice came to.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The event; `None` when it already was so and nothing was written.
    pub event: Option<ChoiceEvent>,
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
    for situation in situations(app, subject).await? {
        let history = situation.history();
        let declaration = &situation.program.declaration;
        let upcoming = upcoming(&situation.notices, now).cloned();
        let row = |category: &ProgramCategory| {
            let standing = history.standing(&category.id, None, now);
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
                standing_then: upcoming.as_ref().map(|notice| {
                    history.standing(&category.id, None, notice.version.effective_at)
                }),
                records_this_week: counted.map_or(0, |(.., records)| *records),
                collectors: covering.map(|agent| agent.name.clone()).collect(),
                settled_by: (!standing.permits() && was_on && settled_by > now)
                    .then_some(settled_by),
                latest,
            }
        };
        board.push(ProgramChoices {
            rows: declaration.categories.iter().map(row).collect(),
            in_force: in_force(&situation.notices, now).cloned(),
            upcoming,
            program: situation.program,
        });
    }
    Ok(board)
}

/// What a choice is about.
#[derive(Debug, Clone)]
pub struct Choosing {
    /// Which programme.
    pub program: ProgramId,
    /// Which category.
    pub category: CategoryId,
    /// Yes or no.
    pub answer: Answer,
    /// The notice version that was shown; 0 when there was none.
    pub notice_version: u32,
    /// The language in which it was shown.
    pub language: Locale,
}

/// Says yes or no. A no never fails for what was shown; a yes counts only for a text that counts.
///
/// # Errors
/// `NotFound` when there is no such programme or category; `NoticeOutdated` when a yes was to a replaced version;
/// `Replayed` when the form was already sent.
pub async fn choose(
    app: &App,
    subject: &SubjectId,
    choosing: &Choosing,
    once: Option<FormId>,
) -> Result<Chosen, Error> {
    for _ in 0..ATTEMPTS {
        // Before the history: if the chain still ends here when the choice is written, nothing was missed.
        let link = app.store.link(subject).await?;
        let all = situations(app, subject).await?;
        let situation = all
            .iter()
            .find(|situation| situation.program.declaration.id == choosing.program)
            .ok_or(Error::NotFound)?;
        situation
            .program
            .declaration
            .category(&choosing.category)
            .ok_or(Error::NotFound)?;
        let drafted = draft(app, subject, situation, choosing, link.as_ref())?;
        let nothing_new = drafted.is_none();
        match app
            .write(once, drafted.map(Change::Choice).into_iter().collect())
            .await?
        {
            Ok(_) if nothing_new => return Ok(Chosen { event: None }),
            Ok(committed) => {
                let history = app.store.choices(subject, Some(&choosing.program)).await?;
                let entry = committed.entries.first().copied();
                return Ok(Chosen {
                    event: history.into_iter().find(|event| Some(event.entry) == entry),
                });
            }
            Err(Refusal::Stale) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(Conflict::Busy.into())
}

/// Turns off everything that is on, in one step. What is off stays as it is, with its own history.
///
/// # Errors
/// `Replayed` when the form was already sent.
pub async fn all_off(
    app: &App,
    subject: &SubjectId,
    once: FormId,
) -> Result<Vec<ChoiceEvent>, Error> {
    for _ in 0..ATTEMPTS {
        let mut changes = Vec::new();
        let mut link = app.store.link(subject).await?;
        for situation in &situations(app, subject).await? {
            for category in &situation.program.declaration.categories {
                let on = situation
                    .history()
                    .latest(&category.id, app.now())
                    .is_some_and(|event| event.state.permits());
                let program = situation.program.declaration.id.clone();
                let choosing = Choosing {
                    program,
                    category: category.id.clone(),
                    answer: Answer::Refuse,
                    // No text was shown with it.
                    notice_version: 0,
                    language: Locale::En,
                };
                if on
                    && let Some(drafted) = draft(app, subject, situation, &choosing, link.as_ref())?
                {
                    link = Some(drafted.statement.link());
                    changes.push(Change::Choice(drafted));
                }
            }
        }
        match app.write(Some(once), changes).await? {
            Ok(committed) => {
                let history = app.store.choices(subject, None).await?;
                return Ok(history
                    .into_iter()
                    .filter(|event| committed.entries.contains(&event.entry))
                    .collect());
            }
            Err(Refusal::Stale) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(Conflict::Busy.into())
}

/// Everything that a person ever said, newest first.
///
/// # Errors
/// When the database fails.
pub async fn history(app: &App, subject: &SubjectId) -> Result<Vec<ChoiceEvent>, Error> {
    let mut events = app.store.choices(subject, None).await?;
    events.reverse();
    Ok(events)
}

fn draft(
    app: &App,
    subject: &SubjectId,
    situation: &Situation,
    choosing: &Choosing,
    link: Option<&Link>,
) -> Result<Option<ChoiceDraft>, Error> {
    let now = app.now();
    let history = situation.history();
    let current = in_force(&situation.notices, now);
    let shown = situation
        .notices
        .iter()
        .find(|notice| notice.version.version == choosing.notice_version);
    if choosing.answer == Answer::Give {
        let in_force = current.map_or(0, |notice| notice.version.version);
        if shown.is_none() || choosing.notice_version < in_force {
            return Err(Conflict::NoticeOutdated { in_force }.into());
        }
        if shown.is_some_and(|notice| !notice.version.texts.contains_key(&choosing.language)) {
            let message = "Choose a language in which the notice is written.";
            return Err(Invalid::new("language", message).into());
        }
    }
    let latest = history.latest(&choosing.category, now);
    let counts = history.standing(&choosing.category, None, now).reason != Reason::NoticeOutdated;
    let Some(state) = transition(latest, choosing.answer, choosing.notice_version, counts) else {
        return Ok(None);
    };
    let statement = Statement::Choice(ChoiceStatement {
        program: choosing.program.clone(),
        category: choosing.category.clone(),
        notice: shown.map(|notice| notice.version.notice.clone()),
        notice_version: shown.map(|notice| notice.version.version),
        notice_leaf: shown.map(|notice| notice.entry),
        notice_sha256: shown.map(|notice| Hash(notice.sha256)),
        language: choosing.language,
        decision: state,
    });
    Ok(Some(ChoiceDraft {
        statement: app.prepare(link, *subject, statement)?,
        program: choosing.program.clone(),
        category: choosing.category.clone(),
        state,
        notice_version: shown.map_or(0, |notice| notice.version.version),
        language: choosing.language,
    }))
}
