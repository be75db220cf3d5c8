//! One receipt: what was said, what that proves, what it does not, and the raw values for those who check themselves.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::exports::Exports;
use super::format::{Calendar, number};
use super::marks::Guilloche;
use super::marks::{Mark, mark};
use super::notice::english_name;
use super::proof::{Alarm, Level, NotProven, Proven};
use super::qr::Code;
use super::receipts::{Line, sentence};
use super::standing::outcome;
use crate::domain::choice::ChoiceEvent;
use crate::domain::program::Program;
use crate::domain::request::Outcome;
use crate::islands::CheckedReceipt;
use crate::ledger::hash::Hash;
use crate::ledger::payload::{ChoiceStatement, Statement, TaskResult};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The statement.
    pub line: Line,
    /// Its leaf hash.
    pub leaf: Hash,
    /// Its index in the log.
    pub index: u64,
    /// What was sealed, word for word.
    pub sealed: String,
    /// The file, as it can be downloaded.
    pub file: String,
    /// The keys that verify it: the log's, then those of the witnesses named below.
    pub keys: Vec<String>,
    /// The witnesses that signed the state it is proven against, and when. None: it is logged, not yet witnessed.
    pub witnesses: Vec<(String, DateTime<Utc>)>,
    /// The portal's address, for the paper.
    pub home: String,
    /// Name of the log.
    pub origin: String,
    /// Size of the log that it is proven against.
    pub size: u64,
    /// Root of that log.
    pub root: Hash,
    /// What was said about the same thing before.
    pub before: Option<ChoiceEvent>,
    /// For the names in the sentence.
    pub programs: Vec<Program>,
    /// The employer's name.
    pub house: String,
}

/// The whole page.
#[component]
pub fn ReceiptPage(receipt: Receipt, calendar: Calendar) -> impl IntoView {
    let entry = receipt.line.entry;
    let heading = match &receipt.line.payload.statement {
        Statement::Choice(choice) if choice.decision.permits() => {
            "Your yes is on record. Here is the proof."
        }
        Statement::Choice(_) => "Your no is on record. Here is the proof.",
        Statement::Request(_) => "Your request is on record. Here is the proof.",
        Statement::Completion(_) => "The stores’ answers are on record. Here is the proof.",
    };
    let file_name = format!("receipt-{entry}.tlog-proof");
    let printed = format!(
        "Printed from Sayso, {}, on {}. Check with: sayso verify --vkey log.vkey {file_name}",
        receipt.house,
        calendar.date(calendar.now())
    );
    let name = format!("Receipt {}", number(entry));
    let file = receipt.file.clone();
    let content = view! {
        <div data-when="bad" hidden>
            <Alarm />
        </div>
        <p class="steps-back">
            <a href="/receipts">"All receipts"</a>
        </p>
        <div class="opening">
            <div class="opening__text">
                <h1>
                    <span data-when="open">{heading}</span>
                    <span data-when="good" hidden>
                        {heading}
                    </span>
                    <span data-when="bad" hidden>
                        "This receipt does not check out."
                    </span>
                </h1>
                <p class="lead">
                    {format!("{name}. ")} <span data-when="open">"Your browser has not checked this."</span>
                    <span data-when="good" hidden>
                        "Your browser has just checked it, by itself."
                    </span>
                    <span data-when="bad" hidden>
                        "Your browser has just tried to check it."
                    </span>
                </p>
            </div>
        </div>
        <Paper receipt=receipt.clone() calendar />
        <Proven
            position=format!("{} of {}", number(receipt.index), number(receipt.size))
            origin=receipt.origin.clone()
            witnesses=receipt.witnesses.clone()
            house=receipt.house.clone()
            calendar
        />
        <NotProven receipt file_name calendar />
        <p class="printonly">{printed}</p>
        <pre id="file" hidden>
            {file}
        </pre>
    };
    view! { <CheckedReceipt>{content}</CheckedReceipt> }.into_any()
}

#[component]
fn Paper(receipt: Receipt, calendar: Calendar) -> impl IntoView {
    let entry = receipt.line.entry;
    let at = receipt.line.at;
    let said = sentence(&receipt.line.payload, &receipt.programs, calendar);
    let facts = match &receipt.line.payload.statement {
        Statement::Choice(choice) => view! {
            <ChoiceFacts choice=choice.clone() before=receipt.before.clone() calendar />
        }
        .into_any(),
        Statement::Request(request) => view! {
            <div>
                <dt>"Request"</dt>
                <dd>
                    <a href=format!("/requests/{}", request.request)>"Its page, with the stores’ answers"</a>
                </dd>
            </div>
        }
        .into_any(),
        Statement::Completion(completion) => completion.results.iter().map(result).collect_view().into_any(),
    };
    let exports = match &receipt.line.payload.statement {
        Statement::Choice(choice) => {
            let permits = choice.decision.permits();
            Some(view! { <Exports entry permits /> })
        }
        Statement::Request(_) | Statement::Completion(_) => None,
    };
    let by = if receipt.line.payload.actor == "employee" {
        "You, signed in to this portal"
    } else {
        "The portal, once the last store had answered"
    };
    let code = (!receipt.home.is_empty()).then(|| {
        let leaf = receipt.leaf.to_hex();
        let text = format!("{}/ledger?entry={entry}&leaf={leaf}", receipt.home);
        view! { <Code text /> }
    });
    view! {
        <section class="part" aria-labelledby="rc">
            <div class="part__head">
                <h2 id="rc">"The receipt"</h2>
                <p>{format!("Keep it at home if you like. It can be checked anywhere, without {}.", receipt.house)}</p>
            </div>
            <div class="part__body">
                <article class="receipt" aria-labelledby="rc">
                    <Guilloche />
                    <div class="receipt__body">
                        <p class="receipt__line">
                            "On "
                            <strong>{calendar.exact(at)}</strong>
                            ": "
                            {said}
                        </p>
                        <dl class="facts facts--rows">
                            {facts}
                            <div>
                                <dt>"Made by"</dt>
                                <dd>{by}</dd>
                            </div>
                            <div>
                                <dt>"Ledger entry"</dt>
                                <dd class="num">{number(entry)}</dd>
                            </div>
                            <Level witnesses=receipt.witnesses calendar />
                        </dl>
                        {code}
                    </div>
                </article>
                <p class="row noprint">
                    <a class="button" href=format!("/receipts/{entry}.tlog-proof")>
                        "Download the receipt"
                    </a>
                </p>
                {exports}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn ChoiceFacts(
    choice: ChoiceStatement,
    before: Option<ChoiceEvent>,
    calendar: Calendar,
) -> impl IntoView {
    let permits = choice.decision.permits();
    let (drawn, word) = if permits {
        (Mark::On, "On")
    } else {
        (Mark::Off, "Off")
    };
    let before = match before {
        None => view! { "Nothing was said. No answer means no." }.into_any(),
        Some(event) => {
            let drawn = if event.state.permits() {
                Mark::On
            } else {
                Mark::Off
            };
            let words = format!(
                " {}, since {}",
                super::format::capital(outcome(event.state)),
                calendar.exact(event.at)
            );
            view! {
                {mark(drawn)}
                {words}
            }
            .into_any()
        }
    };
    let narrowed = (!choice.conditions.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Narrowed to"</dt>
                <dd>{choice.conditions.to_string()}</dd>
            </div>
        }
    });
    let notice = match (&choice.notice, choice.notice_version) {
        (Some(notice), Some(version)) => {
            let href = format!("/notices/{notice}/{version}?lang={}", choice.language.tag());
            let words = format!("Version {version}, {}", english_name(choice.language));
            view! { <a href=href>{words}</a> }.into_any()
        }
        _ => "None".into_any(),
    };
    view! {
        <div>
            <dt>"Choice"</dt>
            <dd>{mark(drawn)} {format!(" {word} ({})", choice.decision)}</dd>
        </div>
        {narrowed}
        <div>
            <dt>"Before"</dt>
            <dd>{before}</dd>
        </div>
        <div>
            <dt>"Notice shown"</dt>
            <dd>{notice}</dd>
        </div>
    }
    .into_any()
}

fn result(result: &TaskResult) -> impl IntoView + use<> {
    let words = match result.outcome {
        Outcome::Erased => format!(
            "Erased {}",
            super::format::count(result.count, "record", "records")
        ),
        Outcome::Retained => "Kept".to_owned(),
        Outcome::CannotBeRemoved => "Cannot be taken out".to_owned(),
        Outcome::NoMatch => "Had nothing of it".to_owned(),
        Outcome::Failed => "Tried and failed".to_owned(),
    };
    view! {
        <div>
            <dt>{result.dataset.to_string()}</dt>
            <dd>{format!("{words} ({})", result.store)}</dd>
        </div>
    }
    .into_any()
}
