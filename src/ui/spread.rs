//! How far a stop has come: who has confirmed it, how fast, and who has not yet. Words for a status line, marks and a
//! table for a page of its own, and what keeps both current.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use super::format::{Calendar, list};
use super::marks::{Mark, mark};
use super::masthead::hat;
use crate::domain::account::Role;
use crate::domain::stop::StatusNote;

/// Names in a sentence before the rest becomes a number.
const NAMED: usize = 3;

/// Who has stopped for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// How long each collector took that has confirmed, fastest first.
    pub confirmed: Vec<TimeDelta>,
    /// Collectors that have not confirmed: name, and where it runs.
    pub waiting: Vec<(String, String)>,
    /// When the last lease ends that was given before the stop.
    pub leases_end: DateTime<Utc>,
}

impl Spread {
    /// Collectors that the stop is for.
    pub fn all(&self) -> usize {
        self.confirmed.len() + self.waiting.len()
    }

    /// Whether somebody is yet to confirm whose lease still runs.
    pub fn is_waited_for(&self, now: DateTime<Utc>) -> bool {
        !self.waiting.is_empty() && now <= self.leases_end
    }

    /// "3 of 3 collectors confirmed, 0.4 s."
    pub fn words(&self, calendar: Calendar) -> String {
        self.words_at(calendar.now(), calendar)
    }

    /// The same as it will be at `now` if nobody confirms until then. Empty where there is no collector.
    pub fn words_at(&self, now: DateTime<Utc>, calendar: Calendar) -> String {
        let all = self.all();
        let collectors = if all == 1 { "collector" } else { "collectors" };
        let confirmed = format!("{} of {all} {collectors} confirmed", self.confirmed.len());
        let one = self.waiting.len() == 1;
        let end = calendar.second(self.leases_end);
        match (self.waiting.is_empty(), self.confirmed.last()) {
            (true, None) => String::new(),
            (true, Some(last)) => format!("{confirmed}, {}.", took(*last)),
            _ if now <= self.leases_end => format!(
                "{confirmed}. {} {} not yet; {} by {end} at the latest, when {} lease ends.",
                self.names(),
                if one { "has" } else { "have" },
                if one { "it stops" } else { "they stop" },
                if one { "its" } else { "the last" },
            ),
            _ => format!(
                "{confirmed}. {} {} not; the last lease ended at {end}.",
                self.names(),
                if one { "has" } else { "have" },
            ),
        }
    }

    fn names(&self) -> String {
        let names = self.waiting.iter().map(|(name, _)| name.clone());
        let shown = if self.waiting.len() > NAMED + 1 {
            NAMED
        } else {
            NAMED + 1
        };
        let mut names: Vec<String> = names.take(shown).collect();
        if self.waiting.len() > shown {
            names.push(format!("{} more", self.waiting.len() - shown));
        }
        list(&names)
    }
}

/// How long something took: `0.4 s`, `12 s`, `3 min`.
pub fn took(time: TimeDelta) -> String {
    match time.num_milliseconds() {
        ..100 => "under 0.1 s".to_owned(),
        tenths @ 100..10_000 => format!("{}.{} s", tenths / 1000, tenths % 1000 / 100),
        seconds @ 10_000..120_000 => format!("{} s", seconds / 1000),
        minutes => format!("{} min", minutes / 60_000),
    }
}

/// Why a programme stands still, in the words of whoever stopped it.
pub fn why(note: &StatusNote, calendar: Calendar) -> String {
    format!(
        "Since {}, by the {}: “{}”",
        calendar.since(note.at),
        by(note.by),
        note.reason
    )
}

/// A role as the subject of a sentence.
pub const fn by(role: Role) -> &'static str {
    match role {
        Role::PrivacyOfficer => "privacy officer",
        _ => hat(role),
    }
}

/// Keeps the place that it stands in current while a confirmation is waited for. Without JavaScript it is a link to look
/// again.
#[component]
pub fn Live(
    /// Where the place's next content is had.
    live: String,
    /// The page that shows the same.
    #[prop(into)]
    again: String,
) -> impl IntoView {
    view! {
        <span data-live=live hidden></span>
        <noscript>
            <p>
                <a href=again>"Look again"</a>
            </p>
        </noscript>
    }
    .into_any()
}

/// One mark per collector, and how fast they were.
#[component]
pub fn Marks(spread: Spread) -> impl IntoView {
    let (confirmed, waiting) = (spread.confirmed.len(), spread.waiting.len());
    let all = spread.all();
    let label = format!("{confirmed} collectors confirmed, {waiting} not yet");
    let marks = (0..all).map(move |index| {
        let state = (index >= confirmed).then_some("waiting");
        view! { <li data-state=state></li> }
    });
    let half = spread
        .confirmed
        .get(confirmed.saturating_sub(1) / 2)
        .copied();
    let stat = |words: String, time: Option<TimeDelta>| {
        time.map(|time| {
            view! {
                <div class="stat">
                    <dt>{words}</dt>
                    <dd>{took(time)}</dd>
                </div>
            }
        })
    };
    let first = stat(
        "the first one stopped after".into(),
        spread.confirmed.first().copied(),
    );
    let middle = stat("half of them after".into(), half.filter(|_| confirmed > 2));
    let last = spread.confirmed.last().copied().filter(|_| confirmed > 1);
    let last = stat(format!("{confirmed} of them after"), last);
    view! {
        <p class="figure">
            {confirmed} " " <small>{format!("of {all} confirmed")}</small>
        </p>
        <ul class="spread" aria-label=label>
            {marks.collect_view()}
        </ul>
        {(confirmed > 0).then(|| view! { <dl class="stats">{first} {middle} {last}</dl> })}
    }
    .into_any()
}

/// Those that have not confirmed, each with the time at which its lease ends at the latest.
#[component]
pub fn Waiting(spread: Spread, calendar: Calendar) -> impl IntoView {
    let over = calendar.now() > spread.leases_end;
    let row = |(name, runs_on): (String, String)| {
        let now = if over {
            (Mark::Off, " Lease ended")
        } else {
            (Mark::Wait, " No answer yet")
        };
        view! {
            <tr>
                <th scope="row" class="keep">
                    {name}
                </th>
                <td>{calendar.second(spread.leases_end)}</td>
                <td class="keep">{mark(now.0)} {now.1}</td>
                <td>{runs_on}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label="Table of collectors">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Collector"</th>
                        <th scope="col">"Stops at the latest"</th>
                        <th scope="col">"Now"</th>
                        <th scope="col">"Runs on"</th>
                    </tr>
                </thead>
                <tbody>{spread.waiting.clone().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(confirmed: &[i64], waiting: &[&str]) -> Spread {
        Spread {
            confirmed: confirmed
                .iter()
                .map(|time| TimeDelta::milliseconds(*time))
                .collect(),
            waiting: waiting
                .iter()
                .map(|name| ((*name).into(), "Desk".into()))
                .collect(),
            leases_end: DateTime::from_timestamp(5, 0).unwrap(),
        }
    }

    fn words(spread: &Spread, second: i64) -> String {
        let now = DateTime::from_timestamp(second, 0).unwrap();
        spread.words(Calendar::new(chrono_tz::Tz::UTC, now))
    }

    #[test]
    fn whoever_has_confirmed_is_counted_and_whoever_has_not_is_named() {
        assert_eq!(
            words(&spread(&[38, 200, 431], &[]), 1),
            "3 of 3 collectors confirmed, 0.4 s."
        );
        assert_eq!(
            words(&spread(&[20], &[]), 1),
            "1 of 1 collector confirmed, under 0.1 s."
        );
        assert_eq!(
            words(&spread(&[38, 200], &["desk-07"]), 1),
            "2 of 3 collectors confirmed. desk-07 has not yet; it stops by 00:00:05 at the latest, when its lease ends."
        );
        assert_eq!(
            words(&spread(&[], &["a", "b", "c", "d", "e"]), 1),
            "0 of 5 collectors confirmed. a, b, c and 2 more have not yet; they stop by 00:00:05 at the latest, when the \
             last lease ends."
        );
        assert_eq!(
            words(&spread(&[38], &["desk-07"]), 9),
            "1 of 2 collectors confirmed. desk-07 has not; the last lease ended at 00:00:05."
        );
        assert_eq!(words(&spread(&[], &[]), 1), "");
    }

    #[test]
    fn times_are_as_exact_as_people_need_them() {
        let milliseconds = |time| took(TimeDelta::milliseconds(time));
        assert_eq!(milliseconds(99), "under 0.1 s");
        assert_eq!(milliseconds(449), "0.4 s");
        assert_eq!(milliseconds(9_999), "9.9 s");
        assert_eq!(milliseconds(12_345), "12 s");
        assert_eq!(milliseconds(180_000), "3 min");
    }
}
