//! Drawn things: the symbols behind every mark, the wordmark, the guilloche of what can be proven.
//!
//! Shapes are files in `marks/`; SVG uses presentation attributes and classes, so the CSP needs no exception. A new
//! mark: its `<symbol>` in `marks/symbols.svg` and its name in `islands::mark`.

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
