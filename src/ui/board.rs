//! One programme with a person's rows, as the choices page, its island and the overview need it.

use leptos::prelude::*;

use super::format::Calendar;
use super::shell::Flash;
use super::spread::why;
use super::standing::{Row, outcome, program_status, receipt, row_status, settled};
use super::status::{Status, status_line};
use crate::domain::choice::{ChoiceEvent, ChoiceState};
use crate::domain::employee::Locale;
use crate::domain::id::FormId;
use crate::domain::notice::PublishedNotice;
use crate::domain::program::{Program, ProgramStatus};
use crate::domain::standing::Reason;
use crate::domain::stop::StatusNote;

/// One programme with its rows.
#[derive(Debug, Clone)]
pub struct Board {
    /// The programme.
    pub program: Program,
    /// The notice version that counts.
    pub in_force: Option<PublishedNotice>,
    /// The version that will count.
    pub upcoming: Option<PublishedNotice>,
    /// Why it stands still, if it does.
    pub pause: Option<StatusNote>,
    /// One row per category; each with two form marks, for the switch and for giving the yes again.
    pub rows: Vec<(Row, [FormId; 2])>,
}

/// One event of the history with the names that people know.
#[derive(Debug, Clone)]
pub struct Said {
    /// What was said.
    pub event: ChoiceEvent,
    /// Name of the category.
    pub category: String,
    /// Name of the programme.
    pub program: String,
}

/// One choice as it stands.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Which half is pressed; `None` shows no switch, because neither answer would do anything.
    pub pressed: Option<bool>,
    /// Names category and programme, for screen readers.
    pub label: String,
    /// The status line.
    pub status: Status,
    /// What it says once every lease from before a no has run out, and in how many milliseconds.
    pub settles: Option<(u32, Status)>,
    /// The version of the notice that is shown with it; 0 when there is none.
    pub notice_version: u32,
    /// The language of that notice.
    pub language: Locale,
    /// Marks this rendering of the form.
    pub once: FormId,
    /// Where to hear of the next confirmation, while one is waited for.
    pub live: Option<String>,
}

/// One choice as it stands for a reader of `locale`.
pub fn choice(
    board: &Board,
    row: &Row,
    once: FormId,
    locale: Locale,
    calendar: Calendar,
) -> Choice {
    let notice = board.in_force.as_ref().map(|notice| &notice.version);
    let ends_on = board
        .upcoming
        .as_ref()
        .map(|notice| notice.version.effective_at);
    let status = row_status(row, &board.program, ends_on, calendar);
    let waits = row
        .settled_by
        .filter(|_| row.standing.reason == Reason::Withdrawn);
    let settles = waits
        .and_then(|by| (by - calendar.now()).num_milliseconds().try_into().ok())
        .map(|after_ms| {
            let mut later = settled(row.standing.since, calendar);
            later.receipt.clone_from(&status.receipt);
            later.more.clone_from(&status.more);
            later.proof = row.spread.as_ref().map_or_else(String::new, |spread| {
                // As it will be then, if nobody confirms meanwhile; if somebody does, the page hears of it.
                spread.words_at(spread.leases_end, calendar)
            });
            (after_ms, later)
        });
    let ended = board
        .program
        .status_at(calendar.now())
        .is_none_or(|change| change.status == ProgramStatus::Ended);
    let usable = row.is_yes() || (notice.is_some() && !ended);
    Choice {
        pressed: usable.then(|| row.is_yes()),
        label: format!("{}, {}", row.category.name, board.program.declaration.name),
        status,
        settles,
        notice_version: notice.map_or(0, |version| version.version),
        language: notice
            .and_then(|version| version.text(locale))
            .map_or(Locale::En, |(language, _)| language),
        once,
        live: row
            .spread
            .as_ref()
            .filter(|spread| spread.is_waited_for(calendar.now()))
            .map(|_| {
                let program = &board.program.declaration.id;
                format!("/choices/{program}/{}/confirmations", row.category.id)
            }),
    }
}

impl Board {
    /// Whether anything is on.
    pub fn any_yes(&self) -> bool {
        self.rows.iter().any(|(row, _)| row.is_yes())
    }

    /// The programme's status line, for the place where it stands.
    pub fn status(&self, calendar: Calendar) -> impl IntoView + use<> {
        let rows: Vec<Row> = self.rows.iter().map(|(row, _)| row.clone()).collect();
        let mut status = program_status(&self.program, &rows, calendar.now());
        if let Some(note) = &self.pause {
            status.proof = why(note, calendar);
        }
        status_line(status)
    }
}

/// What a choice did, in the words of a flash or toast.
pub fn done(category: &str, event: Option<&ChoiceEvent>) -> Flash {
    let Some(event) = event else {
        return Flash {
            text: format!("{category}: it already was so. Nothing was written."),
            link: None,
        };
    };
    let text = match event.state {
        ChoiceState::Renewed => format!(
            "{category} stays on under version {}.",
            event.notice_version
        ),
        state => format!("{category} is {}.", outcome(state)),
    };
    Flash {
        text,
        link: Some(receipt(event.entry)),
    }
}

/// What turning everything off did.
pub fn all_done(events: usize) -> Flash {
    let text = match events {
        0 => "Everything already was off. Nothing was written.".to_owned(),
        1 => "One kind was on and is off now.".to_owned(),
        many => format!(
            "{} kinds were on and are off now.",
            super::format::capital(&super::format::spelled(many))
        ),
    };
    Flash {
        text,
        link: Some(("/receipts".to_owned(), "Receipts".to_owned())),
    }
}
