//! Notices: what waits to be read, what applies, what applied once.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::format::Calendar;
use super::marks::{Mark, mark};
use crate::domain::employee::Locale;
use crate::domain::notice::PublishedNotice;

/// Where a version stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Counts later.
    Upcoming,
    /// Counts now.
    InForce,
    /// Counted once.
    Replaced,
}

/// A version as one person sees it.
#[derive(Debug, Clone)]
pub struct Card {
    /// The version.
    pub published: PublishedNotice,
    /// Name of its programme.
    pub program: Option<String>,
    /// When the person said to have read it.
    pub read_at: Option<DateTime<Utc>>,
    /// Whether it counts.
    pub standing: Standing,
}

impl Card {
    /// Whether it waits for the person.
    pub fn waits(&self) -> bool {
        self.standing != Standing::Replaced && self.read_at.is_none()
    }
}

/// The whole page.
#[component]
pub fn Notices(cards: Vec<Card>, locale: Locale, calendar: Calendar) -> impl IntoView {
    let waiting = cards.iter().filter(|card| card.waits()).count();
    let heading = match waiting {
        0 => "No notice waits for you.".to_owned(),
        1 => "One notice waits for you.".to_owned(),
        many => format!(
            "{} notices wait for you.",
            super::format::capital(&super::format::spelled(many))
        ),
    };
    let group = |standing: Standing, id: &'static str, title: &'static str, empty: &'static str| {
        let of: Vec<Card> = cards
            .iter()
            .filter(|card| card.standing == standing)
            .cloned()
            .collect();
        let list = if of.is_empty() {
            view! { <p class="hint">{empty}</p> }.into_any()
        } else {
            let items = of
                .into_iter()
                .map(|card| view! { <Item card locale calendar /> });
            view! { <ul class="items">{items.collect_view()}</ul> }.into_any()
        };
        view! {
            <section class="part" aria-labelledby=id>
                <div class="part__head">
                    <h2 id=id>{title}</h2>
                </div>
                <div class="part__body">{list}</div>
            </section>
        }
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{heading}</h1>
                <p class="lead">
                    "HR publishes here what a programme does and what changes. Reading is not agreeing: your choices stay as they are."
                </p>
            </div>
        </div>
        {group(Standing::Upcoming, "next", "Applies later", "No change is announced.")}
        {group(Standing::InForce, "now", "Applies now", "No notice is in force.")}
        {group(Standing::Replaced, "then", "Applied once", "No version was replaced yet.")}
    }
    .into_any()
}

#[component]
fn Item(card: Card, locale: Locale, calendar: Calendar) -> impl IntoView {
    let version = card.published.version;
    let (lang, title, summary) = version
        .text(locale)
        .map_or(("en", String::new(), String::new()), |(locale, text)| {
            (locale.tag(), text.title.clone(), text.summary.clone())
        });
    let when = match card.standing {
        Standing::Upcoming => format!("Applies from {}", calendar.date(version.effective_at)),
        Standing::InForce => format!("Applies since {}", calendar.date(version.effective_at)),
        Standing::Replaced => format!("Published on {}", calendar.date(version.published_at)),
    };
    let of = card
        .program
        .map_or_else(String::new, |program| format!("{program}, "));
    let read = match card.read_at {
        Some(at) => view! { <span class="when">{mark(Mark::Check)} {format!(" Read on {}", calendar.day(at))}</span> }.into_any(),
        None if card.standing == Standing::Replaced => ().into_any(),
        None => view! { <span class="when">{mark(Mark::Off)} " Not read yet"</span> }.into_any(),
    };
    view! {
        <li>
            <span class="when">{format!("{of}version {}. {when}", version.version)}</span>
            <a href=format!("/notices/{}/{}", version.notice, version.version)>
                <strong lang=lang>{title}</strong>
            </a>
            <span lang=lang>{summary}</span>
            {read}
        </li>
    }
    .into_any()
}
