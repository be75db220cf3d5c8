//! `/activity`: what was captured.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::{Datelike as _, NaiveDate, TimeDelta};
use leptos::prelude::*;
use serde::Deserialize;

use super::choices::names;
use super::input::Asked;
use super::visitor::{Answer, SignedIn};
use crate::app::activity::{self, Filter, RecordRow};
use crate::app::error::Error;
use crate::app::{choices, programs};
use crate::domain::choice::ChoiceEvent;
use crate::domain::id::CategoryId;
use crate::domain::invalid::Invalid;
use crate::domain::program::Program;
use crate::ui::activity::{Activity, ActivityPage, Filter as Shown};
use crate::ui::format::{Calendar, inner};
use crate::ui::plot::{DayCount, Kind, Note, Plot};
use crate::ui::records::Seen;
use crate::ui::shell::Section;
use crate::ui::standing::outcome;

/// Notes under the chart; of more, the newest.
const NOTES: usize = 12;
/// Bottom of the bar first: pointer kinds, then content kinds, then whatever else is declared.
const ORDER: [&str; 4] = [
    "mouse_movement",
    "click_location",
    "keystrokes",
    "screen_content",
];

/// The filter as it stands in the address.
#[derive(Deserialize, Default)]
pub struct Filtering {
    from: Option<String>,
    to: Option<String>,
    program: Option<String>,
    category: Option<String>,
    after: Option<String>,
}

/// `GET /activity`
pub async fn show(who: SignedIn, Asked(asked): Asked<Filtering>) -> Answer {
    let (app, subject, calendar) = (who.app(), who.subject(), who.calendar());
    let after = asked.after.as_deref().filter(|after| !after.is_empty());
    let (filter, mut errors) = parse(&asked, calendar);
    let (filter, activity) = match activity::activity(app, subject, &filter, after).await {
        Ok(activity) => (filter, activity),
        Err(Error::Invalid(problems)) => {
            errors.extend(problems);
            let filter = usual(calendar);
            let activity = activity::activity(app, subject, &filter, None).await?;
            (filter, activity)
        }
        Err(error) => return Err(error.into()),
    };
    let programs = programs::programs(app).await?;
    let history = choices::history(app, subject).await?;
    let seen = |row: RecordRow| seen(row, &programs, &history);
    let page = Activity {
        filter: Shown {
            from: filter.from,
            to: filter.to,
            program: filter
                .program
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            category: filter
                .category
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        },
        programs: programs
            .iter()
            .map(|program| {
                (
                    program.declaration.id.to_string(),
                    program.declaration.name.clone(),
                )
            })
            .collect(),
        kinds: kinds(&programs, None)
            .into_iter()
            .map(|kind| (kind.id.to_string(), kind.name))
            .collect(),
        plot: Plot {
            from: filter.from,
            to: filter.to,
            counts: activity
                .days
                .into_iter()
                .map(|day| DayCount {
                    day: day.day,
                    category: day.category,
                    records: day.records,
                })
                .collect(),
            kinds: kinds(&programs, Some(&filter)),
            notes: notes(&history, &programs, &filter, calendar),
        },
        outside: activity.quarantined.into_iter().map(seen).collect(),
        outside_count: activity.quarantined_count,
        rows: activity.rows.into_iter().map(seen).collect(),
        total: activity.total,
        next: activity.next,
        first: after.is_none(),
        errors,
    };
    let status = if page.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let body = move || view! { <ActivityPage activity=page calendar /> }.into_any();
    who.page(Section::Activity, status, "What was captured", body)
        .await
}

/// From the Monday two weeks before this one until today.
fn usual(calendar: Calendar) -> Filter {
    let to = calendar.today();
    let days = i64::from(to.weekday().num_days_from_monday()) + 14;
    Filter {
        from: to - TimeDelta::days(days),
        to,
        program: None,
        category: None,
    }
}

fn parse(asked: &Filtering, calendar: Calendar) -> (Filter, Vec<Invalid>) {
    let mut filter = usual(calendar);
    let mut errors = Vec::new();
    let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let mut day =
        |name: &'static str, value: &Option<String>, place: &mut NaiveDate| match given(value)
            .map(|value| value.parse())
        {
            Some(Ok(parsed)) => *place = parsed,
            Some(Err(_)) => errors.push(Invalid::new(
                name,
                "Give the day as year-month-day, for example 2026-11-18.",
            )),
            None => {}
        };
    day("from", &asked.from, &mut filter.from);
    day("to", &asked.to, &mut filter.to);
    match given(&asked.program)
        .map(|program| program.parse())
        .transpose()
    {
        Ok(program) => filter.program = program,
        Err(_) => errors.push(Invalid::new(
            "program",
            "Choose one of the programmes, or all of them.",
        )),
    }
    match given(&asked.category)
        .map(|category| category.parse())
        .transpose()
    {
        Ok(category) => filter.category = category,
        Err(_) => errors.push(Invalid::new(
            "category",
            "Choose one of the kinds of data, or all of them.",
        )),
    }
    (filter, errors)
}

/// The kinds that programmes declare, each once; with a filter, those that it leaves.
fn kinds(programs: &[Program], filter: Option<&Filter>) -> Vec<Kind> {
    let wanted = |program: &&Program| {
        filter
            .and_then(|filter| filter.program.as_ref())
            .is_none_or(|wanted| wanted == &program.declaration.id)
    };
    let mut known = BTreeSet::new();
    let categories = programs
        .iter()
        .filter(wanted)
        .flat_map(|program| &program.declaration.categories);
    let mut kinds: Vec<Kind> = categories
        .filter(|category| {
            filter
                .and_then(|filter| filter.category.as_ref())
                .is_none_or(|wanted| wanted == &category.id)
        })
        .filter(|category| known.insert(category.id.clone()))
        .map(|category| Kind {
            id: category.id.clone(),
            name: category.name.clone(),
        })
        .collect();
    kinds.sort_by_key(|kind| {
        ORDER
            .iter()
            .position(|id| *id == kind.id.as_str())
            .unwrap_or(ORDER.len())
    });
    kinds
}

fn notes(
    history: &[ChoiceEvent],
    programs: &[Program],
    filter: &Filter,
    calendar: Calendar,
) -> Vec<Note> {
    let within = |event: &&ChoiceEvent| {
        let day = calendar.date_of(event.at);
        (filter.from..=filter.to).contains(&day)
            && filter
                .program
                .as_ref()
                .is_none_or(|program| program == &event.program)
            && filter
                .category
                .as_ref()
                .is_none_or(|category| category == &event.category)
    };
    let note = |event: &ChoiceEvent| {
        let (program, category) = names(programs, &event.program, &event.category);
        Note {
            day: calendar.date_of(event.at),
            text: format!(
                "{}, {}. You turned {} {} for {program}.",
                calendar.day(event.at),
                calendar.time(event.at),
                inner(&category),
                outcome(event.state)
            ),
        }
    };
    let mut notes: Vec<Note> = history
        .iter()
        .filter(within)
        .take(NOTES)
        .map(note)
        .collect();
    notes.reverse();
    notes
}

fn seen(row: RecordRow, programs: &[Program], history: &[ChoiceEvent]) -> Seen {
    let (program, category) = names(programs, &row.record.program, &row.record.category);
    let same =
        |event: &&ChoiceEvent| is_about(event, &row.record.category, row.record.program.as_str());
    let said = history
        .iter()
        .filter(same)
        .find(|event| event.at <= row.record.from)
        .cloned();
    Seen {
        record: row.record,
        agent: row.agent,
        quarantined: row.quarantined,
        category,
        program,
        said,
    }
}

fn is_about(event: &ChoiceEvent, category: &CategoryId, program: &str) -> bool {
    &event.category == category && event.program.as_str() == program
}
