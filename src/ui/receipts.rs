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
use crate::islands::CheckedChain;
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

/// All receipts together.
#[derive(Debug, Clone)]
pub struct Chain {
    /// How many receipts the server checked, or which one broke the chain, and how.
    pub whole: Result<u64, String>,
    /// The keys that verify the log.
    pub keys: Vec<String>,
}

/// The list.
#[component]
pub fn Receipts(
    lines: Vec<Line>,
    chain: Chain,
    programs: Vec<Program>,
    calendar: Calendar,
) -> impl IntoView {
    let together =
        (!lines.is_empty()).then(|| view! { <Together chain count=lines.len() as u64 /> });
    let heading = match lines.len() {
        0 => "You have no receipts yet.".to_owned(),
        many => format!(
            "There {} {} for you.",
            if many == 1 { "is" } else { "are" },
            count(many as u64, "receipt", "receipts")
        ),
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
        {together}
        <section class="part" aria-labelledby="all">
            <div class="part__head">
                <h2 id="all">"Newest first"</h2>
            </div>
            {list}
        </section>
    }
    .into_any()
}

/// The chain as a whole, in the words for each result of the check in the browser: `open` is what the server says.
#[component]
fn Together(chain: Chain, count: u64) -> impl IntoView {
    let receipts = super::format::count(count, "receipt", "receipts");
    let (said, drawn) = match &chain.whole {
        Ok(_) => (
            format!(
                "This server checked {receipts}: none is missing, moved or added. Your browser has not checked it."
            ),
            Mark::Off,
        ),
        Err(_) => (
            "This server could not show that your receipts are whole.".to_owned(),
            Mark::Cross,
        ),
    };
    let broken = chain.whole.err();
    let refused = broken
        .clone()
        .map(|why| view! { <div data-when="open"><Broken why /></div> });
    let content = view! {
        {refused}
        <div data-when="bad" hidden>
            <Broken why=String::new() />
        </div>
        <section class="part" aria-labelledby="together">
            <div class="part__head">
                <h2 id="together">"All of them together"</h2>
                <p data-when="good" hidden>
                    "Checked in your browser. Took " <span id="took"></span> " milliseconds."
                </p>
            </div>
            <div class="part__body stack">
                <ul class="proofs" aria-live="polite">
                    <li>
                        <span data-when="open">{mark(drawn)}</span>
                        <span data-when="good" hidden>
                            {mark(Mark::Check)}
                        </span>
                        <span data-when="bad" hidden>
                            {mark(Mark::Cross)}
                        </span>
                        <div>
                            <strong>
                                <span data-when="open">{said}</span>
                                <span data-when="good" hidden>
                                    {format!("Your browser checked {receipts}: none is missing, moved or added.")}
                                </span>
                                <span data-when="bad" hidden>
                                    "Your browser could not show that your receipts are whole."
                                </span>
                            </strong>
                            <p>
                                "Each receipt names the one before it, and each is checked against the ledger. A receipt that was cut off at the end shows only if you kept it, so keep the file."
                            </p>
                        </div>
                    </li>
                </ul>
                <p class="row noprint">
                    <a class="button" href="/receipts/all.tlog-proofs" data-all="">
                        "Download all receipts"
                    </a>
                </p>
            </div>
        </section>
        <span id="keys" hidden>{chain.keys.join("\n")}</span>
        <span id="receipts" hidden>{count}</span>
    };
    view! { <CheckedChain>{content}</CheckedChain> }.into_any()
}

#[component]
fn Broken(why: String) -> impl IntoView {
    // The island fills in what it found itself.
    let id = why.is_empty().then_some("why");
    view! {
        <div class="banner" data-kind="alarm" role="alert">
            <h2>{mark(Mark::Alert)} " Your receipts do not hold together"</h2>
            <p>
                <span id=id>{why}</span>
                ". Download all of them and keep the file. Show it to your representatives and to the privacy office: either it was damaged on its way, or somebody left out, moved or added something you said."
            </p>
        </div>
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
            let narrowed = if choice.conditions.is_empty() {
                String::new()
            } else {
                format!(", {}", choice.conditions)
            };
            match choice.decision {
                ChoiceState::Given => format!("You turned {category} on for {program}{narrowed}."),
                ChoiceState::Renewed => {
                    format!("You gave your yes to {category} for {program} again{narrowed}.")
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
