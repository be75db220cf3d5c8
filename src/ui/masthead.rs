//! The head of every page: whose portal it is, who is signed in, the contents, the dateline.
//!
//! A new section of the employee's pages: a case of `Section` and a line in `CONTENTS`. The desk's masthead is printed
//! in reverse, so that nobody with two hats forgets which one is on.

use leptos::prelude::*;

use super::format::number;
use super::marks::Wordmark;
use super::shell::{Frame, Section, Viewer};
use crate::domain::account::Role;

const CONTENTS: [(Section, &str, &str); 7] = [
    (Section::Overview, "/", "Overview"),
    (Section::Choices, "/choices", "My choices"),
    (Section::Activity, "/activity", "What was captured"),
    (Section::Requests, "/requests", "My requests"),
    (Section::Notices, "/notices", "Notices"),
    (Section::Receipts, "/receipts", "Receipts"),
    (Section::Programs, "/programs", "Programmes"),
];

const PAUSES: [(Section, &str, &str); 1] = [(
    Section::DeskPrograms,
    "/manage/programs",
    "Programmes and pauses",
)];

const NOTICES: [(Section, &str, &str); 2] = [
    (Section::DeskNotices, "/manage/notices", "Published notices"),
    (
        Section::DeskWriting,
        "/manage/notices/new",
        "Write a notice",
    ),
];

/// What a role's desk is called.
pub const fn hat(role: Role) -> &'static str {
    match role {
        Role::Representative => "employees’ representatives",
        _ => "privacy office",
    }
}

impl Viewer {
    /// The desks that are open to them: address and name.
    fn desks(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let notices = self.publisher.then_some(("/manage/notices", "HR desk"));
        let pauses = self.stops.map(|_| ("/manage/programs", "Pauses"));
        pauses.into_iter().chain(notices)
    }
}

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
    let house = match (frame.section, viewer.stops) {
        (Section::DeskPrograms, Some(role)) => format!("{}, {}", frame.house.name, hat(role)),
        _ if desk => format!("{}, HR desk", frame.house.name),
        _ => frame.house.name.clone(),
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
    let desks = (!desk).then(|| {
        let link = |(href, name)| view! { <a href=href>{name}</a> };
        viewer.desks().map(link).collect_view()
    });
    let home = match frame.section {
        Section::DeskPrograms => "/manage/programs",
        _ if desk => "/manage/notices",
        _ => "/",
    };
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
                            {desks}
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
    let entries: Vec<_> = if desk {
        let notices = NOTICES.iter().filter(|_| viewer.publisher);
        let pauses = PAUSES.iter().filter(|_| viewer.stops.is_some());
        pauses.chain(notices).collect()
    } else {
        CONTENTS.iter().collect()
    };
    let desks = (!desk).then(|| {
        let link = |(href, name)| {
            view! {
                <li class="contents__more">
                    <a href=href>{name}</a>
                </li>
            }
        };
        viewer.desks().map(link).collect_view()
    });
    let name = viewer.name.clone();
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
                {entries.into_iter().map(line).collect_view()} {own} {desks}
                <li class="contents__more">
                    <a href="/account">{format!("Account: {name}")}</a>
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
