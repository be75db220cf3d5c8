//! The week's statement on the overview: what a bank would send, in three columns that fit a phone.

use leptos::prelude::*;

use super::board::Board;
use super::format::{Calendar, inner, number, spelled};
use super::marks::{Mark, mark};
use super::overview::Overview;
use super::standing::Row;
use crate::domain::choice::ChoiceState;
use crate::domain::program::Program;
use crate::domain::record::Record;
use crate::domain::standing::Reason;

/// Kind, state with since when, count.
#[component]
pub fn Statement(overview: Overview, calendar: Calendar) -> impl IntoView {
    let group = |board: &Board| {
        let program = board.program.clone();
        let rows = board
            .rows
            .iter()
            .map(|(row, _)| statement_row(row, &program, calendar))
            .collect_view();
        view! {
            <tbody>
                <tr class="group">
                    <th scope="rowgroup" colspan="3">
                        {program.declaration.name.clone()}
                    </th>
                </tr>
                {rows}
            </tbody>
        }
    };
    let last = overview.last.as_ref().map(|record| {
        let name = category_name(&overview.boards, record);
        let app = record.app.as_ref().map(|app| format!(" in {}", super::format::app(app))).unwrap_or_default();
        view! {
            <span class="when">{format!("Last record: {}, {name}{app}.", calendar.since(record.to))}</span>
        }
    });
    let outside = if overview.quarantined == 0 {
        view! { <td class="num">"0"</td> }.into_any()
    } else {
        view! {
            <td class="num">
                <a href="/activity#outside">{number(overview.quarantined)}</a>
            </td>
        }
        .into_any()
    };
    let period = format!(
        "This week, {} to now, {}.",
        calendar.weekday_of(overview.monday),
        calendar.time(calendar.now())
    );
    view! {
        <section class="part" aria-labelledby="st">
            <div class="part__head">
                <h2 id="st">"Your statement"</h2>
                <p>{period}</p>
            </div>
            <div class="part__body">
                <table class="statement">
                    <caption class="hush">"State of every kind of data, and records captured this week"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Kind of data"</th>
                            <th scope="col">"Now"</th>
                            <th scope="col" class="num">
                                "Records"<br/>"this week"
                            </th>
                        </tr>
                    </thead>
                    {overview.boards.iter().map(group).collect_view()}
                    <tfoot>
                        <tr>
                            <th scope="row" colspan="2">
                                "Captured outside your choices"
                            </th>
                            {outside}
                        </tr>
                    </tfoot>
                </table>
                <p class="row">
                    <a href="/activity">"See every record"</a>
                    {last}
                </p>
            </div>
        </section>
    }
    .into_any()
}

fn statement_row(row: &Row, program: &Program, calendar: Calendar) -> impl IntoView + use<> {
    let said = row.latest.as_ref();
    let (drawn, word) = match row.standing.reason {
        Reason::ConsentGiven => (Mark::On, "On"),
        Reason::ProgramPaused => (Mark::Pause, "Paused"),
        _ => (Mark::Off, "Off"),
    };
    let why = match (row.standing.reason, said) {
        (Reason::ProgramPaused, _) => "for everyone".to_owned(),
        (Reason::ProgramEnded, _) => "the programme has ended".to_owned(),
        (Reason::NoticeOutdated, _) => {
            format!("your yes ended on {}", calendar.day(row.standing.since))
        }
        (_, Some(event)) if event.state.permits() => {
            format!("your yes of {}", calendar.day(event.at))
        }
        (_, Some(event))
            if matches!(event.state, ChoiceState::Refused | ChoiceState::Withdrawn) =>
        {
            format!("your no of {}", calendar.day(event.at))
        }
        (_, Some(_)) => "you have not answered".to_owned(),
        (_, None) => "you were never asked".to_owned(),
    };
    let apps = match program.declaration.apps.len() {
        0 => None,
        1 => Some(super::format::app(&program.declaration.apps[0])),
        many => Some(format!("{} apps", spelled(many))),
    };
    let apps = apps
        .filter(|_| row.standing.permits())
        .map(|apps| view! { <span class="sub">{apps}</span> });
    view! {
        <tr>
            <th scope="row">{row.category.name.clone()} {apps}</th>
            <td>
                <span>{mark(drawn)} {format!(" {word}")}</span>
                <span class="sub">{why}</span>
            </td>
            <td class="num">{number(row.records_this_week)}</td>
        </tr>
    }
    .into_any()
}

fn category_name(boards: &[Board], record: &Record) -> String {
    let board = boards
        .iter()
        .find(|board| board.program.declaration.id == record.program);
    let category = board.and_then(|board| board.program.declaration.category(&record.category));
    inner(category.map_or_else(|| record.category.as_str(), |category| &category.name))
}
