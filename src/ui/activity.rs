//! What was captured: the number in a sentence, what went wrong first, a chart per day, then every record.
//!
//! The filter lives in the address, so that a view can be kept, shared with oneself and gone back to.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::chart::Chart;
use super::form::{Choose, Field, Summary};
use super::format::{Calendar, count};
use super::plot::Plot;
use super::records::{Outside, Records, Seen};
use crate::domain::invalid::Invalid;

/// What stands in the filter's fields.
#[derive(Debug, Clone)]
pub struct Filter {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
    /// Programme, or empty for all.
    pub program: String,
    /// Category, or empty for all.
    pub category: String,
}

impl Filter {
    /// The filter as it stands in an address, without `?`.
    pub fn query(&self) -> String {
        format!(
            "from={}&to={}&program={}&category={}",
            self.from, self.to, self.program, self.category
        )
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Activity {
    /// What is looked at.
    pub filter: Filter,
    /// Value and name of each programme.
    pub programs: Vec<(String, String)>,
    /// Value and name of each kind of data.
    pub kinds: Vec<(String, String)>,
    /// The chart.
    pub plot: Plot,
    /// Records outside the person's choices, newest first.
    pub outside: Vec<Seen>,
    /// How many of those there are.
    pub outside_count: u64,
    /// One page of accepted records, newest first.
    pub rows: Vec<Seen>,
    /// How many accepted records there are.
    pub total: u64,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Whether this is the first page.
    pub first: bool,
    /// What is wrong with the filter.
    pub errors: Vec<Invalid>,
}

/// The whole page.
#[component]
pub fn ActivityPage(activity: Activity, calendar: Calendar) -> impl IntoView {
    let filter = activity.filter.clone();
    let period = if filter.to == calendar.today() {
        format!("since {}", calendar.day_of(filter.from))
    } else {
        format!("from {}", super::format::range(filter.from, filter.to))
    };
    let captured = match activity.total {
        0 => "No records".to_owned(),
        total => count(total, "record", "records"),
    };
    let outside = match activity.outside_count {
        0 => "None outside your choices.".to_owned(),
        1 => "One more was outside your choices and refused.".to_owned(),
        many => format!(
            "{} more were outside your choices and refused.",
            super::format::number(many)
        ),
    };
    let heading = format!("{captured} about you {period}. {outside}");
    let refused = (activity.outside_count > 0).then(|| {
        view! {
            <Outside rows=activity.outside.clone() of=activity.outside_count calendar />
        }
    });
    let records = view! {
        <Records
            rows=activity.rows.clone()
            counts=activity.plot.counts.clone()
            total=activity.total
            next=activity.next.clone().map(|next| format!("/activity?{}&after={next}#recs", filter.query()))
            start=(!activity.first).then(|| format!("/activity?{}#recs", filter.query()))
            erase=format!("/requests/new?{}", filter.query())
            calendar
        />
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{heading}</h1>
                <p class="lead">
                    "A record is one batch of at most an hour. You see when, what kind, in which app and how much; its content is not here. Nobody else sees this page."
                </p>
                <Summary errors=activity.errors.clone() />
            </div>
        </div>
        {refused}
        <section class="part part--wide" aria-labelledby="per-day">
            <div class="part__head">
                <h2 id="per-day">"Records per day"</h2>
            </div>
            <div class="part__body">
                <Filters
                    filter
                    programs=activity.programs.clone()
                    kinds=activity.kinds.clone()
                    errors=activity.errors.clone()
                />
                <Chart plot=activity.plot.clone() calendar />
            </div>
        </section>
        {records}
    }
    .into_any()
}

#[component]
fn Filters(
    filter: Filter,
    programs: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    errors: Vec<Invalid>,
) -> impl IntoView {
    let all = |what: &str, options: Vec<(String, String)>| -> Vec<(String, String)> {
        std::iter::once((String::new(), format!("All {what}")))
            .chain(options)
            .collect()
    };
    view! {
        <form class="filters" method="get" action="/activity" role="search" aria-label="Filter records">
            <Field name="from" label="From" kind="date" value=filter.from.to_string() errors=errors.clone() />
            <Field name="to" label="To" kind="date" value=filter.to.to_string() errors=errors.clone() />
            <Choose name="program" label="Programme" options=all("programmes", programs) value=filter.program errors=errors.clone() />
            <Choose name="category" label="Kind of data" options=all("kinds", kinds) value=filter.category errors />
            <button class="button">"Show"</button>
        </form>
    }
    .into_any()
}
