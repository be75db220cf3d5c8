//! Receipts: everything that a person said or asked, each with its proof.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::format::{Calendar, count};
use super::marks::{Mark, mark};
use super::request::{Whose, scope_words};
use super::standing::receipt;
use crate::domain::choice::ChoiceState;
use crate::domain::program::Program;
use crate::domain::request::Scope;
use crate::ledger::payload::{Payload, Statement};

/// One receipt in the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Index in the ledger.
    pub entry: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What was said.
    pub payload: Payload,
}

/// The list.
#[component]
pub fn Receipts(lines: Vec<Line>, programs: Vec<Program>, calendar: Calendar) -> impl IntoView {
    let heading = match lines.len() {
        0 => "You have no receipts yet.".to_owned(),
        many => format!("You hold {}.", count(many as u64, "receipt", "receipts")),
    };
    let line = |line: Line| {
        let (href, label) = receipt(line.entry);
        view! {
            <li>
                {mark(drawn(&line.payload))}
                <div>
                    <time datetime=calendar.iso(line.at)>{calendar.exact(line.at)}</time>
                    {format!("{} ", sentence(&line.payload, &programs, calendar))}
                    <a href=href>{label}</a>
                </div>
            </li>
        }
    };
    let list = if lines.is_empty() {
        view! {
            <div class="part__body">
                <div class="empty">
                    <h3>"Nothing said, nothing to prove."</h3>
                    <p>"Each choice and each request gives you one. Until then no answer means no."</p>
                </div>
            </div>
        }
        .into_any()
    } else {
        view! { <ol class="timeline part__body">{lines.into_iter().map(line).collect_view()}</ol> }
            .into_any()
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{heading}</h1>
                <p class="lead">
                    "A receipt shows that your statement stands in the ledger, unchanged. Download it and keep it: it can be checked anywhere, without the company."
                </p>
            </div>
        </div>
        <section class="part" aria-labelledby="all">
            <div class="part__head">
                <h2 id="all">"Newest first"</h2>
            </div>
            {list}
        </section>
    }
    .into_any()
}

/// The mark of a statement.
fn drawn(payload: &Payload) -> Mark {
    match &payload.statement {
        Statement::Choice(choice) if choice.decision.permits() => Mark::On,
        Statement::Choice(_) => Mark::Off,
        Statement::Request(_) => Mark::Wait,
        Statement::Completion(_) => Mark::Check,
    }
}

/// A statement as a sentence that begins with "You" or "The".
pub fn sentence(payload: &Payload, programs: &[Program], calendar: Calendar) -> String {
    match &payload.statement {
        Statement::Choice(choice) => {
            let program = programs
                .iter()
                .find(|program| program.declaration.id == choice.program);
            let category =
                program.and_then(|program| program.declaration.category(&choice.category));
            let category = super::format::inner(
                category.map_or_else(|| choice.category.as_str(), |category| &category.name),
            );
            let program = program.map_or_else(
                || choice.program.to_string(),
                |program| program.declaration.name.clone(),
            );
            match choice.decision {
                ChoiceState::Given => format!("You turned {category} on for {program}."),
                ChoiceState::Renewed => {
                    format!("You gave your yes to {category} for {program} again.")
                }
                ChoiceState::Refused => format!("You said no to {category} for {program}."),
                ChoiceState::Withdrawn => format!("You turned {category} off for {program}."),
                ChoiceState::Requested => format!("You were asked about {category} for {program}."),
                ChoiceState::Expired | ChoiceState::Invalidated => {
                    format!("Your yes to {category} for {program} ended.")
                }
            }
        }
        Statement::Request(request) => {
            let scope = Scope {
                program: request.program.clone(),
                category: request.category.clone(),
                from: request.from,
                to: request.to,
            };
            format!(
                "You asked to delete {}.",
                scope_words(Whose::Your, &scope, programs, calendar)
            )
        }
        Statement::Completion(completion) => {
            let erased: u64 = completion.results.iter().map(|result| result.count).sum();
            format!(
                "The last store answered your request: {} erased.",
                count(erased, "record", "records")
            )
        }
    }
}
