//! Records per day: legend, drawing, numbered notes, and the table that says the same.
//!
//! The drawing itself is in `plot`; no tooltip holds what the table lacks.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use leptos::prelude::*;

use super::format::{Calendar, number};
use super::plot::{HEIGHT, Kind, Plot, days, drawing, looks, per_day};

/// The chart with legend, notes and table.
#[component]
pub fn Chart(plot: Plot, calendar: Calendar) -> impl IntoView {
    let looks = looks(&plot.kinds);
    let legend = plot.kinds.iter().zip(&looks).rev().map(|(kind, (class, fill))| {
        let shape = if fill.is_empty() {
            format!(r#"<rect class="{class}" width="20" height="14"/>"#)
        } else {
            format!(r#"<rect class="{class}" fill="{fill}" x=".75" y=".75" width="18.5" height="12.5"/>"#)
        };
        view! {
            <li>
                <svg aria-hidden="true" inner_html=shape></svg>
                " "
                {kind.name.clone()}
            </li>
        }
    });
    let notes = plot.notes.iter().enumerate().map(|(index, note)| {
        let at = index + 1;
        view! {
            <li>
                <b aria-hidden="true">{at}</b>
                <span>
                    <span class="hush">{format!("Note {at}: ")}</span>
                    {note.text.clone()}
                </span>
            </li>
        }
    });
    let notes =
        (!plot.notes.is_empty()).then(|| view! { <ol class="notes">{notes.collect_view()}</ol> });
    view! {
        <figure class="chart" aria-labelledby="per-day">
            <ul class="legend">{legend.collect_view()}</ul>
            <svg
                class="plot"
                height=HEIGHT
                role="img"
                aria-labelledby="chart-t chart-d"
                inner_html=drawing(&plot, &looks, calendar)
            ></svg>
            {notes}
            <details>
                <summary>"The same as a table"</summary>
                <Table plot calendar />
            </details>
        </figure>
    }
    .into_any()
}

#[component]
fn Table(plot: Plot, calendar: Calendar) -> impl IntoView {
    let per_day = per_day(&plot);
    let sum = |kind: &Kind| {
        per_day
            .values()
            .filter_map(|day| day.get(&kind.id))
            .sum::<u64>()
    };
    let row = |day: NaiveDate| {
        let counts = per_day.get(&day);
        let of = |kind: &Kind| {
            counts
                .and_then(|counts| counts.get(&kind.id))
                .copied()
                .unwrap_or_default()
        };
        let cells = plot
            .kinds
            .iter()
            .map(|kind| view! { <td class="num">{number(of(kind))}</td> });
        let all = counts.map_or(0, |counts| counts.values().sum());
        view! {
            <tr>
                <th scope="row">{calendar.weekday_of(day)}</th>
                {cells.collect_view()}
                <td class="num">{number(all)}</td>
            </tr>
        }
    };
    let heads = plot.kinds.iter().map(|kind| {
        view! {
            <th scope="col" class="num">
                {kind.name.clone()}
            </th>
        }
    });
    let sums = plot
        .kinds
        .iter()
        .map(|kind| view! { <td class="num">{number(sum(kind))}</td> });
    let all: u64 = per_day.values().flat_map(BTreeMap::values).sum();
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label="Table of records per day">
            <table class="table">
                <caption>{format!("Records per day and kind of data, {}", super::format::range(plot.from, plot.to))}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        {heads.collect_view()}
                        <th scope="col" class="num">
                            "All"
                        </th>
                    </tr>
                </thead>
                <tbody>{days(&plot).into_iter().map(row).collect_view()}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row">"Together"</th>
                        {sums.collect_view()}
                        <td class="num">{number(all)}</td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
    .into_any()
}
