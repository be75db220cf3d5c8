//! Tables of records: those outside the person's choices, and all others by day.
//!
//! What matters most stands in the first three columns, because the table scrolls in narrow windows.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::format::{Calendar, count, number, size};
use super::marks::{Mark, mark};
use super::plot::DayCount;
use super::quarantine::quarantine;
use crate::domain::choice::ChoiceEvent;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::standing::Reason;

/// A record with what people need to understand it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The record.
    pub record: Record,
    /// Which collector sent it.
    pub agent: AgentName,
    /// Why it was refused, if it was.
    pub quarantined: Option<Reason>,
    /// Name of the category.
    pub category: String,
    /// Name of the programme.
    pub program: String,
    /// What the person had said when it was captured.
    pub said: Option<ChoiceEvent>,
}

/// What was captured outside the person's choices.
#[component]
pub fn Outside(
    rows: Vec<Seen>,
    /// How many there are.
    of: u64,
    calendar: Calendar,
) -> impl IntoView {
    let shown = rows.len() as u64;
    let more = (shown < of).then(|| {
        view! { <p class="hint">{format!("The newest {} of {} are shown. Choose fewer days to see the others.", number(shown), number(of))}</p> }
    });
    let row = |seen: Seen| {
        let reason = seen.quarantined.unwrap_or(Reason::NoChoice);
        let why = quarantine(reason, seen.said.as_ref(), calendar);
        let record = seen.record;
        view! {
            <tr>
                <td class="keep">{format!("{}, {}", calendar.short(record.from), span(&record, calendar))}</td>
                <td class="keep">{seen.category}</td>
                <td>{mark(Mark::Cross)} {format!(" {why}")}</td>
                <td>{record.app.as_deref().map(super::format::app)}</td>
                <td class="num">{number(record.events)}</td>
                <td class="num">{size(record.bytes)}</td>
                <td class="keep">{seen.program}</td>
                <td class="keep">{seen.agent.to_string()}</td>
            </tr>
        }
    };
    view! {
        <section class="part part--wide" aria-labelledby="outside">
            <div class="part__head">
                <h2 id="outside">"Captured outside your choices"</h2>
            </div>
            <div class="part__body">
                <p class="measure">
                    "A collector reported these although it had no permission. They were refused, count nowhere and are kept apart as evidence. The privacy office can tell you why it happened."
                </p>
                <div class="scroll" role="region" tabindex="0" aria-label="Table of refused records">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"From, to"</th>
                                <th scope="col">"Kind of data"</th>
                                <th scope="col">"What was wrong"</th>
                                <th scope="col">"App"</th>
                                <th scope="col" class="num">
                                    "Events"
                                </th>
                                <th scope="col" class="num">
                                    "Size"
                                </th>
                                <th scope="col">"Programme"</th>
                                <th scope="col">"Collector"</th>
                            </tr>
                        </thead>
                        <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
                {more}
            </div>
        </section>
    }
    .into_any()
}

/// Every accepted record of one page, by day.
#[component]
pub fn Records(
    rows: Vec<Seen>,
    /// For the number of records on each day.
    counts: Vec<DayCount>,
    /// How many there are in all.
    total: u64,
    /// Address of the next page.
    next: Option<String>,
    /// Address of the first page, on later ones.
    start: Option<String>,
    /// Address of the page that asks for deletion, filled with this filter.
    erase: String,
    calendar: Calendar,
) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <section class="part part--wide" aria-labelledby="recs">
                <div class="part__head">
                    <h2 id="recs">"Every record"</h2>
                </div>
                <div class="part__body">
                    <div class="empty">
                        <h3>"Nothing was captured."</h3>
                        <p>
                            "On these days no collector sent a record about you that counts. Each one would stand here a few seconds after it was sent. What is on and off you see under "
                            <a href="/choices">"My choices"</a> "."
                        </p>
                    </div>
                </div>
            </section>
        }
        .into_any();
    }
    let mut days: Vec<(NaiveDate, Vec<Seen>)> = Vec::new();
    for seen in rows {
        let day = calendar.date_of(seen.record.from);
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, rows)) => rows.push(seen),
            None => days.push((day, vec![seen])),
        }
    }
    let group = |(day, rows): (NaiveDate, Vec<Seen>)| {
        let of_day = counts
            .iter()
            .filter(|count| count.day == day)
            .map(|count| count.records)
            .sum::<u64>();
        let heading = format!(
            "{}, {}",
            calendar.weekday_of(day),
            count(of_day, "record", "records")
        );
        view! {
            <tbody>
                <tr class="day">
                    <th scope="rowgroup" colspan="8">
                        {heading}
                    </th>
                </tr>
                {rows.into_iter().map(|seen| row(seen, calendar)).collect_view()}
            </tbody>
        }
    };
    let delete = format!(
        "Ask to delete {}",
        if total == 1 {
            "this record".to_owned()
        } else {
            format!("these {}", number(total))
        }
    );
    let start = start.map(|href| view! { <a href=href>"Newest records"</a> });
    let next = next.map(|href| view! { <a href=href rel="next">"Older records"</a> });
    view! {
        <section class="part part--wide" aria-labelledby="recs">
            <div class="part__head">
                <h2 id="recs">"Every record"</h2>
            </div>
            <div class="part__body">
                <div class="scroll" role="region" tabindex="0" aria-label="Table of records">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"From, to"</th>
                                <th scope="col">"Kind of data"</th>
                                <th scope="col">"Your choice then"</th>
                                <th scope="col">"App"</th>
                                <th scope="col" class="num">
                                    "Events"
                                </th>
                                <th scope="col" class="num">
                                    "Size"
                                </th>
                                <th scope="col">"Programme"</th>
                                <th scope="col">"Device"</th>
                            </tr>
                        </thead>
                        {days.into_iter().map(group).collect_view()}
                    </table>
                </div>
                <p class="row">
                    {start} {next}
                    <a class="button" href=erase>
                        {delete}
                    </a>
                </p>
            </div>
        </section>
    }
    .into_any()
}

fn row(seen: Seen, calendar: Calendar) -> impl IntoView {
    let record = seen.record;
    let yes = seen.said.map_or_else(
        || "Yes".to_owned(),
        |event| format!("Yes, {}", calendar.short(event.at)),
    );
    view! {
        <tr>
            <td class="keep">{span(&record, calendar)}</td>
            <td class="keep">{seen.category}</td>
            <td class="keep">{mark(Mark::Check)} {format!(" {yes}")}</td>
            <td>{record.app.as_deref().map(super::format::app)}</td>
            <td class="num">{number(record.events)}</td>
            <td class="num">{size(record.bytes)}</td>
            <td class="keep">{seen.program}</td>
            <td>{record.device.clone().unwrap_or_default()}</td>
        </tr>
    }
    .into_any()
}

fn span(record: &Record, calendar: Calendar) -> String {
    let (from, to) = (calendar.time(record.from), calendar.time(record.to));
    if from == to {
        from
    } else {
        format!("{from} to {to}")
    }
}
