//! What `CheckedReceipt` does: fetch the receipt's file, check it, show the words that fit the result.
//!
//! The page holds the words for all three states, each in elements with `data-when`: `open`, `good` or `bad`. What was
//! sealed must be, byte for byte, the statement that the page shows.

use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::js_sys::Number;
use leptos::web_sys::{RequestInit, window};
use wasm_bindgen_futures::spawn_local;

use super::dom::{all, ask, by_id, text};
use crate::ledger::key::VerifierKey;
use crate::ledger::receipt::Receipt;

/// Checks the receipt of this page.
pub fn wake() {
    spawn_local(async {
        // Without an answer nothing was checked, and the page already says so.
        let Ok(file) = fetch().await else { return };
        let begun = now();
        let outcome = check(&file);
        // JavaScript prints fractions already; Rust's code for it would have to travel.
        let took = Number::from(now() - begun).to_fixed(1);
        let state = match outcome {
            Ok(()) => {
                say("took", &took.map(String::from).unwrap_or_default());
                "good"
            }
            Err(why) => {
                say("why", &why);
                "bad"
            }
        };
        for element in all("[data-when]") {
            let _ = if element.get_attribute("data-when").as_deref() == Some(state) {
                element.remove_attribute("hidden")
            } else {
                element.set_attribute("hidden", "")
            };
        }
    });
}

/// The same file that the download gives.
async fn fetch() -> Result<String, JsValue> {
    let link = all("a[download]").into_iter().next().ok_or(JsValue::NULL)?;
    let address = link.get_attribute("href").ok_or(JsValue::NULL)?;
    let response = ask(&address, &RequestInit::new()).await?;
    if response.ok() {
        text(&response).await
    } else {
        Err(JsValue::NULL)
    }
}

fn check(file: &str) -> Result<(), String> {
    let read = |id: &str| {
        by_id(id)
            .and_then(|element| element.text_content())
            .unwrap_or_default()
    };
    let key: VerifierKey = read("vkey")
        .parse()
        .map_err(|_| "The ledger’s key cannot be read".to_owned())?;
    let receipt = Receipt::parse(file).map_err(|error| error.to_string())?;
    let (_, sealed) = receipt
        .verify_unread(&[key])
        .map_err(|error| error.to_string())?;
    if sealed == read("sealed").as_bytes() {
        Ok(())
    } else {
        Err("What was sealed is not what this page shows".to_owned())
    }
}

fn say(id: &str, words: &str) {
    if let Some(element) = by_id(id) {
        element.set_text_content(Some(words));
    }
}

fn now() -> f64 {
    window()
        .and_then(|window| window.performance())
        .map_or(0.0, |clock| clock.now())
}
