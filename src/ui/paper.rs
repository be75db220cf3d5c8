//! A printed receipt beside the ledger: whether the entry on the paper has the leaf on the paper.

use leptos::prelude::*;

use super::format::number;
use super::marks::{Mark, mark};

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

/// What came of comparing.
#[component]
pub fn Answered(
    /// The ledger's answer.
    paper: Paper,
    /// The employer's name.
    house: String,
) -> impl IntoView {
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

/// Where it is typed, or filled in by the square code.
#[component]
pub fn Printed(
    /// What was typed as the entry.
    entry: String,
    /// What was typed as the leaf.
    leaf: String,
) -> impl IntoView {
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
