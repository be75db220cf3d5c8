//! What every page has around it: head, masthead, contents, dateline, flash, colophon.
//!
//! A new section of the employee's pages: a case of `Section` and a line in `CONTENTS`.

use leptos::config::LeptosOptions;
use leptos::hydration::HydrationScripts;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::format::{Calendar, number};
use super::marks::{Symbols, Wordmark};
use crate::islands::mark::{Mark, mark};

/// Who runs the portal, as pages name it.
#[derive(Debug, Clone)]
pub struct House {
    /// The employer's name.
    pub name: String,
    /// Where the privacy office is reached, in words.
    pub privacy_office: String,
    /// Its e-mail address.
    pub privacy_email: Option<String>,
    /// Where the representatives are reached, in words.
    pub representatives: String,
}

/// Whoever is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Full name.
    pub name: String,
    /// Whether the HR desk is open to them.
    pub publisher: bool,
    /// Notices that wait for them.
    pub to_read: usize,
}

/// The answer to the last act, after a page load.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flash {
    /// What was done.
    pub text: String,
    /// Where to see it: address and words.
    pub link: Option<(String, String)>,
}

/// Where a page stands in the contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `/`
    Overview,
    /// `/choices`
    Choices,
    /// `/activity`
    Activity,
    /// `/requests`
    Requests,
    /// `/notices`
    Notices,
    /// `/receipts`
    Receipts,
    /// `/programs`
    Programs,
    /// `/account`
    Account,
    /// `/manage/notices`
    DeskNotices,
    /// `/manage/notices/new`
    DeskWriting,
    /// Not in the contents.
    Nowhere,
}

impl Section {
    const fn is_desk(self) -> bool {
        matches!(self, Self::DeskNotices | Self::DeskWriting)
    }
}

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

/// Everything around a page's own content.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Who runs the portal.
    pub house: House,
    /// How times are shown.
    pub calendar: Calendar,
    /// Who looks at it.
    pub viewer: Option<Viewer>,
    /// Which section it is.
    pub section: Section,
    /// Number of entries in the ledger, where it is known.
    pub entries: Option<u64>,
    /// The answer to the last act.
    pub flash: Option<Flash>,
    /// Address of the style sheet.
    pub style: String,
    /// Set where the page has islands and their code can be had.
    pub islands: Option<LeptosOptions>,
}

/// A whole document.
#[component]
pub fn Document(frame: Frame, title: String, children: Children) -> impl IntoView {
    let house = frame.house.clone();
    let signed_in = frame.viewer.is_some();
    let scripts = frame.islands.clone().map(|options| {
        view! { <HydrationScripts options islands=true /> }
    });
    let flash = frame.flash.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width" />
                <title>{format!("{title} · Sayso")}</title>
                <link rel="icon" href="/static/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=frame.style.clone() />
                {scripts}
            </head>
            <body>
                <Symbols />
                <a class="skip" href="#main">
                    "Skip to the page"
                </a>
                <Masthead frame />
                <main class="page" id="main" tabindex="-1">
                    {flash.map(|flash| view! { <FlashLine flash /> })}
                    {children()}
                </main>
                <Colophon house signed_in />
            </body>
        </html>
    }
}

#[component]
fn FlashLine(flash: Flash) -> impl IntoView {
    let link = flash.link.map(|(href, label)| {
        view! {
            " "
            <a href=href>{label}</a>
        }
    });
    view! {
        <div class="flash" role="status">
            {mark(Mark::Check)}
            <p>{flash.text} {link}</p>
        </div>
    }
}

#[component]
fn Masthead(frame: Frame) -> impl IntoView {
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
        view! { <p>{format!("{} entries in the ledger", number(entries))}</p> }
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
}

#[component]
fn Colophon(house: House, signed_in: bool) -> impl IntoView {
    let email = house.privacy_email.map(|email| {
        view! {
            <a href=format!("mailto:{email}")>{email.clone()}</a>
            ". "
        }
    });
    let programs = (!signed_in).then(|| {
        view! {
            <p>
                <strong>"Without signing in."</strong>
                " "
                <a href="/programs">"Programmes that run here"</a>
                ", "
                <a href="/ledger/checkpoint">"the ledger’s signed state"</a>
                "."
            </p>
        }
    });
    let others = signed_in.then(|| {
        view! {
            <p>
                <strong>"What others see."</strong>
                " Your manager and HR cannot see these pages, your choices or your requests."
            </p>
        }
    });
    view! {
        <footer class="page colophon">
            <p>
                <strong>"Ask a person."</strong>
                " "
                {house.privacy_office}
                " "
                {email}
                "You need not say why you ask."
            </p>
            <p>
                <strong>"Your representatives."</strong>
                " "
                {house.representatives}
            </p>
            {others}
            {programs}
        </footer>
    }
}
