//! What every page has around it: head, masthead, contents, dateline, flash, colophon.

use leptos::config::LeptosOptions;
use leptos::hydration::HydrationScripts;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::format::Calendar;
use super::marks::Symbols;
use super::marks::{Mark, mark};
use super::masthead::Masthead;
use super::memory::Memory;
use crate::domain::account::Role;

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
    /// The role by which they may stop a programme, if they may.
    pub stops: Option<Role>,
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
    /// `/ledger`; linked from the dateline and the colophon.
    Ledger,
    /// `/account`
    Account,
    /// `/manage/notices`
    DeskNotices,
    /// `/manage/notices/new`
    DeskWriting,
    /// `/manage/programs`
    DeskPrograms,
    /// Not in the contents.
    Nowhere,
}

impl Section {
    /// Whether it belongs to a role, and not to everybody.
    pub const fn is_desk(self) -> bool {
        matches!(
            self,
            Self::DeskNotices | Self::DeskWriting | Self::DeskPrograms
        )
    }
}

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
    /// The key that verifies the ledger.
    pub vkey: String,
    /// Set where the islands' code can be had.
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
    let (flash, vkey) = (frame.flash.clone(), frame.vkey.clone());
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
                    <Memory vkey />
                    {flash.map(|flash| view! { <FlashLine flash /> })}
                    {children()}
                </main>
                <Colophon house signed_in />
            </body>
        </html>
    }
    .into_any()
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
    .into_any()
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
                <a href="/ledger">"about the ledger"</a>
                ", "
                <a href="/docs/api">"what agents can ask"</a>
                "."
            </p>
        }
    });
    let others = signed_in.then(|| {
        view! {
            <p>
                <strong>"What others see."</strong>
                " Your manager and HR cannot see these pages, your choices or your requests. What was said cannot be rewritten unseen: "
                <a href="/ledger">"about the ledger"</a>
                "."
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
    .into_any()
}
