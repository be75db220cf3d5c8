//! One version of a notice: what happens if you do nothing, then what changes, then the text, then "have you read it".
//!
//! Acknowledging is never worded as agreeing, and "Not now" is its equal: a link that writes nothing.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::form::Once;
use super::format::{Calendar, hex_groups, list, number};
use super::markdown::notice_html;
use super::notices::{Card, Standing};
use crate::domain::employee::Locale;
use crate::domain::id::FormId;
use crate::domain::notice::{NoticeText, NoticeVersion};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The version.
    pub card: Card,
    /// Language to show it in.
    pub locale: Locale,
    /// Names of the kinds of data whose yes ends with this version.
    pub ending: Vec<String>,
    /// The version before it, and from when that applied.
    pub before: Option<(u32, DateTime<Utc>)>,
    /// The agreement with the representatives.
    pub agreement: Option<String>,
    /// Marks the form.
    pub once: FormId,
}

/// The whole page.
#[component]
pub fn NoticePage(notice: Notice, calendar: Calendar) -> impl IntoView {
    let version = notice.card.published.version.clone();
    let (shown, text) = match version.text(notice.locale) {
        Some((shown, text)) => (shown, text.clone()),
        None => (
            Locale::En,
            NoticeText {
                title: String::new(),
                summary: String::new(),
                body: String::new(),
            },
        ),
    };
    let lead = match (notice.card.standing, notice.before) {
        (Standing::Upcoming, Some((before, _))) => {
            format!(
                "Version {} of the notice. Until {} version {before} applies.",
                version.version,
                calendar.day(version.effective_at)
            )
        }
        (Standing::Upcoming, None) => {
            format!("It applies from {}.", calendar.date(version.effective_at))
        }
        (Standing::InForce, _) => format!(
            "Version {}. It applies since {}.",
            version.version,
            calendar.date(version.effective_at)
        ),
        (Standing::Replaced, _) => {
            format!("Version {}. It does not apply any more.", version.version)
        }
    };
    let tag = shown.tag();
    let facts = view! { <Facts notice=notice.clone() version=version.clone() shown calendar /> };
    view! {
        <p class="steps-back">
            <a href="/notices">"All notices"</a>
        </p>
        <div class="opening">
            <div class="opening__text">
                <h1 lang=tag>{text.title.clone()}</h1>
                <p class="lead">{lead}</p>
            </div>
            <section class="panel" aria-labelledby="nothing">
                <h2 id="nothing">"If you do nothing"</h2>
                <p>{if_nothing(&notice, &version, calendar)}</p>
                <p>
                    <a href="/choices">"My choices"</a>
                </p>
            </section>
        </div>
        <Body text shown>
            {facts}
        </Body>
        <Acknowledge notice version shown calendar />
    }
    .into_any()
}

/// In short, and the text: the same on the page and in HR's preview.
#[component]
pub fn Body(text: NoticeText, shown: Locale, children: Children) -> impl IntoView {
    let tag = shown.tag();
    view! {
        <section class="part" aria-labelledby="short">
            <div class="part__head">
                <h2 id="short">"In short"</h2>
            </div>
            <p class="part__body lead measure" lang=tag>
                {text.summary}
            </p>
        </section>
        <section class="part" aria-labelledby="text">
            <div class="part__head">
                <h2 id="text">"The text"</h2>
                {children()}
            </div>
            <div class="part__body">
                <article class="prose" lang=tag inner_html=notice_html(&text.body)></article>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Facts(
    notice: Notice,
    version: NoticeVersion,
    shown: Locale,
    calendar: Calendar,
) -> impl IntoView {
    let before = notice.before.map_or_else(String::new, |(before, at)| {
        format!(", replaces {before} of {}", calendar.day(at))
    });
    let agreement = notice.agreement.map(|agreement| {
        view! {
            <div>
                <dt>"Agreement"</dt>
                <dd>{agreement}</dd>
            </div>
        }
    });
    let others: Vec<Locale> = version
        .texts
        .keys()
        .copied()
        .filter(|locale| *locale != shown)
        .collect();
    let link = |(index, locale): (usize, &Locale)| {
        let tag = locale.tag();
        view! {
            {if index == 0 { ". Also in " } else { ", " }}
            <a href=format!("?lang={tag}") lang=tag hreflang=tag>
                {locale.name()}
            </a>
        }
    };
    let document = format!(
        "/notices/{}/{}/document.json",
        version.notice, version.version
    );
    view! {
        <dl class="facts">
            <div>
                <dt>"Version"</dt>
                <dd>{format!("{}{before}", version.version)}</dd>
            </div>
            <div>
                <dt>"Published"</dt>
                <dd>{format!("{}, by HR", calendar.moment(version.published_at))}</dd>
            </div>
            <div>
                <dt>"Applies from"</dt>
                <dd>{calendar.date(version.effective_at)}</dd>
            </div>
            {agreement}
            <div>
                <dt>"Language"</dt>
                <dd>{shown.name()} {others.iter().enumerate().map(link).collect_view()}</dd>
            </div>
            <div>
                <dt>"Ledger entry"</dt>
                <dd>{number(notice.card.published.entry)}</dd>
            </div>
        </dl>
        <details>
            <summary>"Check the text"</summary>
            <p>
                <a href=document>"This document"</a> " has the SHA-256 that stands in the ledger:"
            </p>
            <p class="hash">{hex_groups(&notice.card.published.sha256)}</p>
        </details>
    }
    .into_any()
}

#[component]
fn Acknowledge(
    notice: Notice,
    version: NoticeVersion,
    shown: Locale,
    calendar: Calendar,
) -> impl IntoView {
    let number = version.version;
    let body = if let Some(at) = notice.card.read_at {
        view! { <p class="part__body measure">{format!("You said on {} that you have read it. That is not a yes to anything.", calendar.moment(at))}</p> }
            .into_any()
    } else {
        let action = format!("/notices/{}/{number}/acknowledgement", version.notice);
        view! {
            <form class="part__body stack" method="post" action=action>
                <p class="measure">
                    {format!("Saying so confirms only that you have read version {number} in {}. It is not a yes to anything, and changes none of your choices.", english_name(shown))}
                </p>
                <Once once=notice.once />
                <div class="answers">
                    <button class="button">{format!("I have read version {number}")}</button>
                    <a class="button" href="/notices">
                        "Not now"
                    </a>
                </div>
                <p class="hint">"“Not now” records nothing."</p>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="part" aria-labelledby="ack">
            <div class="part__head">
                <h2 id="ack">"Have you read it?"</h2>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn if_nothing(notice: &Notice, version: &NoticeVersion, calendar: Calendar) -> String {
    match notice.card.standing {
        Standing::Upcoming if !notice.ending.is_empty() => format!(
            "Your yes to {} ends on {}, and nothing of it is captured any more. A no stays a no.",
            list(&notice.ending),
            calendar.day(version.effective_at)
        ),
        Standing::Upcoming if version.material => {
            "You have said yes to nothing that it touches, so nothing changes for you. A no stays a no.".to_owned()
        }
        Standing::Upcoming | Standing::InForce => "Nothing changes. Your choices stay as they are.".to_owned(),
        Standing::Replaced => "Nothing changes. A later version applies.".to_owned(),
    }
}

/// The language's English name, inside an English sentence.
pub const fn english_name(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "English",
        Locale::De => "German",
        Locale::Fr => "French",
        Locale::Es => "Spanish",
    }
}
