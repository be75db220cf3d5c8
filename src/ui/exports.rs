//! A choice in the formats of others: links from its receipt.

use leptos::prelude::*;

/// The same choice in the formats of others.
#[component]
pub fn Exports(entry: u64, permits: bool) -> impl IntoView {
    let kantara = if permits {
        view! {
            ", "
            <a href=format!("/receipts/{entry}/kantara-1.1.json")>"Kantara consent receipt 1.1"</a>
            "."
        }
        .into_any()
    } else {
        ". (Kantara’s format has no word for a no.)".into_any()
    };
    view! {
        <p class="hint noprint">
            "The same choice for other people’s software: "
            <a href=format!("/receipts/{entry}/consent-record.jsonld")>
                "ISO/IEC TS 27560 record"
            </a>
            ", "
            <a href=format!("/receipts/{entry}/consent-receipt.jsonld")>
                "ISO/IEC TS 27560 receipt"
            </a>
            {kantara}
        </p>
    }
    .into_any()
}
