//! Choices: say yes or no, all off at once, what was said before. Where one stands is in `board.rs`.

use super::App;
use super::error::{Conflict, Error};
use super::fresh::Fresh;
use super::situation::{Situation, situation_about, situations};
use crate::domain::choice::{Answer, ChoiceEvent, transition};
use crate::domain::condition::Conditions;
use crate::domain::employee::Locale;
use crate::domain::id::{CategoryId, FormId, ProgramId, SubjectId};
use crate::domain::invalid::Invalid;
use crate::domain::notice::in_force;
use crate::domain::standing::Reason;
use crate::ledger::hash::Hash;
use crate::ledger::payload::{ChoiceStatement, Statement};
use crate::ledger::prepared::Link;
use crate::store::write::{Change, ChoiceDraft, Committed, Refusal};

/// How often a choice is decided anew when another window of the same person was faster.
const ATTEMPTS: usize = 16;

/// What a choice came to.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The event; `None` when it already was so and nothing was written.
    pub event: Option<ChoiceEvent>,
    /// What its receipt is made from, without asking the database again.
    pub fresh: Option<Fresh>,
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
    /// What narrows a yes; `None` keeps what narrows the one that is renewed.
    pub conditions: Option<Conditions>,
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
        let about = situation_about(app, subject, &choosing.program, &choosing.category).await?;
        let situation = about.of(&choosing.program).ok_or(Error::NotFound)?;
        situation
            .declared
            .program
            .declaration
            .category(&choosing.category)
            .ok_or(Error::NotFound)?;
        let drafted = draft(app, subject, situation, choosing, link.as_ref())?;
        let changes = drafted.clone().map(Change::Choice).into_iter().collect();
        match app.write(once, changes).await? {
            Ok(committed) => return Ok(chosen(drafted, &committed)),
            Err(Refusal::Stale) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(Conflict::Busy.into())
}

fn chosen(drafted: Option<ChoiceDraft>, committed: &Committed) -> Chosen {
    let made = drafted.zip(committed.entries.first().copied());
    let Some((draft, entry)) = made else {
        return Chosen {
            event: None,
            fresh: None,
        };
    };
    Chosen {
        event: Some(draft.event(entry)),
        fresh: Some(Fresh {
            opening: draft.statement.opening,
            entry,
            log: committed.log.clone(),
        }),
    }
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
        for situation in situations(app, subject).await?.iter() {
            let declaration = &situation.declared.program.declaration;
            for category in &declaration.categories {
                let on = situation
                    .history()
                    .latest(&category.id, app.now())
                    .is_some_and(|event| event.state.permits());
                let choosing = Choosing {
                    program: declaration.id.clone(),
                    category: category.id.clone(),
                    answer: Answer::Refuse,
                    // No text was shown with it.
                    notice_version: 0,
                    language: Locale::En,
                    conditions: None,
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
    situation: Situation<'_>,
    choosing: &Choosing,
    link: Option<&Link>,
) -> Result<Option<ChoiceDraft>, Error> {
    let now = app.now();
    let history = situation.history();
    let current = in_force(&situation.declared.notices, now);
    let shown = situation
        .declared
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
    // Even if the server's clock runs behind what was said last.
    let now = link.map_or(now, |link| link.at.max(now));
    let latest = history.latest(&choosing.category, now);
    let counts = history.overall(&choosing.category, now).reason != Reason::NoticeOutdated;
    let conditions = conditions(latest, choosing);
    let shown_version = choosing.notice_version;
    let Some(state) = transition(latest, choosing.answer, shown_version, &conditions, counts)
    else {
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
        conditions: conditions.clone(),
    });
    Ok(Some(ChoiceDraft {
        statement: app.prepare(link, *subject, statement)?,
        program: choosing.program.clone(),
        category: choosing.category.clone(),
        state,
        notice_version: shown.map_or(0, |notice| notice.version.version),
        language: choosing.language,
        conditions,
    }))
}

/// What narrows the answer: a no is never narrowed, and a yes to a new text stays as narrow as the one it renews.
fn conditions(latest: Option<&ChoiceEvent>, choosing: &Choosing) -> Conditions {
    let kept = || {
        let renewed = latest.filter(|event| event.state.permits());
        renewed.map(|event| event.conditions.clone())
    };
    match choosing.answer {
        Answer::Refuse => Conditions::default(),
        Answer::Give => choosing
            .conditions
            .clone()
            .or_else(kept)
            .unwrap_or_default(),
    }
}
