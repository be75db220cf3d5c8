//! What this agent may do, as far as it was told: its programmes, and the choices that permit. What is not in here is
//! denied.
//!
//! How it changes stands in `apply`; whether it is still fresh is not its matter.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::program::ProgramStatus;
use crate::domain::standing::Reason;

use super::super::error::Error;
use super::Ask;
use super::condition::Narrowing;
use super::token::Source;
use super::wire::{self, Terms};

/// Most choices that are kept. An agent that is told of more denies everything.
pub const MAX_CHOICES: usize = 2_000_000;
/// Most programmes, and most material notices of one programme that have not yet taken effect.
pub const MAX_PROGRAMS: usize = 1000;

/// All of it.
#[derive(Debug, Default)]
pub struct Subset {
    pub(super) programs: HashMap<Box<str>, Program>,
    pub(super) people: HashMap<Box<str>, Vec<Held>>,
    pub(super) choices: usize,
    pub(super) next_end: Option<DateTime<Utc>>,
}

#[derive(Debug)]
pub(super) struct Program {
    pub(super) wire: wire::Program,
    /// Material notices: the position of each, and from when on nothing permitted before that position is.
    pub(super) ends: Vec<(u64, DateTime<Utc>)>,
    pub(super) source: Source,
}

/// What was said about one kind of data of one person.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) program: ProgramId,
    pub(super) category: CategoryId,
    /// The position at which it was so.
    pub(super) seq: u64,
    pub(super) grant: Result<Grant, Reason>,
}

#[derive(Debug)]
pub(super) struct Grant {
    pub(super) terms: Terms,
    pub(super) narrowing: Narrowing,
    pub(super) source: Source,
}

/// A yes, as long as all of this is fresh.
pub struct Found<'a> {
    /// Since when without a break.
    pub since: DateTime<Utc>,
    /// From when on no longer.
    pub until: Option<DateTime<Utc>>,
    /// After how long the hour may be a wrong one.
    pub hour_ends: Option<Duration>,
    /// The programme's hold on the permit.
    pub program: &'a Source,
    /// The choice's hold on the permit.
    pub choice: &'a Source,
}

impl Subset {
    /// Takes one page of a snapshot that is based on position `seq`.
    ///
    /// # Errors
    /// When there is more than fits.
    pub fn add(&mut self, seq: u64, page: wire::Page) -> Result<(), Error> {
        self.choices += page.permits.len();
        if self.choices > MAX_CHOICES || page.programs.len() > MAX_PROGRAMS {
            return Err(Error::Unclear("more permits than fit here"));
        }
        for program in page.programs {
            self.declare(program.0);
        }
        for permit in page.permits {
            let permit = permit.0;
            self.note_end(permit.terms.until);
            let held = Held {
                program: permit.program,
                category: permit.category,
                seq,
                grant: Ok(Grant::new(permit.terms)),
            };
            let key = String::from(permit.employee).into_boxed_str();
            self.people.entry(key).or_default().push(held);
        }
        Ok(())
    }

    pub(super) fn declare(&mut self, program: wire::Program) {
        let key = program.id.as_str().into();
        let program = Program {
            wire: program,
            ends: Vec::new(),
            source: Source::default(),
        };
        self.programs.insert(key, program);
    }

    pub(super) fn note_end(&mut self, end: Option<DateTime<Utc>>) {
        self.next_end = match (self.next_end, end) {
            (Some(next), Some(end)) => Some(next.min(end)),
            (next, end) => next.or(end),
        };
    }

    /// The answer at `time` by the server's clock.
    ///
    /// # Errors
    /// Why not.
    pub fn find(&self, ask: &Ask, time: DateTime<Utc>) -> Result<Found<'_>, Reason> {
        let program = self.programs.get(ask.program);
        let program = program.ok_or(Reason::AgentNotRegistered)?;
        match program.wire.status {
            ProgramStatus::Active => {}
            ProgramStatus::Paused => return Err(Reason::ProgramPaused),
            ProgramStatus::Ended => return Err(Reason::ProgramEnded),
        }
        let mut categories = program.wire.categories.iter();
        if !categories.any(|category| category.as_str() == ask.category) {
            return Err(Reason::AgentNotRegistered);
        }
        let held = self.people.get(ask.employee).and_then(|held| {
            let mut held = held.iter();
            held.find(|held| held.is(ask.program, ask.category))
        });
        let held = held.ok_or(Reason::NoChoice)?;
        let grant = held.grant.as_ref().map_err(|reason| *reason)?;
        let until = program.until(held.seq, grant);
        if until.is_some_and(|until| until <= time) {
            return Err(Reason::NoticeOutdated);
        }
        let apps = &program.wire.apps;
        let app = |app: &str| apps.is_empty() || apps.iter().any(|allowed| allowed == app);
        if !ask.app.is_none_or(app) {
            return Err(Reason::AppExcluded);
        }
        let hour = grant.narrowing.judge(ask, time)?;
        let since = grant.terms.since.max(program.wire.since);
        Ok(Found {
            since: hour.map_or(since, |hour| hour.max(since)),
            until,
            hour_ends: grant.narrowing.hour_ends(time),
            program: &program.source,
            choice: &grant.source,
        })
    }

    /// How many programmes, and how many choices that permit.
    pub fn size(&self) -> (usize, usize) {
        let held = self.people.values().flatten();
        (
            self.programs.len(),
            held.filter(|held| held.grant.is_ok()).count(),
        )
    }
}

impl Held {
    pub(super) fn is(&self, program: &str, category: &str) -> bool {
        self.program.as_str() == program && self.category.as_str() == category
    }
}

impl Program {
    /// From when on what was granted at position `seq` is no longer permitted.
    pub(super) fn until(&self, seq: u64, grant: &Grant) -> Option<DateTime<Utc>> {
        let notices = self.ends.iter().filter(|(notice, _)| *notice > seq);
        notices.map(|(_, at)| *at).chain(grant.terms.until).min()
    }
}

#[cfg(test)]
#[path = "subset_tests.rs"]
mod tests;
