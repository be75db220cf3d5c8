//! Overview: the answer in a sentence, the week's statement, what waits, what was asked.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::board::Board;
use super::form::Once;
use super::format::{Calendar, capital, count, inner, list, spelled};
use super::marks::{Mark, mark};
use super::request::{Whose, progress, scope_words};
use super::statement::Statement;
use crate::domain::id::FormId;
use crate::domain::notice::PublishedNotice;
use crate::domain::program::Program;
use crate::domain::record::Record;
use crate::domain::request::Request;

/// Requests shown.
const SHOWN: usize = 3;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Every programme with its rows.
    pub boards: Vec<Board>,
    /// The Monday from which the week is counted.
    pub monday: NaiveDate,
    /// Records outside the person's choices this week.
    pub quarantined: u64,
    /// The latest record.
    pub last: Option<Record>,
    /// Notices that wait to be read.
    pub to_read: Vec<PublishedNotice>,
    /// Own requests, newest first.
    pub requests: Vec<Request>,
    /// For the form that turns everything off.
    pub once: FormId,
}

/// The whole page.
#[component]
pub fn OverviewPage(overview: Overview, calendar: Calendar) -> impl IntoView {
    let alarm = (overview.quarantined > 0).then(|| {
        let records = count(overview.quarantined, "record", "records");
        view! {
            <div class="banner" data-kind="alarm">
                <h2>{mark(Mark::Alert)} {format!(" {records} outside your choices this week")}</h2>
                <p>
                    "A collector reported what it had no permission to capture. It was refused and set apart. Your choices were not touched. "
                    <a href="/activity">"What happened"</a>
                </p>
            </div>
        }
    });
    view! {
        {alarm}
        <Opening overview=overview.clone() />
        <Statement overview=overview.clone() calendar />
        <div class="columns">
            <Waiting overview=overview.clone() calendar />
            <Requests overview calendar />
        </div>
    }
    .into_any()
}

#[component]
fn Opening(overview: Overview) -> impl IntoView {
    let rows = || {
        overview
            .boards
            .iter()
            .flat_map(|board| board.rows.iter().map(|(row, _)| row))
    };
    let on: Vec<String> = rows()
        .filter(|row| row.standing.permits())
        .map(|row| inner(&row.category.name))
        .collect();
    let off = rows().count() - on.len();
    let any_yes = overview.boards.iter().any(Board::any_yes);
    let kinds = |count: usize| {
        if count == 1 {
            "kind of data is"
        } else {
            "kinds of data are"
        }
    };
    let (heading, lead) = match (on.len(), off) {
        (0, 0) => (
            "Nothing is captured about you.".to_owned(),
            "No programme is declared here, so no collector is let through.".to_owned(),
        ),
        (0, off) => (
            "Nothing is captured about you.".to_owned(),
            format!(
                "{} that could be captured {} off. It stays so until you say yes.",
                capital(&if off == 1 {
                    "one kind of data".to_owned()
                } else {
                    format!("{} kinds of data", spelled(off))
                }),
                if off == 1 { "is" } else { "are" }
            ),
        ),
        (count, off) => {
            let rest = match off {
                0 => String::new(),
                1 => " One is off.".to_owned(),
                off => format!(" {} are off.", capital(&spelled(off))),
            };
            let these = if count == 1 {
                "it is captured"
            } else {
                "they are captured"
            };
            (
                format!(
                    "{} {} captured about you.{rest}",
                    capital(&spelled(count)),
                    kinds(count)
                ),
                format!(
                    "You said yes to {}, so {these} while you work. Of everything else nothing is captured.",
                    list(&on)
                ),
            )
        }
    };
    let acts = if any_yes {
        view! {
            <form class="answers" method="post" action="/choices/off">
                <Once once=overview.once />
                <button class="button">"Turn everything off"</button>
                <a class="button" href="/choices">
                    "Change one choice"
                </a>
            </form>
        }
        .into_any()
    } else {
        view! {
            <p>
                <a class="button" href="/choices">
                    "My choices"
                </a>
            </p>
        }
        .into_any()
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{heading}</h1>
                <p class="lead">{lead}</p>
                {acts}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Waiting(overview: Overview, calendar: Calendar) -> impl IntoView {
    let notice = |notice: &PublishedNotice| {
        let version = &notice.version;
        let program = overview
            .boards
            .iter()
            .map(|board| &board.program.declaration)
            .find(|declaration| declaration.notice == version.notice);
        let what = program.map_or_else(
            || version.notice.to_string(),
            |declaration| declaration.name.clone(),
        );
        let href = format!("/notices/{}/{}", version.notice, version.version);
        let later = version.effective_at > calendar.now();
        let when = if later {
            format!("By {}", calendar.day(version.effective_at))
        } else {
            format!("Applies since {}", calendar.day(version.effective_at))
        };
        let ends = later
            && overview.boards.iter().any(|board| {
                board.program.declaration.notice == version.notice
                    && board.rows.iter().any(|(row, _)| row.ends())
            });
        let meaning = if ends {
            "If you do nothing, your yes ends then and everything in it is off."
        } else {
            "If you do nothing, your choices stay as they are."
        };
        view! {
            <li>
                <span class="when">{when}</span>
                <a href=href>
                    <strong>{format!("Read version {} of the {what} notice", version.version)}</strong>
                </a>
                <span>{meaning}</span>
            </li>
        }
    };
    view! {
        <section aria-labelledby="wait">
            <h2 id="wait">"Waiting for you"</h2>
            <ul class="items">
                {overview.to_read.iter().map(notice).collect_view()}
                <li>
                    <span class="when">{if overview.to_read.is_empty() { "Nothing" } else { "Nothing else" }}</span>
                    <span>"You will not be asked again about anything you turned off."</span>
                </li>
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn Requests(overview: Overview, calendar: Calendar) -> impl IntoView {
    let programs: Vec<Program> = overview
        .boards
        .iter()
        .map(|board| board.program.clone())
        .collect();
    let item = |request: &Request| {
        let when = match request.completed_at {
            Some(at) => format!("Closed on {}", calendar.day(at)),
            None => format!(
                "Asked on {}, due {}",
                calendar.day(request.received_at),
                calendar.day(request.due_at)
            ),
        };
        view! {
            <li>
                <span class="when">{when}</span>
                <a href=format!("/requests/{}", request.id)>
                    <strong>{format!("Delete {}", scope_words(Whose::My, &request.scope, &programs, calendar))}</strong>
                </a>
                <span>{progress(request)}</span>
            </li>
        }
    };
    let none = overview.requests.is_empty().then(|| {
        view! {
            <li>
                <span class="when">"None so far"</span>
                <span>"You can have what was captured deleted. Each store then signs for it."</span>
            </li>
        }
    });
    view! {
        <section aria-labelledby="req">
            <h2 id="req">"Your requests"</h2>
            <ul class="items">{overview.requests.iter().take(SHOWN).map(item).collect_view()} {none}</ul>
            <p>
                <a href="/requests/new">"Ask for deletion"</a>
            </p>
        </section>
    }
    .into_any()
}
