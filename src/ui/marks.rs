//! Drawn things: the symbols behind every mark, the wordmark, the guilloche of what can be proven.
//!
//! Shapes are files in `marks/`; SVG uses presentation attributes and classes, so the CSP needs no exception. A new
//! mark: its `<symbol>` in `marks/symbols.svg` and its name in `Mark`.

use leptos::prelude::*;

/// The symbols, once per page.
#[component]
pub fn Symbols() -> impl IntoView {
    view! {
        <svg
            width="0"
            height="0"
            class="hush"
            aria-hidden="true"
            focusable="false"
            inner_html=include_str!("marks/symbols.svg")
        ></svg>
    }
    .into_any()
}

/// The name as it is drawn.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <svg
            viewBox="0 0 114 34"
            role="img"
            aria-label="Sayso"
            inner_html=include_str!("marks/wordmark.svg")
        ></svg>
    }
    .into_any()
}

/// Security-paper lines: on receipts and on the way in, nowhere else. Once per page.
#[component]
pub fn Guilloche() -> impl IntoView {
    view! {
        <svg
            class="receipt__seal"
            aria-hidden="true"
            inner_html=include_str!("marks/guilloche.svg")
        ></svg>
    }
    .into_any()
}

/// A mark: ring = off, disc = on, half = partly, open ring = waiting. Always beside a word, always hidden from screen
/// readers: shape carries the meaning, colour never does alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A ring.
    Off,
    /// A disc.
    On,
    /// Half a disc.
    Part,
    /// An open ring.
    Wait,
    /// Two bars.
    Pause,
    /// Confirmed.
    Check,
    /// Refused.
    Cross,
    /// Failed.
    Alert,
}

impl Mark {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Off => "#m-off",
            Self::On => "#m-on",
            Self::Part => "#m-part",
            Self::Wait => "#m-wait",
            Self::Pause => "#m-pause",
            Self::Check => "#m-check",
            Self::Cross => "#m-cross",
            Self::Alert => "#m-alert",
        }
    }
}

/// Draws a mark.
pub fn mark(mark: Mark) -> impl IntoView {
    view! {
        <svg class="mark" aria-hidden="true">
            <use_ href=mark.symbol() />
        </svg>
    }
}
