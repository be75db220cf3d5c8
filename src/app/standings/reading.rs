//! One look at the projection: decisions, and who and what is permitted, all as of one position.

use std::sync::RwLockReadGuard;

use chrono::{DateTime, Utc};

use super::table::Table;
use crate::app::callers::Caller;
use crate::domain::attribute::{self, Attributes};
use crate::domain::change::{Allowed, Change, What};
use crate::domain::condition::{Circumstances, WHOLE};
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::program::{ProgramStatus, StatusChange};
use crate::domain::property::Given;
use crate::domain::question::Question;
use crate::domain::standing::{Case, Reason, Standing};

/// People who are looked at in one reading at most: whoever writes waits meanwhile.
const SCANNED: u32 = 32_768;

/// The standings as of one position. Writers wait for it: do not keep it across an await or for long.
pub struct Reading<'a> {
    table: RwLockReadGuard<'a, Table>,
    fresh: bool,
}

/// A choice that permits, whatever the status of its programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permitted {
    /// Whose.
    pub employee: String,
    /// Which programme.
    pub program: ProgramId,
    /// Which kind of data.
    pub category: CategoryId,
    /// Since when, and until when.
    pub allowed: Allowed,
}

impl<'a> Reading<'a> {
    pub(super) const fn new(table: RwLockReadGuard<'a, Table>, fresh: bool) -> Self {
        Self { table, fresh }
    }

    /// The position: everything before it is in.
    pub fn seq(&self) -> u64 {
        self.table.seq
    }

    /// Whether the ledger's head was looked at lately. If not, no yes is given.
    pub const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// May `caller` do what it asks for?
    pub fn standing(
        &self,
        caller: &Caller,
        question: &Question<'_>,
        now: DateTime<Utc>,
    ) -> Standing {
        let no = |reason| Standing { reason, since: now };
        if !self.fresh {
            return no(Reason::ProjectionStale);
        }
        let program = question.program;
        let registered = caller.programs.iter().any(|own| own.as_str() == program);
        if !registered {
            return no(Reason::AgentNotRegistered);
        }
        let column = self.table.column(program, question.category);
        let Some(column) = column else {
            let declared = self.table.programs.find(program);
            let status = declared.and_then(|(_, declared)| declared.program.status_now(now));
            // A stop comes before everything else.
            return match status {
                Some(status) if status.status != ProgramStatus::Active => stopped(status, now),
                _ => no(Reason::AgentNotRegistered),
            };
        };
        let status = column.declared.program.status_now(now);
        if let Some(status) = status.filter(|status| status.status != ProgramStatus::Active) {
            return stopped(status, now);
        }
        let covered = caller.covers_named(program, question.category);
        if !covered || !caller.may_ask_about(question.employee) {
            return no(Reason::AgentNotRegistered);
        }
        let person = self.table.person(question.employee);
        let case = column.case(person, now);
        if case.conditions.is_empty() {
            return case.standing(&Circumstances::in_app(question.app), now);
        }
        let none = Attributes::new();
        let category = column.category(question.category);
        let resource = attribute::said(category.map_or(&none, |category| &category.attributes));
        let known = self.table.attributes(question.employee);
        let subject = attribute::said(known.unwrap_or(&none));
        let around = Circumstances {
            app: question.app,
            caller: question.given,
            stored: Given {
                subject: &subject,
                resource: &resource,
                ..Given::NOTHING
            },
        };
        case.standing(&around, now)
    }

    /// Names this reading of the ledger from its beginning: numbers of people mean nothing in another one.
    pub fn generation(&self) -> u64 {
        self.table.generation
    }

    /// At most `limit` choices that permit `caller` something, of `employees` or of everybody; and where to go on, if
    /// there may be more. A place is a person, and how many of that person's permits to pass over.
    pub fn permitted(
        &self,
        caller: &Caller,
        employees: Option<&[ExternalId]>,
        from: (u32, u32),
        limit: usize,
        now: DateTime<Utc>,
    ) -> (Vec<Permitted>, Option<(u32, u32)>) {
        let named = |names: &[ExternalId]| u32::try_from(names.len()).unwrap_or(u32::MAX);
        let all = employees.map_or(self.table.people(), named);
        let end = from.0.saturating_add(SCANNED).min(all);
        let mut permitted = Vec::new();
        let mut skip = from.1 as usize;
        for place in from.0..end {
            let person = match employees {
                Some(names) => names
                    .get(place as usize)
                    .and_then(|name| self.table.person(name.as_str())),
                None => Some(place),
            };
            let own = person.map_or_else(Vec::new, |person| self.permitted_of(caller, person, now));
            for (index, permit) in own.into_iter().enumerate().skip(skip) {
                if permitted.len() == limit {
                    return (permitted, Some((place, u32::try_from(index).unwrap_or(0))));
                }
                permitted.push(permit);
            }
            skip = 0;
        }
        (permitted, (end < all).then_some((end, 0)))
    }

    /// How many people have made a choice.
    pub fn count(&self) -> u32 {
        self.table.people()
    }

    /// Bytes that are held for people and their choices.
    pub fn bytes_held(&self) -> usize {
        self.table.bytes_held()
    }

    fn permitted_of(&self, caller: &Caller, person: u32, now: DateTime<Utc>) -> Vec<Permitted> {
        let mut permitted = Vec::new();
        if !caller.may_ask_about(self.table.name(person)) {
            return permitted;
        }
        let Some(catalogue) = self.table.programs.catalogue() else {
            return permitted;
        };
        for declared in &catalogue.programs {
            let declaration = &declared.program.declaration;
            for category in &declaration.categories {
                if !caller.covers(&declaration.id, &category.id) {
                    continue;
                }
                let column = self
                    .table
                    .column(declaration.id.as_str(), category.id.as_str());
                let case = column.map(|column| column.case(Some(person), now));
                let allowed = case.and_then(|case| allowed(case, now));
                if let Some(allowed) = allowed {
                    permitted.push(Permitted {
                        employee: self.table.name(person).to_owned(),
                        program: declaration.id.clone(),
                        category: category.id.clone(),
                        allowed,
                    });
                }
            }
        }
        permitted
    }
}

/// What a choice permits as long as its programme is active.
fn allowed(case: Case<'_>, now: DateTime<Utc>) -> Option<Allowed> {
    let last = case.last?;
    let case = Case {
        status: Some(StatusChange {
            status: ProgramStatus::Active,
            at: last.at,
        }),
        ..case
    };
    let standing = case.overall(now.max(last.at));
    standing.permits().then(|| Allowed {
        since: standing.since,
        until: case.until(),
        conditions: case.conditions.clone(),
    })
}

/// The standing of everybody in a programme that is not active.
fn stopped(status: StatusChange, now: DateTime<Utc>) -> Standing {
    let case = Case {
        status: Some(status),
        apps: &[],
        material: &[],
        last: None,
        conditions: &WHOLE,
    };
    case.overall(now)
}

/// Everybody has to read everything anew.
pub(super) fn resync(seq: u64, now: DateTime<Utc>) -> Change {
    Change {
        seq,
        at: now,
        what: What::Resync,
    }
}
