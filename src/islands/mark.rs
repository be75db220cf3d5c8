//! The marks that stand beside words: ring = off, disc = on, half = partly, open ring = waiting.
//!
//! Always beside a word, always hidden from screen readers: shape carries the meaning, colour never does alone. The
//! shapes themselves are `<symbol>`s, rendered once per page by `ui::marks`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Which mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
