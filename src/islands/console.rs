//! The checks as functions of the browser's code, for whoever wants to run them by hand in the browser's console, and
//! for measuring them: `(await import("/pkg/sayso.js")).verify_receipt(file, key)`.

use wasm_bindgen::prelude::wasm_bindgen;

use super::{chain, receipt};

/// Checks one receipt.
///
/// # Errors
/// What does not hold.
#[wasm_bindgen]
pub fn verify_receipt(file: &str, keys: &str) -> Result<(), String> {
    receipt::verified(file, keys).map(|_| ())
}

/// Checks a file of receipts as one person's chain; how many there are.
///
/// # Errors
/// The first receipt that does not hold, and why.
#[wasm_bindgen]
pub fn verify_chain(files: &str, keys: &str) -> Result<u32, String> {
    let whole = chain::verified(files, keys)?;
    u32::try_from(whole.receipts).map_err(|error| error.to_string())
}
