//! The ledger as its readers meet it: what it is, where it stands, how to check it, and what it cannot do.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::format::{Calendar, number};
use super::marks::{Mark, mark};
use super::paper::{Answered, Paper, Printed};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Its name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// The newest state, as it was signed.
    pub note: String,
    /// Who watches it.
    pub witnesses: Vec<Witness>,
    /// Number of entries in the newest state that enough witnesses signed.
    pub witnessed: Option<u64>,
    /// The key that verifies it.
    pub vkey: String,
    /// The employer's name.
    pub house: String,
    /// What was typed as the entry of a printed receipt.
    pub entry: String,
    /// What was typed as its leaf.
    pub leaf: String,
    /// What the ledger says about it.
    pub paper: Option<Paper>,
}

/// Somebody outside who signs that the ledger only grew.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Its name.
    pub name: String,
    /// Number of entries in the state that it signed last, and when.
    pub cosigned: Option<(u64, DateTime<Utc>)>,
    /// What is wrong with it now.
    pub trouble: Option<String>,
}

/// The whole page.
#[component]
pub fn LedgerPage(ledger: Ledger, calendar: Calendar) -> impl IntoView {
    let answer = ledger
        .paper
        .map(|paper| view! { <Answered paper house=ledger.house.clone() /> });
    view! {
        {answer}
        <div class="opening">
            <div class="opening__text">
                <h1>"What was said here cannot be changed unseen."</h1>
                <p class="lead">
                    "Every choice, every request and every published notice is an entry in one list that only grows. Each new state of the list is signed as a whole, so that changing, dropping or slipping in an old entry shows in every signature from then on. An entry about you says nothing about you to anybody who does not hold your receipt."
                </p>
            </div>
        </div>
        <State ledger=ledger.clone() calendar />
        <Key vkey=ledger.vkey.clone() house=ledger.house.clone() />
        <Printed entry=ledger.entry leaf=ledger.leaf />
        <Others />
        <Limits />
    }
    .into_any()
}

#[component]
fn State(ledger: Ledger, calendar: Calendar) -> impl IntoView {
    let line = |witness: Witness| {
        let signed = match witness.cosigned {
            Some((size, at)) => format!(
                "last signed the state of {} on {}.",
                super::format::count(size, "entry", "entries"),
                calendar.moment(at)
            ),
            None => "has signed nothing yet.".to_owned(),
        };
        let trouble = witness.trouble.map(|trouble| format!(" Now: {trouble}"));
        view! {
            <li>
                <strong>{witness.name}</strong>
                " "
                {signed}
                {trouble}
            </li>
        }
    };
    let witnesses = if ledger.witnesses.is_empty() {
        "There are none. Until somebody outside the company signs too, two people could be shown two different ledgers; what then tells them apart is the receipts that people hold, and browsers, which remember."
            .into_any()
    } else {
        let enough = match ledger.witnessed {
            Some(size) => format!(
                "Enough of them have signed the first {}: the company alone can no longer show anyone a different history of these without it being noticed.",
                super::format::count(size, "entry", "entries")
            ),
            None => "Not enough of them have signed a state yet.".to_owned(),
        };
        view! {
            <p>{enough}</p>
            <ul class="stack-tight">{ledger.witnesses.into_iter().map(line).collect_view()}</ul>
        }
        .into_any()
    };
    view! {
        <section class="part" aria-labelledby="st">
            <div class="part__head">
                <h2 id="st">"Where it stands"</h2>
                <p>"This state was signed when the newest entry was made."</p>
            </div>
            <div class="part__body stack">
                <dl class="facts facts--rows">
                    <div>
                        <dt>"Name"</dt>
                        <dd>{ledger.origin}</dd>
                    </div>
                    <div>
                        <dt>"Entries"</dt>
                        <dd class="num">{number(ledger.size)}</dd>
                    </div>
                    <div>
                        <dt>"Witnesses"</dt>
                        <dd class="stack-tight">{witnesses}</dd>
                    </div>
                </dl>
                <details>
                    <summary>"The signed state, as it stands"</summary>
                    <pre class="hash evidence push">{ledger.note}</pre>
                </details>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Key(vkey: String, house: String) -> impl IntoView {
    view! {
        <section class="part" aria-labelledby="ky">
            <div class="part__head">
                <h2 id="ky">"Its key"</h2>
            </div>
            <div class="part__body stack">
                <p class="measure">
                    {format!("With this key anybody can check what the ledger signed. Keep a copy from a day on which you trust it, outside {house}: whoever shows you another key later has to explain it. Your browser keeps one by itself. So does every printed receipt.")}
                </p>
                <p class="hash">{vkey}</p>
                <p>
                    <a href="/ledger/log.vkey" download="log.vkey">
                        "Download the key"
                    </a>
                </p>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Others() -> impl IntoView {
    view! {
        <section class="part" aria-labelledby="ot">
            <div class="part__head">
                <h2 id="ot">"Check it with other people’s software"</h2>
            </div>
            <div class="part__body stack">
                <p class="measure">
                    "Nothing here needs our programs. The ledger is a transparency log of the kind that checks certificates on the web, in formats that are published and that others have written readers for:"
                </p>
                <ul class="stack-tight">
                    <li>
                        <a href="/ledger/checkpoint">"The signed state"</a>
                        ": c2sp.org/tlog-checkpoint, a signed note (c2sp.org/signed-note) under an Ed25519 key."
                    </li>
                    <li>"The tree: RFC 6962, in tiles (c2sp.org/tlog-tiles)."</li>
                    <li>"Receipts: c2sp.org/tlog-proof."</li>
                </ul>
                <p class="measure">
                    "With ours: " <code>"sayso verify --vkey log.vkey receipt-123.tlog-proof"</code>
                    ", on any computer and without a network."
                </p>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Limits() -> impl IntoView {
    let limit = |what: &'static str, why: &'static str| {
        view! {
            <li>
                {mark(Mark::Off)} <div>
                    <strong>{what}</strong>
                    <p>{why}</p>
                </div>
            </li>
        }
    };
    view! {
        <section class="part" aria-labelledby="lm">
            <div class="part__head">
                <h2 id="lm">"What it cannot do"</h2>
            </div>
            <div class="part__body">
                <ul class="proofs">
                    {limit(
                        "It does not make entries true.",
                        "Whoever runs the portal can write a false new entry. It can carry a false time, though none before your last receipt, and a witness dates it from outside. It cannot be hidden later or taken out; and it stands in your own chain, where you see it under Receipts.",
                    )}
                    {limit(
                        "It does not watch collectors.",
                        "That a no stands in the ledger does not show that a program obeyed it. What was captured stands under What was captured.",
                    )}
                    {limit(
                        "It cannot speak for a receipt that nobody kept.",
                        "Without a witness, whoever holds the key could build the whole ledger anew. What shows it is a receipt, a copy of the signed state or a browser from before.",
                    )}
                    {limit(
                        "It does not hold what you said.",
                        "Entries about people are sealed numbers of one length. The statement behind yours is kept apart, and can be erased; the number that stays then says nothing.",
                    )}
                </ul>
            </div>
        </section>
    }
    .into_any()
}
