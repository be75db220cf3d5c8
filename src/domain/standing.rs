//! Standing: the fold of all events. May this category be captured for this programme about this employee at that
//! moment, and why (not)? The answer is no unless everything says yes (invariant 1).

use chrono::{DateTime, Utc};

use super::choice::{ChoiceEvent, ChoiceState};
use super::condition::{Circumstances, Conditions, WHOLE};
use super::hours::whole_minutes;
use super::id::CategoryId;
use super::program::{Program, ProgramStatus, StatusChange};
use super::words::words;

/// Why an answer is what it is. The words are part of the outside contract (AuthZEN `context.reason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The only reason that permits.
    ConsentGiven,
    /// Never asked, never answered, or not known here.
    NoChoice,
    /// The person said no.
    Refused,
    /// The person took a yes back.
    Withdrawn,
    /// The person objected.
    Objected,
    /// The yes ran out.
    Expired,
    /// The yes was to a notice that a material version has replaced.
    NoticeOutdated,
    /// The person takes private time.
    PrivateTime,
    /// The programme does not capture in this app.
    AppExcluded,
    /// The programme is paused for everyone.
    ProgramPaused,
    /// The programme is over.
    ProgramEnded,
    /// The agent is not registered for this programme and category.
    AgentNotRegistered,
    /// This replica has lost touch with the ledger.
    ProjectionStale,
    /// This replica has not yet seen the asked-for position.
    ReplicaBehind,
}

words!(
    Reason,
    "reason",
    ConsentGiven = "consent_given",
    NoChoice = "no_choice",
    Refused = "refused",
    Withdrawn = "withdrawn",
    Objected = "objected",
    Expired = "expired",
    NoticeOutdated = "notice_outdated",
    PrivateTime = "private_time",
    AppExcluded = "app_excluded",
    ProgramPaused = "program_paused",
    ProgramEnded = "program_ended",
    AgentNotRegistered = "agent_not_registered",
    ProjectionStale = "projection_stale",
    ReplicaBehind = "replica_behind"
);

/// A material notice version: from `effective_at`, a yes to any version below `version` no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaterialChange {
    /// The version that brings the change.
    pub version: u32,
    /// From when.
    pub effective_at: DateTime<Utc>,
}

/// The answer at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Why.
    pub reason: Reason,
    /// Since when this has held without a break, as far as the history tells.
    pub since: DateTime<Utc>,
}

impl Standing {
    /// Whether capture is permitted.
    pub const fn permits(self) -> bool {
        matches!(self.reason, Reason::ConsentGiven)
    }
}

/// What a person said last about one programme and category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// What.
    pub state: ChoiceState,
    /// When.
    pub at: DateTime<Utc>,
    /// The version of the notice that was shown; 0 when none was.
    pub notice_version: u32,
}

/// Everything that one decision is made from: one person, programme and category. This is the rule; who gathers a case
/// from rows, from memory or for a page comes to the same answer.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The programme's status; `None` before it was declared.
    pub status: Option<StatusChange>,
    /// The apps in which it captures; empty means any.
    pub apps: &'a [String],
    /// Material versions of its notice, in any order.
    pub material: &'a [MaterialChange],
    /// What was said last about a declared category.
    pub last: Option<Last>,
    /// What narrows it.
    pub conditions: &'a Conditions,
}

impl Case<'_> {
    /// The standing at `at` around there: the answer to a check. An app and whatever else is known of the case can only
    /// narrow it.
    pub fn standing(&self, around: &Circumstances<'_>, at: DateTime<Utc>) -> Standing {
        let mut standing = self.overall(at);
        if !standing.permits() {
            return standing;
        }
        if around.app.is_some_and(|app| !self.captures_in(app)) {
            standing.reason = Reason::AppExcluded;
            return standing;
        }
        match self.conditions.judge(around, at) {
            Ok(since) => {
                standing.since = since.map_or(standing.since, |since| since.max(standing.since));
            }
            Err(reason) => standing.reason = reason,
        }
        standing
    }

    /// What holds at `at`, whatever narrows it: how a page shows a choice, and never the answer to a check.
    pub fn overall(&self, at: DateTime<Utc>) -> Standing {
        let Some(status) = self.status else {
            return Standing {
                reason: Reason::NoChoice,
                since: at,
            };
        };
        let stopped = match status.status {
            ProgramStatus::Active => None,
            ProgramStatus::Paused => Some(Reason::ProgramPaused),
            ProgramStatus::Ended => Some(Reason::ProgramEnded),
        };
        if let Some(reason) = stopped {
            return Standing {
                reason,
                since: status.at,
            };
        }
        let Some(last) = self.last else {
            return Standing {
                reason: Reason::NoChoice,
                since: status.at,
            };
        };
        let reason = match last.state {
            ChoiceState::Given | ChoiceState::Renewed => Reason::ConsentGiven,
            ChoiceState::Requested => Reason::NoChoice,
            ChoiceState::Refused => Reason::Refused,
            ChoiceState::Withdrawn => Reason::Withdrawn,
            ChoiceState::Expired => Reason::Expired,
            ChoiceState::Invalidated => Reason::NoticeOutdated,
        };
        let ended = self.until().filter(|until| *until <= at);
        match ended.filter(|_| reason == Reason::ConsentGiven) {
            Some(since) => Standing {
                reason: Reason::NoticeOutdated,
                since,
            },
            None => Standing {
                reason,
                since: last.at.max(status.at),
            },
        }
    }

    /// When what was said ends by itself, as far as is known: a material notice takes effect.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        let last = self.last?;
        let newer = self
            .material
            .iter()
            .filter(|change| change.version > last.notice_version);
        newer.map(|change| change.effective_at.max(last.at)).min()
    }

    fn captures_in(&self, app: &str) -> bool {
        self.apps.is_empty() || self.apps.iter().any(|declared| declared == app)
    }
}

/// Everything that bears on one person's standing in one programme, over time.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// The programme with its status over time.
    pub program: &'a Program,
    /// Material versions of the programme's notice, in any order.
    pub material: &'a [MaterialChange],
    /// The person's choices, in any order; those about other programmes or categories are ignored.
    pub choices: &'a [ChoiceEvent],
}

impl History<'_> {
    /// The standing for `category` at `at`, in `app` if that is given; nothing else is known of the case.
    pub fn standing(
        &self,
        category: &CategoryId,
        app: Option<&str>,
        at: DateTime<Utc>,
    ) -> Standing {
        let around = Circumstances::in_app(app);
        self.case(category, at).standing(&around, at)
    }

    /// What holds for `category` at `at`, whatever narrows it: for pages, never for a check.
    pub fn overall(&self, category: &CategoryId, at: DateTime<Utc>) -> Standing {
        self.case(category, at).overall(at)
    }

    /// What the decision about `category` at `at` is made from.
    pub fn case(&self, category: &CategoryId, at: DateTime<Utc>) -> Case<'_> {
        let declaration = &self.program.declaration;
        let last = declaration
            .category(category)
            .and_then(|_| self.latest(category, at));
        Case {
            status: self.program.status_at(at),
            apps: &declaration.apps,
            material: self.material,
            last: last.map(ChoiceEvent::last),
            conditions: last.map_or(&WHOLE, |last| &last.conditions),
        }
    }

    /// The first standing in `from..=to` that does not permit, or the standing at `from` if all of it permits.
    /// A batch counts as captured within consent only if every instant of it does.
    pub fn standing_throughout(
        &self,
        category: &CategoryId,
        app: Option<&str>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Standing {
        let changes = self.choices.iter().map(|choice| choice.at);
        let changes = changes.chain(self.material.iter().map(|change| change.effective_at));
        let changes = changes.chain(self.program.statuses.iter().map(|change| change.at));
        let hours = self
            .choices
            .iter()
            .any(|choice| choice.conditions.depend_on_time());
        let changes = changes
            .chain(whole_minutes(from, to).filter(|_| hours))
            .chain([to]);
        let mut moments: Vec<_> = changes.filter(|at| (from..=to).contains(at)).collect();
        moments.sort_unstable();
        let at_start = self.standing(category, app, from);
        let mut later = moments
            .into_iter()
            .map(|at| self.standing(category, app, at));
        if at_start.permits() {
            later
                .find(|standing| !standing.permits())
                .unwrap_or(at_start)
        } else {
            at_start
        }
    }

    /// The event that holds for `category` at `at`.
    pub fn latest(&self, category: &CategoryId, at: DateTime<Utc>) -> Option<&ChoiceEvent> {
        let about = |choice: &&ChoiceEvent| {
            choice.program == self.program.declaration.id && &choice.category == category
        };
        self.choices
            .iter()
            .filter(about)
            .filter(|choice| choice.at <= at)
            .max_by_key(|choice| (choice.at, choice.entry))
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "standing_properties.rs"]
mod properties;

#[cfg(test)]
#[path = "standing_narrowed.rs"]
mod narrowed;
