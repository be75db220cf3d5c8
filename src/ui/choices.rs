//! My choices: one switch per programme and kind of data, everything off, and what was said when.
//!
//! Off comes first everywhere, takes one click, no reason and no confirmation.

use leptos::prelude::*;

use super::board::{Board, Said};
use super::form::Once;
use super::format::{Calendar, inner};
use super::marks::{Mark, mark};
use super::row::{Item, Toast};
use super::shell::Flash;
use super::standing::{Row, legal_basis, outcome, receipt};
use crate::domain::employee::Locale;
use crate::domain::id::FormId;
use crate::islands::LiveChoices;

/// Events shown on the page; the receipts have all of them.
const SHOWN: usize = 30;

/// Said where the server does not answer a click.
const SILENCE: &str = "The portal does not answer, so nothing is known to have changed. Load the page again to see what holds.";

/// The whole page.
#[component]
pub fn Choices(
    boards: Vec<Board>,
    history: Vec<Said>,
    /// Language in which the person reads notices.
    locale: Locale,
    calendar: Calendar,
    /// For the form that turns everything off.
    once: FormId,
) -> impl IntoView {
    let any = boards.iter().any(Board::any_yes);
    let empty = boards.is_empty().then(|| {
        view! {
            <div class="empty">
                <h2>"Nothing asks for your say."</h2>
                <p>"No programme is declared here, so no collector is let through."</p>
            </div>
        }
    });
    let content = view! {
        <div class="opening">
            <div class="opening__text">
                <h1>"My choices"</h1>
                <p class="lead">
                    "Off needs no reason and has no consequence. A choice stays until you change it. Whoever judges your work cannot see what you choose."
                </p>
            </div>
            <section class="panel" id="all-off" aria-labelledby="all">
                <AllOff any once />
            </section>
        </div>
        {empty}
        {boards.into_iter().map(|board| view! { <Programme board locale calendar /> }).collect_view()}
        <section class="part" aria-labelledby="hist">
            <div class="part__head">
                <h2 id="hist">"What you said, and when"</h2>
                <p>
                    "Each line has a receipt. All of them are under " <a href="/receipts">"Receipts"</a> "."
                </p>
            </div>
            <ol class="timeline part__body" id="history">
                <History history calendar />
            </ol>
        </section>
        <div id="toast"></div>
        <template id="silence">
            <Toast
                flash=Flash { text: SILENCE.to_owned(), link: None }
                drawn=Mark::Alert
            />
        </template>
    };
    view! {
        <LiveChoices>
            {content}
        </LiveChoices>
    }
    .into_any()
}

/// What stands in the panel.
#[component]
pub fn AllOff(any: bool, once: FormId) -> impl IntoView {
    if any {
        view! {
            <h2 id="all">"Everything off"</h2>
            <p>"One click for all programmes. You can turn single kinds on again later."</p>
            <form method="post" action="/choices/off">
                <Once once />
                <button class="button button--wide">{mark(Mark::Off)} " Turn everything off"</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <h2 id="all">"Everything is off"</h2>
            <p>"You said yes to nothing, so no collector is let through. It stays so until you turn something on."</p>
        }
        .into_any()
    }
}

/// The lines of the history, newest first.
#[component]
pub fn History(history: Vec<Said>, calendar: Calendar) -> impl IntoView {
    if history.is_empty() {
        return view! {
            <li>
                {mark(Mark::Off)} <div>"You have not said anything yet. No answer means no."</div>
            </li>
        }
        .into_any();
    }
    let line = |said: Said| {
        let event = said.event;
        let drawn = if event.state.permits() {
            Mark::On
        } else {
            Mark::Off
        };
        let (href, label) = receipt(event.entry);
        view! {
            <li>
                {mark(drawn)}
                <div>
                    <time datetime=calendar.iso(event.at)>{calendar.exact(event.at)}</time>
                    {format!("{} {}, {}. ", said.category, outcome(event.state), said.program)}
                    <a href=href>{label}</a>
                </div>
            </li>
        }
    };
    let lines = history.into_iter().take(SHOWN).map(line);
    lines.collect_view().into_any()
}

#[component]
fn Programme(board: Board, locale: Locale, calendar: Calendar) -> impl IntoView {
    let declaration = board.program.declaration.clone();
    let id = format!("p-{}", declaration.id);
    let labelled = id.clone();
    let rows: Vec<Row> = board.rows.iter().map(|(row, _)| row.clone()).collect();
    let readers = (!declaration.recipients.is_empty())
        .then(|| format!(" Read by {}.", super::format::list(&declaration.recipients)));
    let kept = format!(
        "{} Kept {} days.",
        declaration.purpose.trim(),
        declaration.retention_days
    );
    let agreement = declaration
        .agreement_ref
        .clone()
        .map(|agreement| view! { <p>{agreement}</p> });
    let notice = match &board.in_force {
        Some(notice) => {
            let version = notice.version.version;
            let href = format!("/notices/{}/{version}", declaration.notice);
            view! { <a href=href>{format!("Notice, version {version}")}</a> }.into_any()
        }
        None => "Its notice is not in force, so nothing can be turned on.".into_any(),
    };
    let upcoming = board.upcoming.as_ref().map(|notice| {
        let version = &notice.version;
        let href = format!("/notices/{}/{}", version.notice, version.version);
        let ends = rows
            .iter()
            .any(Row::ends)
            .then_some(" Your yes ends then, unless you give it again.");
        view! {
            <p>
                {format!("From {} ", calendar.day(version.effective_at))}
                <a href=href>{format!("version {}", version.version)}</a>
                " applies."
                {ends}
            </p>
        }
    });
    let items = board.rows.iter().map(|(row, once)| view! { <Item row=row.clone() once=*once board=board.clone() locale calendar /> });
    view! {
        <section class="part" aria-labelledby=labelled>
            <div class="part__head">
                <h2 id=id>{declaration.name.clone()}</h2>
                <div id=format!("s-{}", declaration.id)>{board.status(calendar)}</div>
                <p>{kept}{readers}</p>
                <p>{format!("Legal basis: {}", inner(legal_basis(declaration.legal_basis)))}</p>
                {agreement}
                <p>{notice}</p>
                {upcoming}
            </div>
            <ul class="choices part__body">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}
