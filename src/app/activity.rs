//! Activity: what was captured about one person, by day and record by record.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate, TimeDelta};

use super::App;
use super::error::Error;
use super::notices::begin_of;
use crate::domain::id::{CategoryId, ProgramId, SubjectId};
use crate::domain::invalid::Invalid;
pub use crate::store::records::RecordRow;
use crate::store::records::{Cursor, Range};

/// Rows on one page of records.
pub const PAGE: u32 = 100;
/// Longest range that can be looked at in one go, in days.
pub const MAX_DAYS: i64 = 366;

/// Which days and kinds to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// First day, in the house's time zone.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
    /// One programme, or all.
    pub program: Option<ProgramId>,
    /// One category, or all.
    pub category: Option<CategoryId>,
}

/// Accepted records of one day and category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The day, in the house's time zone.
    pub day: NaiveDate,
    /// The category.
    pub category: CategoryId,
    /// How many records.
    pub records: u64,
    /// How many events in them.
    pub events: u64,
    /// How much content, in bytes.
    pub bytes: u64,
}

/// What was captured in a range of days.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Accepted records, by day and category; days without any are left out.
    pub days: Vec<DayCount>,
    /// What was captured outside the person's choices, newest first, at most 100.
    pub quarantined: Vec<RecordRow>,
    /// How many of those there are.
    pub quarantined_count: u64,
    /// One page of accepted records, newest first.
    pub rows: Vec<RecordRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// How many accepted records there are.
    pub total: u64,
}

/// The present week in numbers.
#[derive(Debug, Clone)]
pub struct Week {
    /// Its Monday.
    pub from: NaiveDate,
    /// Accepted records per programme and category.
    pub counts: Vec<(ProgramId, CategoryId, u64)>,
    /// Records outside the person's choices.
    pub quarantined: u64,
    /// The latest record of all, accepted.
    pub last: Option<RecordRow>,
}

/// What was captured about a person in the days of `filter`.
///
/// # Errors
/// `Invalid` when the range runs backwards, is longer than a year, or `after` was not made here.
pub async fn activity(
    app: &App,
    subject: &SubjectId,
    filter: &Filter,
    after: Option<&str>,
) -> Result<Activity, Error> {
    if filter.to < filter.from {
        return Err(
            Invalid::new("to", "Choose a last day that is not before the first one.").into(),
        );
    }
    if filter.to - filter.from > TimeDelta::days(MAX_DAYS) {
        return Err(Invalid::new("from", "Choose at most one year at a time.").into());
    }
    let after = after.map(parse_cursor).transpose()?;
    let zone = app.settings.house.time_zone;
    let range = range(app, filter);
    let mut days: BTreeMap<(NaiveDate, CategoryId), DayCount> = BTreeMap::new();
    for bucket in app.store.buckets(subject, &range).await? {
        let day = bucket.at.with_timezone(&zone).date_naive();
        let category = bucket.category.clone();
        let empty = || DayCount {
            day,
            category: bucket.category,
            records: 0,
            events: 0,
            bytes: 0,
        };
        let count = days.entry((day, category)).or_insert_with(empty);
        count.records += bucket.records;
        count.events += bucket.events;
        count.bytes += bucket.bytes;
    }
    let (quarantined, quarantined_count) = app.store.quarantined(subject, &range, PAGE).await?;
    let mut rows = app
        .store
        .records(subject, &range, after.as_ref(), PAGE + 1)
        .await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}-{}", row.record.from.timestamp_micros(), row.record.id));
    let total = days.values().map(|day| day.records).sum();
    Ok(Activity {
        days: days.into_values().collect(),
        quarantined,
        quarantined_count,
        rows,
        next,
        total,
    })
}

/// What was captured about a person since Monday.
///
/// # Errors
/// When the database fails.
pub async fn week(app: &App, subject: &SubjectId) -> Result<Week, Error> {
    let today = app
        .now()
        .with_timezone(&app.settings.house.time_zone)
        .date_naive();
    let from = today - TimeDelta::days(today.weekday().num_days_from_monday().into());
    let this_week = range(
        app,
        &Filter {
            from,
            to: today,
            program: None,
            category: None,
        },
    );
    let mut counts: BTreeMap<(ProgramId, CategoryId), u64> = BTreeMap::new();
    for bucket in app.store.buckets(subject, &this_week).await? {
        *counts.entry((bucket.program, bucket.category)).or_default() += bucket.records;
    }
    let (_, quarantined) = app.store.quarantined(subject, &this_week, 1).await?;
    let ever = Range {
        from: chrono::DateTime::UNIX_EPOCH,
        ..this_week
    };
    let last = app.store.records(subject, &ever, None, 1).await?.pop();
    let counts = counts
        .into_iter()
        .map(|((program, category), records)| (program, category, records))
        .collect();
    Ok(Week {
        from,
        counts,
        quarantined,
        last,
    })
}

fn range(app: &App, filter: &Filter) -> Range {
    let zone = app.settings.house.time_zone;
    Range {
        from: begin_of(filter.from, zone),
        to: begin_of(filter.to.succ_opt().unwrap_or(filter.to), zone),
        program: filter.program.clone(),
        category: filter.category.clone(),
    }
}

fn parse_cursor(text: &str) -> Result<Cursor, Invalid> {
    let cursor = text.rsplit_once('-').and_then(|(from, id)| {
        let from = chrono::DateTime::from_timestamp_micros(from.parse().ok()?)?;
        Some(Cursor {
            from,
            id: id.parse().ok()?,
        })
    });
    cursor.ok_or_else(|| Invalid::new("after", "Use the link to the next page as it stands."))
}
