//! The only code that runs in the browser. Each island enhances something that is already there and works without it.
//!
//! An island is a component in a file of its own; its doc says what works without it. Both sides render the same
//! markup from the same props, and props are readable in the page: pass only what the page shows anyway. Parts that
//! pages and islands share (`mark`, `status`) stand here too, because islands may not look into `ui`.

#[cfg(feature = "hydrate")]
mod choice_sender;
pub mod choice_switch;
pub mod mark;
pub mod status;
pub mod verify_receipt;

/// What the page's script calls once the WASM is loaded; islands wake up afterwards.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
