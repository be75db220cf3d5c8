//! What `CheckedReceipt` does: check the receipt's file, which stands in the page, and show the words that fit.
//!
//! The page holds the words for all three states, each in elements with `data-when`: `open`, `good` or `bad`. What was
//! sealed must be, byte for byte, the statement that the page shows. No request is made: what cannot be reached cannot
//! interfere.

use leptos::web_sys::Element;
use wasm_bindgen_futures::spawn_local;

use super::dom::{all, now, one_decimal, read, say, show_only};
use crate::ledger::key::VerifierKey;
use crate::ledger::receipt::{Receipt, Verified};

/// Checks the receipt of this page.
pub fn wake() {
    // Afterwards, so that the page is there whole.
    spawn_local(async {
        let begun = now();
        let outcome = check(&read("file"));
        let took = one_decimal(now() - begun);
        let state = match outcome {
            Ok(()) => {
                say("took", &took);
                "good"
            }
            Err(why) => {
                say("why", &why);
                "bad"
            }
        };
        show_only("when", state);
    });
}

fn check(file: &str) -> Result<(), String> {
    let (verified, sealed) = verified(file, &read("keys"))?;
    if sealed != read("sealed").as_bytes() {
        return Err("What was sealed is not what this page shows".to_owned());
    }
    let signed = |element: Element| {
        let named = element.get_attribute("data-witness").unwrap_or_default();
        let mut witnesses = verified.witnesses.iter();
        witnesses.any(|witness| witness.name == named)
    };
    if all("[data-witness]").into_iter().all(signed) {
        Ok(())
    } else {
        Err("A witness that this page names has not signed".to_owned())
    }
}

/// What a receipt proves with `keys`, one a line, and the statement in it.
pub fn verified(file: &str, keys: &str) -> Result<(Verified, Vec<u8>), String> {
    let receipt = Receipt::parse(file).map_err(|error| error.to_string())?;
    let verified = receipt.verify_unread(&parsed(keys)?);
    let (verified, sealed) = verified.map_err(|error| error.to_string())?;
    Ok((verified, sealed.to_vec()))
}

/// Keys, one a line.
pub fn parsed(keys: &str) -> Result<Vec<VerifierKey>, String> {
    let keys: Result<_, _> = keys.lines().map(str::parse).collect();
    keys.map_err(|_| "The ledger’s key cannot be read".to_owned())
}
