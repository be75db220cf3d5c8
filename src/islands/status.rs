//! The status line: mark, one word, what it means for you, then the proof in small type.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::mark::{Mark, mark};

/// What a status line says. Only `Failed` is in alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing is captured.
    Off,
    /// Captured.
    On,
    /// Some kinds of a programme are on.
    Part,
    /// Stopped for everyone.
    Paused,
    /// A yes that is about to end.
    Notice,
    /// Something did not happen that should have.
    Failed,
}

impl State {
    /// The word in `data-state`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Part => "part",
            Self::Paused => "paused",
            Self::Notice => "notice",
            Self::Failed => "failed",
        }
    }

    const fn mark(self) -> Mark {
        match self {
            Self::Off => Mark::Off,
            Self::On | Self::Notice => Mark::On,
            Self::Part => Mark::Part,
            Self::Paused => Mark::Pause,
            Self::Failed => Mark::Alert,
        }
    }
}

/// One status line in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Which state.
    pub state: State,
    /// The state in one word or two, with its full stop.
    pub word: String,
    /// What it means for you.
    pub text: String,
    /// What it rests on; empty for none.
    pub proof: String,
    /// The receipt: address and words.
    pub receipt: Option<(String, String)>,
    /// What else there is to know; empty for none.
    pub more: String,
}

/// What stands inside a status line: also replaced on its own.
pub fn status_words(status: Status) -> impl IntoView {
    let quiet = status.proof.is_empty() && status.receipt.is_none() && status.more.is_empty();
    let receipt = status.receipt.map(|(href, label)| {
        view! {
            " "
            <a href=href>{label}</a>
            "."
        }
    });
    let more = (!status.more.is_empty()).then(|| format!(" {}", status.more));
    let proof = (!quiet).then(|| {
        view! { <span class="status__proof">{status.proof} {receipt} {more}</span> }
    });
    view! {
        {mark(status.state.mark())}
        <span>
            <strong>{status.word}</strong>
            " "
            {status.text}
        </span>
        {proof}
    }
}
