//! Words for what the law, the programme and the ledger say: bases, mechanisms, states, reasons.
//!
//! Only what is true and known. A sentence about a new reason goes here, beside the others.

use super::format::{Calendar, count, number, spelled};
use super::spread::Spread;
use super::status::{State, Status};
use crate::domain::choice::{ChoiceEvent, ChoiceState};
use crate::domain::program::{LegalBasis, Mechanism, Program, ProgramCategory, ProgramStatus};
use crate::domain::standing::{Reason, Standing};
use chrono::{DateTime, Utc};

/// One category of a programme as one person stands to it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The category in the programme's words.
    pub category: ProgramCategory,
    /// Where the person stands now.
    pub standing: Standing,
    /// Where they will stand when the upcoming notice counts, if they do nothing.
    pub standing_then: Option<Standing>,
    /// The latest thing said.
    pub latest: Option<ChoiceEvent>,
    /// Records since Monday.
    pub records_this_week: u64,
    /// Who has stopped, where there was a yes from which to stop.
    pub spread: Option<Spread>,
    /// While a collector may still rely on an old yes: when the last such lease ends.
    pub settled_by: Option<DateTime<Utc>>,
}

impl Row {
    /// Whether the row's yes ends with the upcoming notice.
    pub fn ends(&self) -> bool {
        self.standing.permits() && self.standing_then.is_some_and(|then| !then.permits())
    }

    /// Whether a yes stands, even while the programme is paused.
    pub fn is_yes(&self) -> bool {
        let said = self
            .latest
            .as_ref()
            .is_some_and(|event| event.state.permits());
        said && !matches!(
            self.standing.reason,
            Reason::NoticeOutdated | Reason::ProgramEnded
        )
    }
}

/// Address and words of a receipt.
pub fn receipt(entry: u64) -> (String, String) {
    (
        format!("/receipts/{entry}"),
        format!("Receipt {}", number(entry)),
    )
}

/// The status line of one row. `ends_on` is the day on which the upcoming notice counts.
pub fn row_status(
    row: &Row,
    program: &Program,
    ends_on: Option<DateTime<Utc>>,
    calendar: Calendar,
) -> Status {
    let since = row.standing.since;
    let latest = row.latest.as_ref();
    let said = |what: &str| {
        latest.map_or_else(String::new, |event| {
            format!("{what} {}", calendar.day(event.at))
        })
    };
    let mut status = match row.standing.reason {
        Reason::ConsentGiven => {
            let mut text = while_you_use(program);
            let end = ends_on.filter(|_| row.ends());
            if let Some(end) = end {
                text = format!(
                    "{text} Your yes ends on {}, unless you give it again.",
                    calendar.day(end)
                );
            }
            let state = if end.is_some() {
                State::Notice
            } else {
                State::On
            };
            let mut status = Status::new(state, "On.", text);
            status.proof = format!("{}.", said("Your yes of"));
            status
        }
        Reason::NoChoice if latest.is_some() => {
            off("You were asked and have not answered; no answer means no.")
        }
        Reason::NoChoice => off("You were never asked, and no answer means no."),
        Reason::Refused => off(format!("{}.", said("You said no on"))),
        Reason::Withdrawn => {
            let mut status = match row.settled_by.filter(|by| *by > calendar.now()) {
                Some(by) => Status::new(
                    State::Off,
                    "Off.",
                    format!(
                        "Collectors that still had a yes stop by {} at the latest.",
                        calendar.second(by)
                    ),
                ),
                None => settled(since, calendar),
            };
            status.proof = confirmed(row, calendar);
            status
        }
        Reason::NoticeOutdated => Status::new(
            State::Off,
            "Off.",
            format!(
                "Nothing is captured. {} ended on {}, because a new version of the notice applies.",
                said("Your yes of"),
                calendar.day(since)
            ),
        ),
        Reason::ProgramPaused => {
            let mut status = Status::new(
                State::Paused,
                "Paused for everyone.",
                "Nothing is captured.",
            );
            status.proof = format!(
                "Since {}. Your choices were not touched. {}",
                calendar.since(since),
                confirmed(row, calendar)
            );
            status.proof.truncate(status.proof.trim_end().len());
            status
        }
        Reason::ProgramEnded => off(format!("The programme ended on {}.", calendar.day(since))),
        Reason::Expired => off(format!("{} ran out.", said("Your yes of"))),
        Reason::Objected => off("You objected."),
        Reason::PrivateTime => off("You take private time."),
        Reason::AppExcluded => off("This app is left out."),
        Reason::AgentNotRegistered => off("No collector is registered for it."),
        Reason::ProjectionStale | Reason::ReplicaBehind => {
            off("The ledger does not answer, and until it does every collector is told no.")
        }
    };
    status.receipt = latest.map(|event| receipt(event.entry));
    if row.records_this_week > 0 {
        let records = count(row.records_this_week, "record", "records");
        let before = if row.standing.permits() {
            ""
        } else {
            ", from before"
        };
        status.more = format!("{records} this week{before}.");
    }
    status
}

/// What the line of a withdrawn choice says once every lease has run out.
pub fn settled(since: DateTime<Utc>, calendar: Calendar) -> Status {
    Status::new(
        State::Off,
        "Off.",
        format!("Nothing is captured since {}.", calendar.since(since)),
    )
}

fn confirmed(row: &Row, calendar: Calendar) -> String {
    let spread = row.spread.as_ref();
    spread.map_or_else(String::new, |spread| spread.words(calendar))
}

fn off(text: impl AsRef<str>) -> Status {
    Status::new(
        State::Off,
        "Off.",
        format!("Nothing is captured. {}", text.as_ref()),
    )
}

fn while_you_use(program: &Program) -> String {
    match program.declaration.apps.as_slice() {
        [] => "Captured while you work.".to_owned(),
        [only] => format!("Captured while you use {}.", super::format::app(only)),
        apps => format!(
            "Captured while you use one of the {} apps.",
            spelled(apps.len())
        ),
    }
}

/// The status line of a whole programme.
pub fn program_status(program: &Program, rows: &[Row], now: DateTime<Utc>) -> Status {
    match program.status_at(now).map(|change| change.status) {
        Some(ProgramStatus::Paused) => {
            return Status::new(
                State::Paused,
                "Paused for everyone.",
                "Nothing is captured.",
            );
        }
        Some(ProgramStatus::Ended) => {
            return Status::new(State::Off, "Ended.", "Nothing is captured.");
        }
        Some(ProgramStatus::Active) | None => {}
    }
    let on = rows.iter().filter(|row| row.standing.permits()).count();
    match (on, rows.len()) {
        (0, _) => Status::new(State::Off, "Off.", "Nothing is captured."),
        (1, 1) => Status::new(State::On, "On.", "It is captured."),
        (on, all) if on == all => Status::new(
            State::On,
            "On.",
            format!("All {} kinds are captured.", spelled(all)),
        ),
        (1, all) => Status::new(
            State::Part,
            "Partly on.",
            format!("1 of {all} kinds is captured."),
        ),
        (on, all) => Status::new(
            State::Part,
            "Partly on.",
            format!("{on} of {all} kinds are captured."),
        ),
    }
}

/// The legal basis in plain words.
pub const fn legal_basis(basis: LegalBasis) -> &'static str {
    match basis {
        LegalBasis::Consent => "Your yes, and nothing else (consent, Art. 6(1)(a) GDPR).",
        LegalBasis::Contract => {
            "Needed for your contract (Art. 6(1)(b) GDPR). Here it still takes your yes."
        }
        LegalBasis::LegalObligation => {
            "Required by a law (Art. 6(1)(c) GDPR). Here it still takes your yes."
        }
        LegalBasis::LegitimateInterest => {
            "The company’s own interest (Art. 6(1)(f) GDPR). Here it still takes your yes."
        }
    }
}

/// How a programme declares that people are asked, and what holds here.
pub const fn mechanism(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::OptIn => "It asks first. Nothing is captured before a yes.",
        Mechanism::OptOut => {
            "Declared as running until a no. The ledger lets nothing through before a yes."
        }
        Mechanism::NoticeOnly => {
            "Declared as running after a notice. The ledger lets nothing through before a yes."
        }
    }
}

/// What an event did, to stand behind the category's name: "Keystrokes off".
pub const fn outcome(state: ChoiceState) -> &'static str {
    match state {
        ChoiceState::Requested => "asked",
        ChoiceState::Given => "on",
        ChoiceState::Refused | ChoiceState::Withdrawn => "off",
        ChoiceState::Expired => "off, because the yes ran out",
        ChoiceState::Invalidated => "off, because the yes was not valid",
        ChoiceState::Renewed => "on, given again",
    }
}
