//! The status line: mark, one word, what it means for you, then the proof in small type.

use super::marks::{Mark, mark};
use leptos::prelude::*;

/// What a status line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Part => "part",
            Self::Paused => "paused",
            Self::Notice => "notice",
        }
    }

    const fn mark(self) -> Mark {
        match self {
            Self::Off => Mark::Off,
            Self::On | Self::Notice => Mark::On,
            Self::Part => Mark::Part,
            Self::Paused => Mark::Pause,
        }
    }
}

/// One status line in words.
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl Status {
    /// A line without proof.
    pub fn new(state: State, word: &str, text: impl Into<String>) -> Self {
        Self {
            state,
            word: word.to_owned(),
            text: text.into(),
            proof: String::new(),
            receipt: None,
            more: String::new(),
        }
    }
}

/// Draws a status line.
pub fn status_line(status: Status) -> AnyView {
    let state = status.state.word();
    view! {
        <p class="status" data-state=state>
            {status_words(status)}
        </p>
    }
    .into_any()
}

/// What stands inside a status line.
fn status_words(status: Status) -> impl IntoView {
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
