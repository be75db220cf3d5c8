//! A choice: its words, its status line and the switch with two equal halves.
//!
//! Without this island the switch is a form with two submit buttons, and a click loads the page again. With it the
//! same form is sent in the background, and the row, the programme's line and the history are replaced. Where the
//! server refuses, the form is sent the ordinary way, so that its page explains; where the server does not answer,
//! a toast says that nothing is known to have changed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "hydrate")]
use super::choice_sender as sender;
use super::mark::{Mark, mark};
use super::status::{Status, status_words};

/// One choice as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Which half is pressed; `None` shows no switch, because neither answer would do anything.
    pub pressed: Option<bool>,
    /// The status line.
    pub status: Status,
    /// What it will say once every lease from before a no has run out, and in how many milliseconds.
    pub settles: Option<(u32, Status)>,
    /// The version of the notice that is shown with it; 0 when there is none.
    pub notice_version: u32,
    /// The language of that notice.
    pub language: String,
    /// Marks this rendering of the form, so that sending it twice acts once.
    pub once: String,
}

/// The server's answer to a choice made through this island.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answered {
    /// The choice as it stands now.
    pub choice: Choice,
    /// What was done.
    pub toast: Toast,
    /// Other places of the page that it changes: element id and markup.
    pub replace: Vec<(String, String)>,
}

/// The answer to the last act, in words: the same words as after a page load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toast {
    /// What was done, or not.
    pub said: String,
    /// Its receipt: address and words.
    pub receipt: Option<(String, String)>,
    /// Whether it went wrong.
    #[serde(default)]
    pub failed: bool,
}

/// The row of one choice.
#[island]
pub fn ChoiceSwitch(
    /// Where the form is sent.
    action: String,
    /// Id of the heading.
    id: String,
    /// Name of the category.
    name: String,
    /// Names category and programme, for screen readers.
    label: String,
    /// What is captured, in a sentence.
    what: String,
    /// Where it stands.
    choice: Choice,
) -> impl IntoView {
    let has_switch = choice.pressed.is_some();
    let choice = RwSignal::new(choice);
    let busy = RwSignal::new(false);
    let toast = RwSignal::new(None::<(u32, Toast)>);
    #[cfg(feature = "hydrate")]
    sender::settle(choice);

    let half = {
        let action = action.clone();
        move |on: bool| {
            let value = if on { "give" } else { "refuse" };
            let (drawn, word) = if on {
                (Mark::On, " On")
            } else {
                (Mark::Off, " Off")
            };
            let action = action.clone();
            view! {
                <button
                    name="choice"
                    value=value
                    aria-pressed=move || (choice.read().pressed == Some(on)).to_string()
                    on:click=move |event| send(&event, &action, value, choice, busy, toast)
                >
                    {mark(drawn)}
                    {word}
                </button>
            }
        }
    };
    let waiting = move || (busy.get() || choice.read().settles.is_some()).then_some("true");
    let switch = has_switch.then(|| {
        view! {
            <form method="post" action=action>
                <input type="hidden" name="notice_version" value=move || choice.read().notice_version.to_string() />
                <input type="hidden" name="language" value=move || choice.read().language.clone() />
                <input type="hidden" name="once" value=move || choice.read().once.clone() />
                <div class="switch" role="group" aria-label=label aria-busy=waiting>
                    {half(false)}
                    {half(true)}
                </div>
            </form>
        }
    });
    view! {
        <div class="choice__text">
            <h3 id=id>{name}</h3>
            <p class="choice__what">{what}</p>
            <p class="status" data-state=move || choice.read().status.state.word() aria-live="polite">
                {move || status_words(choice.get().status)}
            </p>
        </div>
        {switch}
        {move || toast.get().filter(|(act, _)| is_latest(*act)).map(|(_, said)| toast_view(said, toast))}
    }
}

fn toast_view(said: Toast, toast: RwSignal<Option<(u32, Toast)>>) -> impl IntoView {
    let drawn = if said.failed {
        Mark::Alert
    } else {
        Mark::Check
    };
    let receipt = said.receipt.map(|(href, label)| {
        view! {
            " "
            <a href=href>{label}</a>
        }
    });
    view! {
        <div class="flash toast" role="status">
            {mark(drawn)}
            <p>{said.said} {receipt}</p>
            <button class="button button--small" type="button" on:click=move |_| toast.set(None)>
                "Close"
            </button>
        </div>
    }
}

/// Only the toast of the page's latest act is shown.
fn is_latest(act: u32) -> bool {
    #[cfg(feature = "hydrate")]
    return sender::acts().get() == act;
    #[cfg(not(feature = "hydrate"))]
    return act == 0;
}

#[cfg_attr(
    not(feature = "hydrate"),
    expect(
        clippy::missing_const_for_fn,
        unused_variables,
        reason = "only browsers send"
    )
)]
fn send(
    event: &leptos::ev::MouseEvent,
    action: &str,
    value: &'static str,
    choice: RwSignal<Choice>,
    busy: RwSignal<bool>,
    toast: RwSignal<Option<(u32, Toast)>>,
) {
    #[cfg(feature = "hydrate")]
    sender::send(event, action.to_owned(), value, choice, busy, toast);
}
