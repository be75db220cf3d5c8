//! How what is known changes, and what stops by it.
//!
//! Whatever is replaced takes its permits with it (`token`); what is only confirmed keeps them.

use chrono::{DateTime, Utc};

use crate::domain::employee::ExternalId;
use crate::domain::id::ProgramId;
use crate::domain::program::ProgramStatus;
use crate::domain::standing::Reason;

use super::super::error::Error;
use super::condition::Narrowing;
use super::stop::{Scope, Stop};
use super::subset::{Grant, Held, MAX_CHOICES, MAX_PROGRAMS, Subset};
use super::token::Source;
use super::wire::{self, Change, Choice, Terms};

/// What a change brought about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// What was permitted and no longer is.
    pub stops: Vec<Stop>,
    /// Whether the server waits to hear that what had to stop has stopped.
    pub confirm: bool,
}

impl Subset {
    /// Applies a change that the server told at position `seq`.
    ///
    /// # Errors
    /// When it does not fit in here any more: the snapshot has to be fetched.
    pub fn apply(&mut self, seq: u64, change: Change) -> Result<Applied, Error> {
        let (stops, confirm) = match change {
            Change::Choice(choice) => self.choose(seq, choice)?,
            Change::Status(program, status, at) => {
                let stop = self.set_status(&program, status, at);
                (stop, status != ProgramStatus::Active)
            }
            Change::Program(program) => {
                if self.programs.len() >= MAX_PROGRAMS {
                    return Err(Error::Unclear("more programmes than fit here"));
                }
                (self.redeclare(program), true)
            }
            Change::Notice(at, programs) => {
                self.note_end(Some(at));
                for program in programs {
                    let Some(program) = self.programs.get_mut(program.as_str()) else {
                        continue;
                    };
                    // An earlier notice that takes effect later adds nothing.
                    program.ends.retain(|(_, end)| *end < at);
                    if program.ends.len() >= MAX_PROGRAMS {
                        return Err(Error::Unclear("more notices than fit here"));
                    }
                    program.ends.push((seq, at));
                }
                (None, false)
            }
            Change::Nothing => (None, false),
        };
        Ok(Applied {
            stops: stops.into_iter().collect(),
            confirm,
        })
    }

    fn choose(&mut self, seq: u64, choice: Choice) -> Result<(Option<Stop>, bool), Error> {
        let reason = choice.reason.and_then(|reason| reason.parse().ok());
        let reason: Reason = reason.unwrap_or(Reason::NoChoice);
        let terms = choice.permit.map(|terms| terms.0);
        self.note_end(terms.as_ref().and_then(|terms| terms.until));
        let held = self
            .people
            .entry(choice.employee.as_str().into())
            .or_default();
        let (program, category) = (choice.program, choice.category);
        let old = held
            .iter_mut()
            .find(|held| held.is(program.as_str(), category.as_str()));
        let confirm = terms.is_none();
        let Some(old) = old else {
            if self.choices >= MAX_CHOICES {
                return Err(Error::Unclear("more permits than fit here"));
            }
            self.choices += 1;
            held.push(Held {
                program,
                category,
                seq,
                grant: terms.map(Grant::new).ok_or(reason),
            });
            return Ok((None, confirm));
        };
        old.seq = seq;
        match (&mut old.grant, terms) {
            (Ok(grant), Some(terms)) if grant.covers(&terms) => {
                grant.terms = terms;
                Ok((None, confirm))
            }
            (grant, terms) => {
                let permitted = grant.is_ok();
                *grant = terms.map(Grant::new).ok_or(reason);
                let scope = Scope::Choice {
                    employee: choice.employee,
                    program,
                    category,
                };
                let stop = permitted.then_some(Stop { scope, reason });
                let confirm = confirm || stop.is_some();
                Ok((stop, confirm))
            }
        }
    }

    fn set_status(
        &mut self,
        id: &ProgramId,
        status: ProgramStatus,
        at: DateTime<Utc>,
    ) -> Option<Stop> {
        let program = self.programs.get_mut(id.as_str())?;
        program.wire.since = at;
        let before = std::mem::replace(&mut program.wire.status, status);
        let reason = stopped(status)?;
        program.source = Source::default();
        let scope = Scope::Program(id.clone());
        (before == ProgramStatus::Active).then_some(Stop { scope, reason })
    }

    fn redeclare(&mut self, new: wire::Program) -> Option<Stop> {
        let Some(program) = self.programs.get_mut(new.id.as_str()) else {
            self.declare(new);
            return None;
        };
        let stop = narrowed(&program.wire, &new);
        if stop.is_some() {
            program.source = Source::default();
        }
        program.wire = new;
        stop
    }

    /// Denies what a notice has ended by `time`, by the server's clock.
    pub fn expire(&mut self, time: DateTime<Utc>) -> Vec<Stop> {
        if self.next_end.is_none_or(|end| end > time) {
            return Vec::new();
        }
        let mut stops = Vec::new();
        let mut next = None::<DateTime<Utc>>;
        for (employee, held) in &mut self.people {
            for held in held {
                let program = self.programs.get(held.program.as_str());
                let Ok(grant) = &held.grant else { continue };
                let end = match program {
                    Some(program) => program.until(held.seq, grant),
                    None => grant.terms.until,
                };
                let Some(end) = end else { continue };
                if end > time {
                    next = Some(next.map_or(end, |next| next.min(end)));
                } else {
                    held.grant = Err(Reason::NoticeOutdated);
                    stops.extend(held.stop(employee, Reason::NoticeOutdated));
                }
            }
        }
        for program in self.programs.values_mut() {
            program.ends.retain(|(_, end)| *end > time);
        }
        self.next_end = next;
        stops
    }

    /// What `old` permitted and this does not, or not without a break.
    pub fn lost_since(&self, old: &Self) -> Vec<Stop> {
        let mut stops = Vec::new();
        for (id, program) in &old.programs {
            let stop = match self.programs.get(id) {
                Some(new) => narrowed(&program.wire, &new.wire),
                None => Some(Stop {
                    scope: Scope::Program(program.wire.id.clone()),
                    reason: Reason::AgentNotRegistered,
                }),
            };
            stops.extend(stop);
        }
        for (employee, held) in &old.people {
            let now = self.people.get(employee).map_or(&[][..], Vec::as_slice);
            for held in held {
                let Ok(grant) = &held.grant else { continue };
                let (program, category) = (held.program.as_str(), held.category.as_str());
                let now = now.iter().find(|now| now.is(program, category));
                let now = now.and_then(|now| now.grant.as_ref().ok());
                if !now.is_some_and(|now| grant.covers(&now.terms)) {
                    stops.extend(held.stop(employee, Reason::NoChoice));
                }
            }
        }
        stops
    }
}

impl Grant {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            narrowing: Narrowing::of(&terms.conditions),
            terms,
            source: Source::default(),
        }
    }

    /// Whether what was captured by this grant may be kept under the new terms.
    fn covers(&self, terms: &Terms) -> bool {
        terms.since <= self.terms.since && terms.conditions == self.terms.conditions
    }
}

impl Held {
    fn stop(&self, employee: &str, reason: Reason) -> Option<Stop> {
        let employee: ExternalId = employee.parse().ok()?;
        let scope = Scope::Choice {
            employee,
            program: self.program.clone(),
            category: self.category.clone(),
        };
        Some(Stop { scope, reason })
    }
}

fn stopped(status: ProgramStatus) -> Option<Reason> {
    match status {
        ProgramStatus::Active => None,
        ProgramStatus::Paused => Some(Reason::ProgramPaused),
        ProgramStatus::Ended => Some(Reason::ProgramEnded),
    }
}

/// Whether a programme that ran captures less than before.
fn narrowed(old: &wire::Program, new: &wire::Program) -> Option<Stop> {
    let fewer_apps = match (old.apps.is_empty(), new.apps.is_empty()) {
        (_, true) => false,
        (true, false) => true,
        (false, false) => old.apps.iter().any(|app| !new.apps.contains(app)),
    };
    let mut categories = old.categories.iter();
    let reason = match stopped(new.status) {
        Some(reason) => reason,
        None if categories.any(|category| !new.categories.contains(category)) => {
            Reason::AgentNotRegistered
        }
        None if fewer_apps => Reason::AppExcluded,
        // It was paused in between.
        None if new.since > old.since => Reason::ProgramPaused,
        None => return None,
    };
    let scope = Scope::Program(new.id.clone());
    (old.status == ProgramStatus::Active).then_some(Stop { scope, reason })
}
