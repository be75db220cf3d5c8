//! What a receipt proves and what it does not, in the words for each result of the check.
//!
//! The server writes all of them: `open` is what holds before, or without, a check in the browser. `CheckedReceipt`
//! shows those of the result.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::format::{Calendar, hex_groups};
use super::marks::{Mark, mark};
use super::receipt::Receipt;
use crate::ledger::payload::Statement;

/// Stands above everything else when a receipt does not check out.
#[component]
pub fn Alarm() -> impl IntoView {
    view! {
        <div class="banner" data-kind="alarm" role="alert">
            <h2>{mark(Mark::Alert)} " This receipt does not check out"</h2>
            <p>
                <span id="why"></span>
                ". Download the file and keep it. Show it to your representatives and to the privacy office: either this page was damaged on its way, or somebody changed what you said."
            </p>
        </div>
    }
    .into_any()
}

/// What it proves, once it was checked.
#[component]
pub fn Proven(
    /// `48,214 of 48,219`
    position: String,
    /// Name of the ledger.
    origin: String,
    /// The witnesses that signed, and when.
    witnesses: Vec<(String, DateTime<Utc>)>,
    /// The employer's name.
    house: String,
    calendar: Calendar,
) -> impl IntoView {
    let seen = (!witnesses.is_empty()).then(|| {
        let by: Vec<_> = witnesses
            .iter()
            .map(|(name, at)| format!("{name} on {}", calendar.moment(*at)))
            .collect();
        let by = by.join(", ");
        ("It is witnessed.", format!("By {by}. Witnesses that the management of {house} does not run have signed that the ledger only grew: the company alone can no longer show anyone a different history without it being noticed."))
    });
    // The browser checks that those named have signed.
    let named = witnesses
        .into_iter()
        .map(|(name, _)| view! { <span data-witness=name hidden></span> })
        .collect_view();
    let proofs = [
        ("It is your statement, unchanged.", "It is, byte for byte, what this page shows below as sealed. One changed letter would show.".to_owned()),
        ("It stands in the ledger.", format!("Entry {position}. Taking it out would show in every later state of the ledger.")),
        ("It is logged: the ledger has signed for it.", format!("With the key of {origin}. Whoever signed cannot deny it later, once you hold the file.")),
    ];
    let proof = |(what, why): (&'static str, String)| {
        view! {
            <li>
                <span data-when="open">{mark(Mark::Off)}</span>
                <span data-when="good" hidden>
                    {mark(Mark::Check)}
                </span>
                <span data-when="bad" hidden>
                    {mark(Mark::Cross)}
                </span>
                <div>
                    <strong>{what}</strong>
                    <p>
                        <span data-when="open">"Not checked yet. "</span>
                        <span data-when="bad" hidden>
                            "This could not be shown. "
                        </span>
                        {why}
                    </p>
                </div>
            </li>
        }
    };
    view! {
        <section class="part" aria-labelledby="pv">
            <div class="part__head">
                <h2 id="pv">"What it proves"</h2>
                <p aria-live="polite">
                    <span data-when="open">
                        "Your browser has not checked this. Download it and run " <code>"sayso verify"</code> "."
                    </span>
                    <span data-when="good" hidden>
                        "Checked in your browser. Took " <span id="took"></span> " milliseconds."
                    </span>
                    <span data-when="bad" hidden>
                        "Checked in your browser, and refused."
                    </span>
                </p>
            </div>
            <div class="part__body">
                <ul class="proofs">{proofs.into_iter().chain(seen).map(proof).collect_view()}</ul>
                {named}
            </div>
        </section>
    }
    .into_any()
}

/// What it does not prove, and the raw values for those who check themselves.
#[component]
pub fn NotProven(receipt: Receipt, file_name: String, calendar: Calendar) -> impl IntoView {
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
    let alone = receipt.witnesses.is_empty().then(|| view! {
        <p class="measure">"That everybody is shown the same ledger: no witness outside the company has signed this state of it. "<a href="/ledger">"About the ledger"</a></p>
    });
    let keys = receipt.keys.join("\n");
    view! {
        <section class="part" aria-labelledby="nt">
            <div class="part__head">
                <h2 id="nt">"What it does not prove"</h2>
            </div>
            <div class="part__body stack">
                {not}
                {alone}
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
                                <dt>"Sealed"</dt>
                                <dd class="hash" id="sealed">{receipt.sealed}</dd>
                            </div>
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
                                <dd class="hash" id="keys">{keys}</dd>
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

/// How far the receipt reaches.
#[component]
pub fn Level(
    /// The witnesses that signed, and when.
    witnesses: Vec<(String, DateTime<Utc>)>,
    calendar: Calendar,
) -> impl IntoView {
    let words = if witnesses.is_empty() {
        view! { {mark(Mark::Part)} " Logged: signed by the ledger. Not yet witnessed." }.into_any()
    } else {
        let by = witnesses
            .iter()
            .map(|(name, at)| format!("{name}, {}", calendar.moment(*at)))
            .collect::<Vec<_>>()
            .join("; ");
        view! { {mark(Mark::On)} {format!(" Witnessed by {by}")} }.into_any()
    };
    view! {
        <div>
            <dt>"Level"</dt>
            <dd>{words}</dd>
        </div>
    }
    .into_any()
}
