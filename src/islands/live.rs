//! What keeps a place current while confirmations come in: the place's content is fetched again and again, until it says
//! no more that it is waited for.

use leptos::web_sys::Element;
use wasm_bindgen_futures::spawn_local;

use super::choices::settle;
use super::dom::{Fetched, all, fetch, pause};

/// Milliseconds between two looks.
const PAUSE: i32 = 300;
/// The same after some looks without an end.
const LONGER: i32 = 1500;
const LOOKS: u32 = 40;

/// Watches every place that is not watched yet.
pub fn watch() {
    for mark in all("[data-live]:not([data-watched])") {
        let _ = mark.set_attribute("data-watched", "");
        if let Ok(Some(place)) = mark.closest("[aria-live]") {
            spawn_local(follow(place, mark));
        }
    }
}

async fn follow(place: Element, mut mark: Element) {
    let mut last = String::new();
    let mut looks = 0;
    while let Some(address) = mark.get_attribute("data-live") {
        pause(if looks < LOOKS { PAUSE } else { LONGER }).await;
        looks += 1;
        // Replaced meanwhile by the answer to a click, which is watched by itself.
        if !place.contains(Some(&mark)) {
            return;
        }
        match fetch(&address).await {
            Fetched::Text(content) if content != last => {
                if !place.contains(Some(&mark)) {
                    return;
                }
                place.set_inner_html(&content);
                last = content;
                settle();
                let Ok(Some(next)) = place.query_selector("[data-live]") else {
                    return;
                };
                let _ = next.set_attribute("data-watched", "");
                mark = next;
            }
            Fetched::Text(_) | Fetched::Nothing => {}
            Fetched::Refused(_) => return,
        }
    }
}
