//! My requests: the list, and the page on which one asks for deletion.
//!
//! Asking takes two steps, because it cannot be undone: choose what, see how many records that is, confirm. The
//! confirmation is a popover, which opens without JavaScript.

use leptos::prelude::*;

use super::form::{Choose, Field, Once, Summary};
use super::format::Calendar;
use super::request::{Whose, covered, progress, scope_words};
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;
use crate::domain::program::Program;
use crate::domain::request::Request;

/// The list.
#[component]
pub fn Requests(
    requests: Vec<Request>,
    programs: Vec<Program>,
    calendar: Calendar,
) -> impl IntoView {
    let open = requests
        .iter()
        .filter(|request| request.completed_at.is_none())
        .count();
    let heading = match (requests.len(), open) {
        (0, _) => "You have asked for nothing yet.",
        (_, 0) => "All your requests are answered.",
        (_, 1) => "One of your requests is open.",
        _ => "Some of your requests are open.",
    };
    let item = |request: &Request| {
        let when = match request.completed_at {
            Some(at) => format!(
                "Asked on {}, closed on {}",
                calendar.day(request.received_at),
                calendar.day(at)
            ),
            None => format!(
                "Asked on {}, due {}",
                calendar.day(request.received_at),
                calendar.day(request.due_at)
            ),
        };
        view! {
            <li>
                <span class="when">{when}</span>
                <a href=format!("/requests/{}", request.id)>
                    <strong>{format!("Delete {}", scope_words(Whose::My, &request.scope, &programs, calendar))}</strong>
                </a>
                <span>{progress(request)}</span>
            </li>
        }
    };
    let list = if requests.is_empty() {
        view! {
            <div class="empty">
                <h3>"No requests."</h3>
                <p>
                    "Each one stands here with every store’s answer and the day on which it is due. Nothing is deleted before you ask, or before its time is up."
                </p>
            </div>
        }
        .into_any()
    } else {
        view! { <ul class="items">{requests.iter().map(item).collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{heading}</h1>
                <p class="lead">
                    "You can have what was captured about you deleted, all of it or a part. Each store then signs for what it deleted."
                </p>
                <p>
                    <a class="button" href="/requests/new">
                        "Ask for deletion"
                    </a>
                </p>
            </div>
        </div>
        <section class="part" aria-labelledby="all">
            <div class="part__head">
                <h2 id="all">"Your requests"</h2>
            </div>
            <div class="part__body">{list}</div>
        </section>
    }
    .into_any()
}

/// What stands in the fields of the page that asks.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Programme, or empty for all.
    pub program: String,
    /// Category, or empty for all.
    pub category: String,
    /// First day, or empty.
    pub from: String,
    /// Last day, or empty.
    pub to: String,
}

/// The page that asks.
#[component]
pub fn NewRequest(
    asked: Asked,
    programs: Vec<Program>,
    /// How many records it covers; `None` where the fields do not make sense.
    covers: Option<u64>,
    errors: Vec<Invalid>,
    once: FormId,
    /// When an answer to a request of today is due.
    due: String,
) -> impl IntoView {
    let program_options = std::iter::once((String::new(), "All programmes".to_owned())).chain(
        programs.iter().map(|program| {
            (
                program.declaration.id.to_string(),
                program.declaration.name.clone(),
            )
        }),
    );
    let mut kinds: Vec<(String, String)> = vec![(String::new(), "All kinds of data".to_owned())];
    for category in programs
        .iter()
        .flat_map(|program| &program.declaration.categories)
    {
        if !kinds.iter().any(|(id, _)| id == category.id.as_str()) {
            kinds.push((category.id.to_string(), category.name.clone()));
        }
    }
    let answer = covers.map(|covers| view! { <Covers asked=asked.clone() covers once due /> });
    view! {
        <p class="steps-back">
            <a href="/requests">"All requests"</a>
        </p>
        <div class="opening">
            <div class="opening__text">
                <h1>"Ask for deletion"</h1>
                <p class="lead">"Choose what. You see how many records that is before you ask, and nothing happens until you do."</p>
                <Summary errors=errors.clone() />
            </div>
        </div>
        <section class="part" aria-labelledby="what">
            <div class="part__head">
                <h2 id="what">"What to delete"</h2>
                <p>"What is not yet captured cannot be deleted. To stop it, turn it off under " <a href="/choices">"My choices"</a> "."</p>
            </div>
            <form class="part__body" method="get" action="/requests/new">
                <Choose name="program" label="Programme" options=program_options.collect() value=asked.program.clone() errors=errors.clone() />
                <Choose name="category" label="Kind of data" options=kinds value=asked.category.clone() errors=errors.clone() />
                <Field name="from" label="First day" kind="date" hint="Empty means from the beginning." value=asked.from.clone() errors=errors.clone() />
                <Field name="to" label="Last day" kind="date" hint="Empty means until now." value=asked.to errors />
                <p>
                    <button class="button">"Show what this covers"</button>
                </p>
            </form>
        </section>
        {answer}
    }
    .into_any()
}

#[component]
fn Covers(asked: Asked, covers: u64, once: FormId, due: String) -> impl IntoView {
    let records = covered(covers);
    view! {
        <section class="part" aria-labelledby="covers">
            <div class="part__head">
                <h2 id="covers">"What this covers"</h2>
            </div>
            <div class="part__body stack">
                <p class="lead">{format!("This covers {records}.")}</p>
                <p class="measure">
                    "The stores that keep them are asked to delete them and to sign for it. Your choices stay as they are. What a model has already learned from cannot be taken out of it; the store has to say so."
                </p>
                <p>
                    <button class="button" type="button" popovertarget="del">
                        {format!("Ask to delete {records}")}
                    </button>
                </p>
                <div class="dialog" id="del" popover="auto" role="dialog" aria-labelledby="del-h">
                    <h2 id="del-h">{format!("Delete {records}?")}</h2>
                    <p>{format!("The stores answer by {due} at the latest. It cannot be undone. Your choices stay as they are.")}</p>
                    <form class="answers" method="post" action="/requests">
                        <input type="hidden" name="program" value=asked.program />
                        <input type="hidden" name="category" value=asked.category />
                        <input type="hidden" name="from" value=asked.from />
                        <input type="hidden" name="to" value=asked.to />
                        <Once once />
                        <button class="button" type="submit">
                            "Delete them"
                        </button>
                        <button class="button" type="button" popovertarget="del" popovertargetaction="hide">
                            "Keep them"
                        </button>
                    </form>
                </div>
            </div>
        </section>
    }
    .into_any()
}
