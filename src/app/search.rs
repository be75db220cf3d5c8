//! Searches: about whom, what, for which programmes may an agent collect? Whatever is found was asked by the check's own
//! way, so that a search never says more than a check would.

use super::App;
use super::callers::Caller;
use super::check::{self, Decision};
use super::error::Error;
use crate::domain::employee::ExternalId;
use crate::domain::id::ProgramId;
use crate::domain::question::Question;

/// Most results in one answer.
pub const MAX_FOUND: usize = 1000;

/// Some of the results, in a fixed order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Names of what was found.
    pub names: Vec<String>,
    /// After which name to go on; `None`: that was all.
    pub next: Option<String>,
}

/// Which part of the results is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Those after this name.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: usize,
}

/// About whom may be asked; the question's employee is not looked at.
///
/// # Errors
/// When the database fails.
pub async fn employees(
    app: &App,
    agent: &Caller,
    question: &Question<'_>,
    page: Page<'_>,
) -> Result<Found, Error> {
    let mut found = Collected::new(page);
    if !agent.covers_named(question.program, question.category) {
        return Ok(found.finish());
    }
    let (Ok(program), Ok(category)) = (question.program.parse(), question.category.parse()) else {
        return Ok(found.finish());
    };
    let mut after = page.after.map(ToOwned::to_owned);
    loop {
        let some = i64::try_from(MAX_FOUND).unwrap_or(i64::MAX);
        let chosen = app
            .store
            .choosers(&program, &category, after.as_deref(), some);
        let chosen = chosen.await?;
        let about = |employee| Question {
            employee,
            ..*question
        };
        let questions: Vec<_> = chosen.iter().map(|id| about(id.as_str())).collect();
        let decisions = check::evaluate(app, agent, &questions).await?;
        let names = chosen.iter().map(ExternalId::as_str);
        if found.take(names, &decisions) || chosen.len() < MAX_FOUND {
            return Ok(found.finish());
        }
        after = chosen.last().map(ToString::to_string);
    }
}

/// What may be collected; the question's category is not looked at.
///
/// # Errors
/// When the database fails.
pub async fn categories(
    app: &App,
    agent: &Caller,
    question: &Question<'_>,
    page: Page<'_>,
) -> Result<Found, Error> {
    let catalogue = app.catalogue().await?;
    let program = question.program.parse::<ProgramId>().ok();
    let declared = program.and_then(|program| catalogue.program(&program));
    let declared = declared.map(|declared| declared.program.declaration.categories.as_slice());
    let ids = declared
        .unwrap_or_default()
        .iter()
        .map(|category| category.id.as_str());
    let about = |category| Question {
        category,
        ..*question
    };
    some_of(app, agent, ids.collect(), about, page).await
}

/// For which programmes may be collected; the question's programme is not looked at.
///
/// # Errors
/// When the database fails.
pub async fn programs(
    app: &App,
    agent: &Caller,
    question: &Question<'_>,
    page: Page<'_>,
) -> Result<Found, Error> {
    let ids = agent.programs.iter().map(ProgramId::as_str);
    let about = |program| Question {
        program,
        ..*question
    };
    some_of(app, agent, ids.collect(), about, page).await
}

/// Asks about each of a few names.
async fn some_of<'a>(
    app: &App,
    agent: &Caller,
    mut names: Vec<&'a str>,
    about: impl Fn(&'a str) -> Question<'a>,
    page: Page<'_>,
) -> Result<Found, Error> {
    names.sort_unstable();
    names.retain(|name| page.after.is_none_or(|after| *name > after));
    let questions: Vec<_> = names.iter().map(|name| about(name)).collect();
    let decisions = check::evaluate(app, agent, &questions).await?;
    let mut found = Collected::new(page);
    found.take(names.into_iter(), &decisions);
    Ok(found.finish())
}

/// What was found so far, and one more than is wanted, which tells whether there is more.
struct Collected {
    names: Vec<String>,
    limit: usize,
    before: Option<String>,
}

impl Collected {
    fn new(page: Page<'_>) -> Self {
        Self {
            names: Vec::new(),
            limit: page.limit.min(MAX_FOUND),
            before: page.after.map(ToOwned::to_owned),
        }
    }

    /// Takes those that are permitted; whether it has enough.
    fn take<'a>(&mut self, names: impl Iterator<Item = &'a str>, decisions: &[Decision]) -> bool {
        let permitted = names
            .zip(decisions)
            .filter(|(_, decision)| decision.standing.permits());
        let room = (self.limit + 1).saturating_sub(self.names.len());
        self.names
            .extend(permitted.take(room).map(|(name, _)| name.to_owned()));
        self.names.len() > self.limit
    }

    fn finish(mut self) -> Found {
        let more = self.names.len() > self.limit;
        self.names.truncate(self.limit);
        let last = self.names.last().cloned().or(self.before);
        Found {
            next: more.then(|| last.unwrap_or_default()),
            names: self.names,
        }
    }
}
