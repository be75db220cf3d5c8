//! The head of every page: whose portal it is, who is signed in, the contents, the dateline.
//!
//! A new section of the employee's pages: a case of `Section` and a line in `CONTENTS`. The desk's masthead is printed
//! in reverse, so that nobody with two hats forgets which one is on.

use leptos::prelude::*;

use super::format::number;
use super::marks::Wordmark;
use super::shell::{Frame, Section, Viewer};

const CONTENTS: [(Section, &str, &str); 7] = [
    (Section::Overview, "/", "Overview"),
    (Section::Choices, "/choices", "My choices"),
    (Section::Activity, "/activity", "What was captured"),
    (Section::Requests, "/requests", "My requests"),
    (Section::Notices, "/notices", "Notices"),
    (Section::Receipts, "/receipts", "Receipts"),
    (Section::Programs, "/programs", "Programmes"),
];

const DESK: [(Section, &str, &str); 2] = [
    (Section::DeskNotices, "/manage/notices", "Published notices"),
    (
        Section::DeskWriting,
        "/manage/notices/new",
        "Write a notice",
    ),
];

/// Masthead, contents and dateline.
#[component]
pub fn Masthead(frame: Frame) -> impl IntoView {
    let Some(viewer) = frame.viewer.clone() else {
        return view! { <Doorplate house=frame.house.name /> }.into_any();
    };
    let desk = frame.section.is_desk();
    let class = if desk {
        "masthead masthead--manage"
    } else {
        "masthead"
    };
    let house = if desk {
        format!("{}, HR desk", frame.house.name)
    } else {
        frame.house.name.clone()
    };
    let now = frame.calendar.now();
    let ledger = frame.entries.map(|entries| {
        view! {
            <p>
                <a href="/ledger">{format!("{} entries in the ledger", number(entries))}</a>
                <span data-ledger="whole" hidden>
                    "; your browser checked that it only grew"
                </span>
                <span data-ledger="unproven" hidden>
                    "; it gave your browser no proof that it only grew"
                </span>
            </p>
        }
    });
    let to_desk =
        (viewer.publisher && !desk).then(|| view! { <a href="/manage/notices">"HR desk"</a> });
    let home = if desk { "/manage/notices" } else { "/" };
    view! {
        <header>
            <div class=class>
                <div class="page">
                    <div class="masthead__row">
                        <a class="wordmark" href=home>
                            <Wordmark />
                        </a>
                        <p class="masthead__house">{house}</p>
                        <button class="button button--small menu-button" type="button" popovertarget="contents">
                            "Contents"
                        </button>
                        <div class="masthead__who">
                            {to_desk}
                            <a href="/account">{viewer.name.clone()}</a>
                            <form method="post" action="/sign-out">
                                <button class="button button--small">"Sign out"</button>
                            </form>
                        </div>
                    </div>
                    <Contents viewer section=frame.section />
                </div>
            </div>
            <div class="page dateline">
                <p>
                    <time datetime=frame.calendar.iso(now)>{frame.calendar.dateline(now)}</time>
                </p>
                {ledger}
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn Doorplate(house: String) -> impl IntoView {
    view! {
        <header class="masthead">
            <div class="page">
                <div class="masthead__row">
                    <a class="wordmark" href="/sign-in">
                        <Wordmark />
                    </a>
                    <p class="masthead__house">{house}</p>
                </div>
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn Contents(viewer: Viewer, section: Section) -> impl IntoView {
    let desk = section.is_desk();
    let entries: &[_] = if desk { &DESK } else { &CONTENTS };
    let line = move |(of, href, name): &(Section, &'static str, &'static str)| {
        let waiting = (*of == Section::Notices && viewer.to_read > 0).then(|| {
            view! {
                " "
                <span class="count">
                    {viewer.to_read} <span class="hush">" to read"</span>
                </span>
            }
        });
        let current = (*of == section).then_some("page");
        view! {
            <li>
                <a href=*href aria-current=current>
                    {*name}
                    {waiting}
                </a>
            </li>
        }
    };
    let own = desk.then(|| {
        view! {
            <li class="contents__aside">
                <a href="/">"My own pages"</a>
            </li>
        }
    });
    let to_desk = (viewer.publisher && !desk).then(|| {
        view! {
            <li class="contents__more">
                <a href="/manage/notices">"HR desk"</a>
            </li>
        }
    });
    view! {
        <nav class="contents" id="contents" popover="auto" aria-label="Contents">
            <p class="contents__more">
                <button
                    class="button button--small"
                    type="button"
                    popovertarget="contents"
                    popovertargetaction="hide"
                >
                    "Close"
                </button>
            </p>
            <ul class="contents__list">
                {entries.iter().map(line).collect_view()} {own} {to_desk}
                <li class="contents__more">
                    <a href="/account">{format!("Account: {}", viewer.name)}</a>
                </li>
                <li class="contents__more">
                    <form method="post" action="/sign-out">
                        <button class="button button--small">"Sign out"</button>
                    </form>
                </li>
            </ul>
        </nav>
    }
    .into_any()
}
