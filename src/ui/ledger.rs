//! The ledger as its readers meet it: what it is, where it stands, how to check it, and what it cannot do.

use leptos::prelude::*;

use super::format::number;
use super::marks::{Mark, mark};
use crate::ledger::checkpoint::Checkpoint;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The newest state.
    pub head: Checkpoint,
    /// The same, as it was signed.
    pub note: String,
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

/// What the ledger says about a printed receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// The entry has that leaf.
    Same {
        /// Which entry.
        entry: u64,
    },
    /// The entry has another leaf.
    Other {
        /// Which entry.
        entry: u64,
    },
    /// There is no such entry.
    Absent {
        /// Which entry.
        entry: u64,
    },
    /// Not a number and a leaf.
    Unreadable,
}

/// The whole page.
#[component]
pub fn LedgerPage(ledger: Ledger) -> impl IntoView {
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
        <State ledger=ledger.clone() />
        <Key vkey=ledger.vkey.clone() house=ledger.house.clone() />
        <Printed entry=ledger.entry leaf=ledger.leaf />
        <Others />
        <Limits />
    }
    .into_any()
}

#[component]
fn Answered(paper: Paper, house: String) -> impl IntoView {
    let entry = |entry| format!("entry {}", number(entry));
    let (alarm, drawn, heading, text) = match paper {
        Paper::Same { entry: at } => (
            false,
            Mark::Check,
            "The paper and the ledger agree".to_owned(),
            format!(
                "The ledger’s {} has exactly the leaf that stands on the paper. What the entry says is shown by the receipt’s file alone.",
                entry(at)
            ),
        ),
        Paper::Other { entry: at } => (
            true,
            Mark::Cross,
            "The paper and the ledger do not agree".to_owned(),
            format!(
                "The ledger’s {} has another leaf. Look for a typing error first. If there is none, keep the paper and the receipt’s file, and show them to your representatives.",
                entry(at)
            ),
        ),
        Paper::Absent { entry: at } => (
            true,
            Mark::Cross,
            "The ledger has no such entry".to_owned(),
            format!(
                "There is no {} in the ledger of {house}. Look for a typing error first. If there is none, keep the paper and the receipt’s file, and show them to your representatives.",
                entry(at)
            ),
        ),
        Paper::Unreadable => (
            true,
            Mark::Alert,
            "That is not on a receipt".to_owned(),
            "An entry is a number, a leaf has 64 digits and letters from a to f. Nothing was compared.".to_owned(),
        ),
    };
    view! {
        <div class="banner" data-kind=alarm.then_some("alarm") role="status">
            <h2>{mark(drawn)} " " {heading}</h2>
            <p>{text}</p>
        </div>
    }
    .into_any()
}

#[component]
fn State(ledger: Ledger) -> impl IntoView {
    let head = ledger.head;
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
                        <dd>{head.origin.clone()}</dd>
                    </div>
                    <div>
                        <dt>"Entries"</dt>
                        <dd class="num">{number(head.size)}</dd>
                    </div>
                    <div>
                        <dt>"Witnesses"</dt>
                        <dd>
                            "None outside the company has signed this state. Until one does, two people could be shown two different ledgers; what then tells them apart is the receipts that people hold, and browsers, which remember."
                        </dd>
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
fn Printed(entry: String, leaf: String) -> impl IntoView {
    view! {
        <section class="part" aria-labelledby="pp">
            <div class="part__head">
                <h2 id="pp">"Compare a printed receipt"</h2>
                <p>"The square code on the paper fills this in."</p>
            </div>
            <div class="part__body">
                <form method="get" action="/ledger" class="stack">
                    <div class="field">
                        <label for="entry">"Ledger entry"</label>
                        <input class="input" id="entry" name="entry" inputmode="numeric" autocomplete="off" value=entry />
                    </div>
                    <div class="field">
                        <label for="leaf">"Leaf"</label>
                        <span class="hint" id="leaf-hint">
                            "64 digits and letters; spaces do not matter."
                        </span>
                        <input
                            class="input"
                            id="leaf"
                            name="leaf"
                            autocomplete="off"
                            spellcheck="false"
                            aria-describedby="leaf-hint"
                            value=leaf
                        />
                    </div>
                    <button class="button">"Compare"</button>
                </form>
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
                        "Whoever runs the portal can write a false new entry. It cannot be dated back, hidden later or taken out; and it stands in your own chain, where you see it under Receipts.",
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
