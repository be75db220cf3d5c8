//! The little that islands need of the browser: elements, clicks, timers, requests.

use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::js_sys::{Number, Promise};
use leptos::web_sys::{
    Document, Element, Event, Request, RequestCache, RequestInit, Response, window,
};
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

/// The text of the element of that id; empty where there is none.
pub fn read(id: &str) -> String {
    by_id(id)
        .and_then(|element| element.text_content())
        .unwrap_or_default()
}

/// Puts words into the element of that id.
pub fn say(id: &str, words: &str) {
    if let Some(element) = by_id(id) {
        element.set_text_content(Some(words));
    }
}

/// Of the elements with `data-<name>`, shows those whose value it is and hides the others.
pub fn show_only(name: &str, value: &str) {
    for element in all(&["[data-", name, "]"].concat()) {
        let fits = element.get_attribute(&["data-", name].concat()).as_deref() == Some(value);
        let _ = if fits {
            element.remove_attribute("hidden")
        } else {
            element.set_attribute("hidden", "")
        };
    }
}

/// Milliseconds since the page began.
pub fn now() -> f64 {
    window()
        .and_then(|window| window.performance())
        .map_or(0.0, |clock| clock.now())
}

/// A figure with one decimal. JavaScript prints fractions already; Rust's code for it would have to travel.
pub fn one_decimal(figure: f64) -> String {
    let text = Number::from(figure).to_fixed(1);
    text.map(String::from).unwrap_or_default()
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

/// Waits.
pub async fn pause(milliseconds: i32) {
    let promise = Promise::new(&mut |done, _| {
        if let Some(window) = window() {
            let _ =
                window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// What came of asking for a text.
pub enum Fetched {
    /// The text.
    Text(String),
    /// The server answered, and would not.
    Refused(u16),
    /// No answer.
    Nothing,
}

/// Fetches a text, past every cache.
pub async fn fetch(address: &str) -> Fetched {
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoStore);
    match ask(address, &init).await {
        Ok(response) if response.ok() => match text(&response).await {
            Ok(text) => Fetched::Text(text),
            Err(_) => Fetched::Nothing,
        },
        Ok(response) => Fetched::Refused(response.status()),
        Err(_) => Fetched::Nothing,
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
