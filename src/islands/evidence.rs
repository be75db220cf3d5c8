//! What a browser does about two heads that contradict each other: say so, keep both, hand them out as a file.
//!
//! All words stand in the page as templates. The evidence is kept as the text of the file, under the reason it was
//! found for, and shown on every page from then on: a ledger that behaves again has still misbehaved.

use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::js_sys::{Array, Date};
use leptos::web_sys::{Blob, Element, Event, HtmlElement, Storage, Url, window};

use super::dom::{all, by_id, document, on_click, read, say, show_only};
use super::memory::{self, BEFORE};
use crate::ledger::memory::{Fork, Memory};

/// Where the evidence is kept.
pub const KEPT: &str = "sayso-ledger-evidence";
/// How much of what came before the present log the person has said to have read.
pub const READ: &str = "sayso-ledger-read";

/// Two heads, and why they contradict each other.
pub struct Found {
    /// Why.
    pub why: Fork,
    /// What was remembered.
    pub memory: Memory,
    /// The signed head that came.
    pub note: String,
    /// The proof that came with it, if there was one.
    pub proof: String,
}

/// Now, as the browser writes times.
pub fn time() -> String {
    Date::new_0().to_iso_string().into()
}

/// Listens for the banners' buttons.
pub fn wake(storage: &Storage) {
    let storage = storage.clone();
    on_click(move |event| {
        click(&storage, &event);
    });
}

fn click(storage: &Storage, event: &Event) -> Option<()> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest("[data-evidence]").ok()??;
    match button.get_attribute("data-evidence")?.as_str() {
        "download" => return download(),
        "afresh" => memory::forget(storage),
        _ => {
            let before = storage.get_item(BEFORE).ok()??;
            let _ = storage.set_item(READ, &before.len().to_string());
        }
    }
    by_id("ledger-words")?.set_inner_html("");
    None
}

/// Shows what was kept from an earlier page; whether there was anything.
pub fn show_kept(storage: &Storage) -> bool {
    let kept = storage.get_item(KEPT).ok().flatten();
    let kept = kept.as_deref().and_then(|kept| kept.split_once('\n'));
    kept.is_some_and(|(why, text)| {
        banner("ledger-alarm");
        show_only("why", why);
        say("evidence", text);
        true
    })
}

/// Says loudly what was found, and keeps it.
pub fn keep(storage: &Storage, found: &Found) {
    let why = match found.why {
        Fork::Key => "key",
        Fork::Root => "root",
        Fork::Proof => "proof",
        Fork::Back => "back",
    };
    banner("ledger-alarm");
    show_only("why", why);
    let portal = window().and_then(|window| window.location().origin().ok());
    let portal = portal.unwrap_or_default();
    let what = all("[data-why]:not([hidden])")
        .first()
        .and_then(|words| words.text_content());
    for (id, text) in [
        ("ev-portal", portal.clone()),
        ("ev-ledger", portal),
        ("ev-found", time()),
        ("ev-what", what.unwrap_or_default()),
        ("ev-seen", found.memory.seen.clone()),
        ("ev-key", found.memory.key.to_string()),
        ("ev-old", found.memory.note.clone()),
        ("ev-new", found.note.clone()),
        ("ev-shown", read("ledger-key")),
        ("ev-proof", found.proof.clone()),
    ] {
        say(id, &text);
    }
    // When there is no room, the page at hand still offers the file.
    let _ = storage.set_item(KEPT, &[why, "\n", &read("evidence")].concat());
}

/// Shows that another log stands in the place of the remembered one, until the person has read it.
pub fn show_successor(storage: &Storage) -> Option<()> {
    let before = storage.get_item(BEFORE).ok()??;
    let read = storage.get_item(READ).ok()?;
    if read.is_none_or(|read| read != before.len().to_string()) {
        banner("ledger-successor");
        say("evidence", &before);
    }
    None
}

fn banner(template: &str) -> Option<()> {
    let words = by_id(template)?.inner_html();
    by_id("ledger-words")?.set_inner_html(&words);
    None
}

/// Hands out the evidence as a file.
fn download() -> Option<()> {
    let parts = Array::of1(&read("evidence").into());
    let blob = Blob::new_with_str_sequence(&parts).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
    let now = time();
    let day = now.split('T').next().unwrap_or_default();
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", &["ledger-evidence-", day, ".txt"].concat())
        .ok()?;
    link.click();
    Url::revoke_object_url(&address).ok()
}
