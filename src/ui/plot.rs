//! Stacked bars per day: server-rendered SVG, x in percent and y in pixels, so that type keeps its size.
//!
//! Pointer kinds are green, content kinds ink; solid or hatched tells the two apart, so that no kind rests on colour
//! alone. Another texture: a case in `LOOKS` and its pattern.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate, Weekday};

use super::format::{Calendar, number};
use crate::domain::id::CategoryId;

/// Accepted records of one day and category.
#[derive(Debug, Clone)]
pub struct DayCount {
    /// The day.
    pub day: NaiveDate,
    /// The category.
    pub category: CategoryId,
    /// How many records.
    pub records: u64,
}

/// A category with the name that people know.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The category.
    pub id: CategoryId,
    /// Its name.
    pub name: String,
}

/// Something that changed on a day, to stand as a numbered note.
#[derive(Debug, Clone)]
pub struct Note {
    /// On which day.
    pub day: NaiveDate,
    /// What changed, in a sentence or two.
    pub text: String,
}

/// What the chart shows.
#[derive(Debug, Clone)]
pub struct Plot {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
    /// Counts; days without any may be left out.
    pub counts: Vec<DayCount>,
    /// The kinds, bottom of the bar first.
    pub kinds: Vec<Kind>,
    /// Oldest first.
    pub notes: Vec<Note>,
}

/// Height of the drawing in pixels.
pub const HEIGHT: f64 = 320.0;
const BASE: f64 = 292.0;
const TOP: f64 = 44.0;

/// Class and fill of a kind: known ones keep theirs, others take the next free one.
const LOOKS: [(&str, &str); 6] = [
    ("kind-mouse", ""),
    ("kind-edge-1", "url(#p-clicks)"),
    ("kind-keys", ""),
    ("kind-edge-2", "url(#p-screen)"),
    ("kind-edge-1", "url(#p-dots)"),
    ("kind-edge-2", "url(#p-grid)"),
];

const PATTERNS: &str = r#"<defs><pattern id="p-clicks" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-paper" width="6" height="6"/><path class="hatch-1" d="M1 0v6"/></pattern><pattern id="p-screen" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="hatch-paper" width="5" height="5"/><path class="hatch-2" d="M0 1h5"/></pattern><pattern id="p-dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="hatch-paper" width="6" height="6"/><path class="hatch-1" d="M1 2h2M4 5h2"/></pattern><pattern id="p-grid" width="7" height="7" patternUnits="userSpaceOnUse"><rect class="hatch-paper" width="7" height="7"/><path class="hatch-2" d="M0 1h7M1 0v7"/></pattern></defs>"#;

/// Every day of the range.
pub fn days(plot: &Plot) -> Vec<NaiveDate> {
    plot.from
        .iter_days()
        .take_while(|day| *day <= plot.to)
        .collect()
}

/// Records by day and kind; days without any are left out.
pub fn per_day(plot: &Plot) -> BTreeMap<NaiveDate, BTreeMap<CategoryId, u64>> {
    let mut days: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for count in &plot.counts {
        *days
            .entry(count.day)
            .or_default()
            .entry(count.category.clone())
            .or_insert(0) += count.records;
    }
    days
}

/// Class and fill of each kind.
pub fn looks(kinds: &[Kind]) -> Vec<(&'static str, &'static str)> {
    let known = |kind: &Kind| match kind.id.as_str() {
        "mouse_movement" => Some(0),
        "click_location" => Some(1),
        "keystrokes" => Some(2),
        "screen_content" => Some(3),
        _ => None,
    };
    let taken: Vec<usize> = kinds.iter().filter_map(known).collect();
    let mut free = (0..LOOKS.len())
        .rev()
        .filter(|look| !taken.contains(look))
        .collect::<Vec<_>>()
        .into_iter()
        .cycle();
    kinds
        .iter()
        .map(|kind| LOOKS[known(kind).or_else(|| free.next()).unwrap_or(0)])
        .collect()
}

/// What stands inside the `<svg>`.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts and days on a screen are small"
)]
pub fn drawing(plot: &Plot, looks: &[(&str, &str)], calendar: Calendar) -> String {
    let (days, per_day) = (days(plot), per_day(plot));
    let total = |day: &NaiveDate| {
        per_day
            .get(day)
            .map_or(0, |counts| counts.values().sum::<u64>())
    };
    let most = days.iter().map(total).max().unwrap_or(0);
    let step = step(most);
    let ceiling = most.div_ceil(step).max(1) * step;
    let scale = (BASE - TOP) / ceiling as f64;
    let slot = 100.0 / days.len() as f64;
    let mut svg = format!(
        r#"<title id="chart-t">Records captured about you, per day, {}</title><desc id="chart-d">{}</desc>{PATTERNS}"#,
        super::format::range(plot.from, plot.to),
        escape(&finding(plot, &days, &per_day, calendar))
    );
    // Writing to a String cannot fail.
    for tick in (1..=ceiling / step).map(|tick| tick * step) {
        let y = BASE - tick as f64 * scale;
        let _ = write!(
            svg,
            r#"<line class="grid" x1="-36" x2="100%" y1="{y:.1}" y2="{y:.1}"/><text x="-36" y="{:.1}">{}</text>"#,
            y - 5.0,
            number(tick)
        );
    }
    for (index, day) in days.iter().enumerate() {
        let (x, middle) = (slot * (index as f64 + 0.15), slot * (index as f64 + 0.5));
        let mut top = BASE - 1.0;
        for (kind, (class, fill)) in plot.kinds.iter().zip(looks) {
            let records = per_day
                .get(day)
                .and_then(|counts| counts.get(&kind.id))
                .copied()
                .unwrap_or(0);
            if records == 0 {
                continue;
            }
            let height = (records as f64 * scale - 2.0).max(1.0);
            let fill = if fill.is_empty() {
                String::new()
            } else {
                format!(r#" fill="{fill}""#)
            };
            let _ = write!(
                svg,
                r#"<rect class="{class}"{fill} x="{x:.2}%" y="{:.1}" width="{:.2}%" height="{height:.1}"/>"#,
                top - height,
                slot * 0.7
            );
            top -= height + 2.0;
        }
        if let Some((class, label)) = label(*day, days.len()) {
            let _ = write!(
                svg,
                r#"<text class="{class}" x="{middle:.2}%" y="313" text-anchor="middle">{label}</text>"#
            );
        }
        let badges = plot
            .notes
            .iter()
            .enumerate()
            .filter(|(_, note)| note.day == *day);
        for (above, (note, _)) in badges.enumerate() {
            let y = top - 16.0 - 25.0 * above as f64;
            let _ = write!(
                svg,
                r#"<circle class="badge" cx="{middle:.2}%" cy="{y:.1}" r="11"/><text class="badge-text" x="{middle:.2}%" y="{:.1}" text-anchor="middle">{}</text>"#,
                y + 5.0,
                note + 1
            );
        }
    }
    let _ = write!(
        svg,
        r#"<line class="base" x1="-36" x2="100%" y1="{BASE}" y2="{BASE}"/>"#
    );
    svg
}

/// The chart's finding in words, for those who do not see it.
fn finding(
    plot: &Plot,
    days: &[NaiveDate],
    per_day: &BTreeMap<NaiveDate, BTreeMap<CategoryId, u64>>,
    calendar: Calendar,
) -> String {
    let totals = days.iter().map(|day| {
        (
            *day,
            per_day
                .get(day)
                .map_or(0, |counts| counts.values().sum::<u64>()),
        )
    });
    let busiest = totals
        .clone()
        .max_by_key(|(_, records)| *records)
        .filter(|(_, records)| *records > 0);
    let Some((busiest, most)) = busiest else {
        return "No records on any of these days.".to_owned();
    };
    let none = totals.filter(|(_, records)| *records == 0).count();
    let mut text = format!(
        "Most on {}: {} records. None on {none} of {} days.",
        calendar.weekday_of(busiest),
        number(most),
        days.len()
    );
    for kind in &plot.kinds {
        let last = days.iter().rev().find(|day| {
            per_day
                .get(day)
                .is_some_and(|counts| counts.get(&kind.id).is_some_and(|records| *records > 0))
        });
        let _ = match last {
            Some(last) => write!(text, " {}: last on {}.", kind.name, calendar.day_of(*last)),
            None => write!(text, " {}: none.", kind.name),
        };
    }
    text
}

/// Distance of the grid's lines: 1, 2 or 5 times a power of ten, at most four of them.
fn step(most: u64) -> u64 {
    let mut ten = 1;
    loop {
        if let Some(step) = [1, 2, 5]
            .map(|times| times * ten)
            .into_iter()
            .find(|step| most <= step * 4)
        {
            return step;
        }
        ten *= 10;
    }
}

/// Which days are named under the axis: all of a few weeks, then Mondays, then firsts of a month.
fn label(day: NaiveDate, days: usize) -> Option<(&'static str, String)> {
    let monday = day.weekday() == Weekday::Mon;
    if days <= 31 {
        let class = if monday { "strong" } else { "opt" };
        Some((class, day.day().to_string()))
    } else if days <= 120 {
        let class = if day.day() <= 14 { "strong" } else { "opt" };
        monday.then(|| (class, day.format("%-d %b").to_string()))
    } else {
        (day.day() == 1).then(|| {
            (
                if day.month() % 3 == 1 {
                    "strong"
                } else {
                    "opt"
                },
                day.format("%b").to_string(),
            )
        })
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
#[path = "plot_tests.rs"]
mod tests;
