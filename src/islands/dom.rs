//! The little that islands need of the browser: elements, clicks, timers, requests.

use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::{Document, Element, Event, Request, RequestInit, Response, window};
use wasm_bindgen_futures::JsFuture;

/// The page.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// The element of that id.
pub fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Every element that fits, in the page's order.
pub fn all(selector: &str) -> Vec<Element> {
    let found = document().and_then(|page| page.query_selector_all(selector).ok());
    let elements = found.map(|list| (0..list.length()).filter_map(move |index| list.get(index)));
    elements
        .into_iter()
        .flatten()
        .filter_map(|node| node.dyn_into().ok())
        .collect()
}

/// Calls `act` with every click on the page, as long as the page lives.
pub fn on_click(act: impl FnMut(Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(act);
    if let Some(page) = document() {
        // Fails only for an event that does not exist.
        let _ = page.add_event_listener_with_callback("click", listener.as_ref().unchecked_ref());
    }
    listener.forget();
}

/// Calls `act` once, after `milliseconds`.
pub fn after(milliseconds: i32, act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    if let Some(window) = window() {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            act.unchecked_ref(),
            milliseconds,
        );
    }
}

/// Sends a request; an error when there is no answer.
pub async fn ask(address: &str, init: &RequestInit) -> Result<Response, JsValue> {
    let request = Request::new_with_str_and_init(address, init)?;
    let window = window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_request(&request))
        .await?
        .dyn_into()
}

/// The answer's text.
pub async fn text(response: &Response) -> Result<String, JsValue> {
    JsFuture::from(response.text()?)
        .await?
        .as_string()
        .ok_or(JsValue::NULL)
}
