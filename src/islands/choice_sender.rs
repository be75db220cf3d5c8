//! What `choice_switch` does in a browser: send the form, put the answer into the page.

use std::sync::OnceLock;
use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use leptos::web_sys::{Event, Headers, HtmlButtonElement, Request, RequestInit, Response, window};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::choice_switch::{Answered, Choice, Toast};

type Toasts = RwSignal<Option<(u32, Toast)>>;

/// Counts what was done on this page, over all its islands.
pub(super) fn acts() -> &'static ArcRwSignal<u32> {
    static ACTS: OnceLock<ArcRwSignal<u32>> = OnceLock::new();
    ACTS.get_or_init(|| ArcRwSignal::new(0))
}

/// Sends one answer.
pub(super) fn send(
    event: &Event,
    action: String,
    value: &'static str,
    choice: RwSignal<Choice>,
    busy: RwSignal<bool>,
    toasts: Toasts,
) {
    let Some(button) = event
        .current_target()
        .and_then(|target| target.dyn_into::<HtmlButtonElement>().ok())
    else {
        return;
    };
    event.prevent_default();
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    spawn_local(async move {
        let answer = post(&action, &body(value, &choice.read_untracked())).await;
        busy.set(false);
        match answer {
            Ok(Some(answered)) => show(answered, choice, toasts),
            Ok(None) => resend(&button),
            Err(_) => toast(toasts, silence()),
        }
    });
}

/// Replaces the status line once the last lease from before a no has run out, unless the choice changed meanwhile.
pub(super) fn settle(choice: RwSignal<Choice>) {
    let Choice { settles, once, .. } = choice.get_untracked();
    let Some((after_ms, status)) = settles else {
        return;
    };
    set_timeout(
        move || {
            if choice.read_untracked().once == once {
                choice.update(|choice| {
                    choice.status = status;
                    choice.settles = None;
                });
            }
        },
        Duration::from_millis(after_ms.into()),
    );
}

/// The form's fields: slugs, digits and hexadecimal digits, which need no escaping.
fn body(value: &str, choice: &Choice) -> String {
    format!(
        "choice={value}&notice_version={}&language={}&once={}",
        choice.notice_version, choice.language, choice.once
    )
}

/// `None` when the server answers with anything but a choice; an error when it does not answer.
async fn post(action: &str, body: &str) -> Result<Option<Answered>, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(body));
    let request = Request::new_with_str_and_init(action, &init)?;
    let window = window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_request(&request))
        .await?
        .dyn_into()?;
    if !response.ok() || response.redirected() {
        return Ok(None);
    }
    let text = JsFuture::from(response.text()?).await?.as_string();
    Ok(text.and_then(|text| leptos::serde_json::from_str(&text).ok()))
}

fn show(answered: Answered, choice: RwSignal<Choice>, toasts: Toasts) {
    choice.set(answered.choice);
    settle(choice);
    for (id, markup) in answered.replace {
        if let Some(element) = document().get_element_by_id(&id) {
            element.set_inner_html(&markup);
        }
    }
    toast(toasts, answered.toast);
}

/// The ordinary way: the server's page explains.
fn resend(button: &HtmlButtonElement) {
    if let Some(form) = button.form() {
        let _ = form.request_submit_with_submitter(Some(button));
    }
}

fn toast(toasts: Toasts, said: Toast) {
    let acts = acts();
    acts.update(|acts| *acts += 1);
    toasts.set(Some((acts.get_untracked(), said)));
}

fn silence() -> Toast {
    Toast {
        said: "The portal does not answer, so nothing is known to have changed. Load the page again to see what holds."
            .to_owned(),
        receipt: None,
        failed: true,
    }
}
