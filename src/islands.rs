//! The only code that runs in the browser. Each island enhances something that is already there and works without it.
//!
//! An island wraps what the server has rendered and touches only what has to change: all words come from the server,
//! so that there is one place for them and little code to travel. Its file says what works without it. To add one: a
//! component here with `children`, its work in a file beside it.

#[cfg(feature = "hydrate")]
mod chain;
#[cfg(feature = "hydrate")]
mod choices;
#[cfg(feature = "hydrate")]
mod console;
#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod evidence;
#[cfg(feature = "hydrate")]
mod live;
#[cfg(feature = "hydrate")]
mod memory;
#[cfg(feature = "hydrate")]
mod receipt;

use leptos::prelude::*;

/// My choices: a switch is sent in the background, and the row, the programme's line, the history and the panel are
/// replaced, and again while collectors confirm. Without it the switch is a form with two submit buttons, and a click loads the page again.
#[island]
pub fn LiveChoices(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    choices::wake();
    children()
}

/// A pause: how far it has come is shown while the confirmations come in. Without it the page shows how far it had come
/// when it was loaded, and a link to look again.
#[island]
pub fn LivePause(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::watch();
    children()
}

/// A receipt: the browser recomputes the proof itself, from the file that stands in the page and with the code of
/// `sayso verify`; no request is made. Without it the page says that nothing was checked, and how to check by hand.
#[island]
pub fn CheckedReceipt(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    receipt::wake();
    children()
}

/// All receipts: the browser fetches the file of all and checks that none is missing, moved or added. Without it the
/// page says what the server found, and that the browser checked nothing.
#[island]
pub fn CheckedChain(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    chain::wake();
    children()
}

/// On every page: the browser remembers the ledger's last head and checks that the next one continues it. Without it
/// nothing is remembered, and nothing is claimed.
#[island]
pub fn RememberedLedger(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    memory::wake();
    children()
}

/// What the page's script calls once the WASM is loaded; islands wake up afterwards.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
