//! What `CheckedChain` does: fetch the file of all receipts, check the chain, show the words that fit.
//!
//! Statements are read by the browser's own JSON reader. It takes more than one spelling, so each statement is written
//! again and must come out as it went in: sorted keys stay sorted, and a repeated key would be gone.

use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::js_sys::{JSON, Reflect};
use wasm_bindgen_futures::spawn_local;

use super::dom::{Fetched, all, fetch, now, one_decimal, read, say, show_only};
use super::receipt::parsed;
use crate::ledger::chain::{self, Place, Whole};

/// Checks the receipts of this page.
pub fn wake() {
    spawn_local(async {
        let Some(address) = all("a[data-all]")
            .first()
            .and_then(|link| link.get_attribute("href"))
        else {
            return;
        };
        // Without an answer nothing was checked, and the page already says so.
        let Fetched::Text(files) = fetch(&address).await else {
            return;
        };
        let begun = now();
        let outcome = check(&files);
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

fn check(files: &str) -> Result<(), String> {
    let whole = verified(files, &read("keys"))?;
    // The page was made a moment before the file: a receipt may have come in between, none may have gone.
    let shown: u64 = read("receipts").parse().unwrap_or(u64::MAX);
    if whole.receipts < shown {
        return Err("The file has fewer receipts than this page".to_owned());
    }
    Ok(())
}

/// The chain of the receipts in `files`, checked with `keys`, one a line.
pub fn verified(files: &str, keys: &str) -> Result<Whole, String> {
    let whole = chain::check(chain::split(files), &parsed(keys)?, place);
    whole.map_err(|broken| broken.to_string())
}

fn place(statement: &[u8]) -> Result<Place, String> {
    read_place(statement).ok_or_else(|| "not in its one spelling".to_owned())
}

fn read_place(statement: &[u8]) -> Option<Place> {
    let text = core::str::from_utf8(statement).ok()?;
    let parsed = JSON::parse(text).ok()?;
    let again = JSON::stringify(&parsed).ok()?.as_string()?;
    let field = |name: &str| Reflect::get(&parsed, &JsValue::from_str(name)).ok();
    let word = |name: &str| field(name)?.as_string();
    let prev = field("prev")?;
    let prev = if prev.is_undefined() {
        None
    } else {
        Some(prev.as_string()?.parse().ok()?)
    };
    let seq = field("seq")?.as_f64()?;
    let exact = seq.fract() == 0.0 && (0.0..9e15).contains(&seq);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in range, as was just checked"
    )]
    let seq = seq as u64;
    (exact && again == text).then_some(Place {
        seq,
        prev,
        subject: word("subject")?,
        at: word("at")?,
    })
}
