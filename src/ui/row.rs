//! One choice on the page of choices: its words, its status line, the switch with two equal halves.
//!
//! The status line and the inside of the form are pieces of their own, so that an island can replace them.

use leptos::prelude::*;

use super::board::{Board, Choice, choice};
use super::form::Once;
use super::format::{Calendar, inner};
use super::marks::{Mark, mark};
use super::shell::Flash;
use super::spread::Live;
use super::standing::Row;
use super::status::status_line;
use crate::domain::employee::Locale;
use crate::domain::id::FormId;

/// The whole row.
#[component]
pub fn Item(
    row: Row,
    once: [FormId; 2],
    board: Board,
    locale: Locale,
    calendar: Calendar,
) -> impl IntoView {
    let declaration = &board.program.declaration;
    let id = format!("{}-{}", declaration.id, row.category.id);
    let choice = choice(&board, &row, once[0], locale, calendar);
    let form = choice.pressed.map(|_| {
        let action = format!("/choices/{}/{}", declaration.id, row.category.id);
        view! {
            <form method="post" action=action id=format!("w-{id}")>
                <Switch choice=choice.clone() />
            </form>
        }
    });
    view! {
        <li>
            <div class="choice__text">
                <h3 id=format!("c-{id}")>{row.category.name.clone()}</h3>
                <p class="choice__what">{row.category.what.clone()}</p>
                <div id=format!("t-{id}") aria-live="polite">
                    <Line choice />
                </div>
            </div>
            {form}
            <div class="renewal" id=format!("r-{id}")>
                <Renewal row once=once[1] board locale calendar />
            </div>
        </li>
    }
    .into_any()
}

/// What a choice says: now, and once the last lease has run out.
#[component]
pub fn Line(choice: Choice) -> impl IntoView {
    let later = choice.settles.map(|(after_ms, status)| {
        view! { <template data-after=after_ms>{status_line(status)}</template> }
    });
    let live = choice
        .live
        .map(|live| view! { <Live live again="/choices" /> });
    view! {
        {status_line(choice.status)}
        {later}
        {live}
    }
    .into_any()
}

/// What stands in a choice's form: both words always visible, both halves the same size, off first.
#[component]
pub fn Switch(choice: Choice) -> impl IntoView {
    let half = |on: bool| {
        let (value, drawn, word) = if on {
            ("give", Mark::On, " On")
        } else {
            ("refuse", Mark::Off, " Off")
        };
        view! {
            <button name="choice" value=value aria-pressed=(choice.pressed == Some(on)).to_string()>
                {mark(drawn)}
                {word}
            </button>
        }
    };
    let busy = choice.settles.as_ref().map(|_| "true");
    view! {
        <input type="hidden" name="notice_version" value=choice.notice_version />
        <input type="hidden" name="language" value=choice.language.tag() />
        <Once once=choice.once />
        <div class="switch" role="group" aria-label=choice.label.clone() aria-busy=busy>
            {half(false)}
            {half(true)}
        </div>
    }
    .into_any()
}

/// Answers a click that loaded no page: the same words as a flash, until closed or until the next act.
#[component]
pub fn Toast(flash: Flash, drawn: Mark) -> impl IntoView {
    let link = flash.link.map(|(href, label)| {
        view! {
            " "
            <a href=href>{label}</a>
        }
    });
    view! {
        <div class="flash toast" role="status">
            {mark(drawn)}
            <p>{flash.text} {link}</p>
            <button class="button button--small" type="button">
                "Close"
            </button>
        </div>
    }
    .into_any()
}

/// Two equal answers where a yes is about to end.
#[component]
pub fn Renewal(
    row: Row,
    once: FormId,
    board: Board,
    locale: Locale,
    calendar: Calendar,
) -> impl IntoView {
    let notice = board.upcoming.as_ref().filter(|_| row.ends())?;
    let version = notice.version.version;
    let language = notice
        .version
        .text(locale)
        .map_or(Locale::En, |(language, _)| language);
    let declaration = &board.program.declaration;
    let name = inner(&row.category.name);
    Some(
    view! {
        <form method="post" action=format!("/choices/{}/{}", declaration.id, row.category.id)>
            <input type="hidden" name="notice_version" value=version />
            <input type="hidden" name="language" value=language.tag() />
            <Once once />
            <p class="hint">
                {format!("If you do nothing, {name} goes off on {}.", calendar.day(notice.version.effective_at))}
            </p>
            <div class="answers" role="group" aria-label=format!("{}, version {version}", row.category.name)>
                <button class="button" name="choice" value="refuse">
                    "Turn it off now"
                </button>
                <button class="button" name="choice" value="give">
                    {format!("Keep it on under version {version}")}
                </button>
            </div>
        </form>
    }
    .into_any())
}
