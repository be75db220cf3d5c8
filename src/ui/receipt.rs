//! One receipt: what was said, what that proves, what it does not, and the raw values for those who check themselves.

use leptos::prelude::*;

use super::format::{Calendar, hex_groups, number};
use super::marks::Guilloche;
use super::notice::english_name;
use super::receipts::{Line, sentence};
use super::standing::outcome;
use crate::domain::choice::ChoiceEvent;
use crate::domain::program::Program;
use crate::domain::request::Outcome;
use crate::islands::mark::{Mark, mark};
use crate::islands::verify_receipt::VerifyReceipt;
use crate::ledger::hash::Hash;
use crate::ledger::payload::{ChoiceStatement, Statement, TaskResult};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The statement.
    pub line: Line,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The receipt's file.
    pub file: String,
    /// The key that verifies the log.
    pub vkey: String,
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
            "Your yes is on record, and you hold the proof."
        }
        Statement::Choice(_) => "Your no is on record, and you hold the proof.",
        Statement::Request(_) => "Your request is on record, and you hold the proof.",
        Statement::Completion(_) => "The stores’ answers are on record, and you hold the proof.",
    };
    let file_name = format!("receipt-{entry}.tlog-proof");
    let printed = format!(
        "Printed from Sayso, {}, on {}. Check with: sayso verify {file_name}",
        receipt.house,
        calendar.date(calendar.now())
    );
    let paper = view! { <Paper receipt=receipt.clone() calendar /> };
    let not_proven = view! { <NotProven receipt=receipt.clone() file_name calendar /> };
    view! {
        <VerifyReceipt
            file=receipt.file.clone()
            vkey=receipt.vkey.clone()
            heading=heading.to_owned()
            name=format!("Receipt {}", number(entry))
            position=format!("{} of {}", number(entry), number(receipt.size))
            origin=receipt.origin.clone()
        >
            {paper}
        </VerifyReceipt>
        {not_proven}
        <p class="printonly">{printed}</p>
    }
    .into_any()
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
    let by = if receipt.line.payload.actor == "employee" {
        "You, signed in to this portal"
    } else {
        "The portal, once the last store had answered"
    };
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
                        </dl>
                    </div>
                </article>
                <p class="row noprint">
                    <a class="button" href=format!("/receipts/{entry}.tlog-proof") download="">
                        "Download the receipt"
                    </a>
                </p>
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

#[component]
fn NotProven(receipt: Receipt, file_name: String, calendar: Calendar) -> impl IntoView {
    let at = calendar.since(receipt.line.at);
    let not = match &receipt.line.payload.statement {
        Statement::Choice(choice) if choice.decision.permits() => view! {
            <p class="measure">
                {format!("That anything was captured. It shows only that you allowed it from {at}; what was captured stands under ")}
                <a href="/activity">"What was captured"</a> "."
            </p>
        }
        .into_any(),
        Statement::Choice(_) => view! {
            <p class="measure">
                {format!("That data captured before {at} is gone. Your no works from then on. To have older records deleted, ")}
                <a href="/requests/new">"ask for deletion"</a> "; each store then signs for what it deleted."
            </p>
        }
        .into_any(),
        Statement::Request(_) => view! {
            <p class="measure">"That anything was deleted. It shows only that you asked; each store’s answer gets a receipt of its own."</p>
        }
        .into_any(),
        Statement::Completion(_) => view! {
            <p class="measure">"That a store told the truth. It shows what each store has signed for, so that it can be held to it."</p>
        }
        .into_any(),
    };
    view! {
        <section class="part" aria-labelledby="nt">
            <div class="part__head">
                <h2 id="nt">"What it does not prove"</h2>
            </div>
            <div class="part__body stack">
                {not}
                <p class="measure">"That everybody is shown the same ledger: no witness outside the company has signed this state of it."</p>
                <details>
                    <summary>"For those who want to check it themselves"</summary>
                    <div class="stack push">
                        <p>
                            "Run " <code>{format!("sayso verify --vkey log.vkey {file_name}")}</code>
                            " on any computer. It needs no network. The key is at "
                            <a href="/ledger/log.vkey">"/ledger/log.vkey"</a>
                            "; keep it from a day on which you trusted it."
                        </p>
                        <dl class="facts facts--rows">
                            <div>
                                <dt>"Leaf"</dt>
                                <dd class="hash">{hex_groups(&receipt.leaf.0)}</dd>
                            </div>
                            <div>
                                <dt>"Checkpoint"</dt>
                                <dd class="hash">{format!("{}, size {}, root {}", receipt.origin, receipt.size, receipt.root)}</dd>
                            </div>
                            <div>
                                <dt>"Key"</dt>
                                <dd class="hash">{receipt.vkey}</dd>
                            </div>
                            <div>
                                <dt>"Format"</dt>
                                <dd class="hash">"c2sp.org/tlog-proof@v1"</dd>
                            </div>
                        </dl>
                    </div>
                </details>
            </div>
        </section>
    }
    .into_any()
}
