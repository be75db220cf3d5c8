//! A square code, drawn as one path: whoever holds the paper finds the way back with a telephone.

use leptos::prelude::*;
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

/// Modules of quiet around the code that readers ask for (ISO/IEC 18004).
const QUIET: usize = 4;

/// The way back from the paper to the ledger. It names the entry, and says nothing of what was said.
#[component]
pub fn Code(
    /// The address.
    text: String,
) -> impl IntoView {
    view! {
        <div class="receipt__code">
            <Square text label="Square code: the address that compares this receipt with the ledger" />
            <p class="hint">
                "For the paper: this code opens the ledger’s own page and compares entry and leaf with what stands there now. It does not say who you are or what you said. To prove that, keep the file."
            </p>
        </div>
    }
    .into_any()
}

/// The code that says `text`; nothing when it is too long for one. Dark on white in every theme, because not every
/// reader knows the reverse.
#[component]
fn Square(text: String, label: &'static str) -> impl IntoView {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let path: String = code
        .to_colors()
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == Color::Dark)
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET))
        .collect();
    Some(view! {
        <svg
            class="qr"
            viewBox=format!("0 0 {side} {side}")
            role="img"
            aria-label=label
            shape-rendering="crispEdges"
        >
            <rect width="100%" height="100%" fill="white"></rect>
            <path d=path fill="black"></path>
        </svg>
    })
}
