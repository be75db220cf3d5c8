//! What `LiveChoices` does: send a switch's form, put the answer's pieces into the page.
//!
//! Where the server refuses, the form is sent the ordinary way, so that its page explains. Where the server does not
//! answer, a toast says that nothing is known to have changed: its words stand in the page as a template.

use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::js_sys::{Array, JSON, Reflect};
use leptos::web_sys::{
    Element, Event, Headers, HtmlButtonElement, HtmlElement, HtmlFormElement, RequestInit,
};
use wasm_bindgen_futures::spawn_local;

use super::dom::{after, all, ask, by_id, on_click, text};
use super::live::watch;

/// Listens, and lets the leases run out that are running.
pub fn wake() {
    on_click(|event| {
        click(&event);
    });
    settle();
    watch();
}

fn click(event: &Event) -> Option<()> {
    let target: Element = event.target()?.dyn_into().ok()?;
    if let Ok(Some(_)) = target.closest(".toast button") {
        by_id("toast")?.set_inner_html("");
        return None;
    }
    let button = target.closest(".switch button").ok()??;
    let button: HtmlButtonElement = button.dyn_into().ok()?;
    let form = button.form()?;
    let switch = button.closest(".switch").ok()??;
    event.prevent_default();
    if switch.get_attribute("data-sending").is_some() {
        return None;
    }
    for name in ["data-sending", "aria-busy"] {
        switch.set_attribute(name, "true").ok()?;
    }
    spawn_local(async move {
        let pieces = send(&form, &button.value()).await;
        for name in ["data-sending", "aria-busy"] {
            let _ = switch.remove_attribute(name);
        }
        match pieces {
            Ok(Some(pieces)) => show(&pieces, &form.id(), &button.value()),
            // The ordinary way: the server's page explains.
            Ok(None) => {
                let _ = form.request_submit_with_submitter(Some(&button));
            }
            Err(_) => {
                silence();
            }
        }
    });
    None
}

/// The answer's pieces; `None` when the server answers with anything else, an error when it does not answer.
async fn send(form: &HtmlFormElement, value: &str) -> Result<Option<Array>, JsValue> {
    // Slugs, digits and hexadecimal digits: nothing that needs escaping.
    let mut body = String::from("choice=");
    body.push_str(value);
    for name in ["notice_version", "language", "once"] {
        let field = form.query_selector(&["[name=", name, "]"].concat())?;
        let field = field
            .and_then(|field| field.get_attribute("value"))
            .unwrap_or_default();
        body.push_str(&["&", name, "=", &field].concat());
    }
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(&body));
    let response = ask(&form.action(), &init).await?;
    if !response.ok() || response.redirected() {
        return Ok(None);
    }
    let answer = JSON::parse(&text(&response).await?)?;
    Ok(Reflect::get(&answer, &"replace".into())?.dyn_into().ok())
}

/// Puts each piece in its place, and the focus back where it was.
fn show(pieces: &Array, form: &str, value: &str) {
    for piece in pieces.iter() {
        let piece: Array = piece.unchecked_into();
        let (id, markup) = (piece.get(0).as_string(), piece.get(1).as_string());
        if let (Some(place), Some(markup)) = (id.and_then(|id| by_id(&id)), markup) {
            place.set_inner_html(&markup);
        }
    }
    let again = all(&["#", form, " button[value=", value, "]"].concat())
        .into_iter()
        .next();
    if let Some(button) = again.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
    settle();
    watch();
}

/// A status line that waits for the last lease carries what it says afterwards. A newer answer takes both away.
pub fn settle() {
    for template in all("template[data-after]") {
        let milliseconds = template
            .get_attribute("data-after")
            .and_then(|after| after.parse().ok());
        let _ = template.remove_attribute("data-after");
        after(milliseconds.unwrap_or(0), move || {
            settled(&template);
        });
    }
}

fn settled(template: &Element) -> Option<()> {
    let row = template.closest("li").ok()??;
    let switch = row.query_selector(".switch").ok()?;
    let line = template.parent_element()?;
    line.set_inner_html(&template.inner_html());
    switch?.remove_attribute("aria-busy").ok()
}

fn silence() -> Option<()> {
    let words = by_id("silence")?.inner_html();
    by_id("toast")?.set_inner_html(&words);
    None
}
