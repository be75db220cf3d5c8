//! One request: what was asked, until when, and what each store answered.

use leptos::prelude::*;

use super::format::{Calendar, count, inner, number};
use super::marks::{Mark, mark};
use super::standing::receipt;
use crate::domain::program::Program;
use crate::domain::request::{Outcome, Request, Scope, Task};

/// The whole page.
#[component]
pub fn RequestPage(
    request: Request,
    programs: Vec<Program>,
    /// Ledger entries about this request, oldest first.
    receipts: Vec<u64>,
    calendar: Calendar,
) -> impl IntoView {
    let heading = match request.completed_at {
        Some(_) if request.tasks.is_empty() => "No store keeps any of this.".to_owned(),
        Some(_) => "Every store has answered.".to_owned(),
        None => format!("You get an answer by {}.", calendar.day(request.due_at)),
    };
    let what = scope_words(Whose::Your, &request.scope, &programs, calendar);
    let overdue = request.completed_at.is_none() && request.due_at < calendar.now();
    let late = overdue.then(|| {
        view! {
            <div class="banner" data-kind="alarm">
                <h2>{mark(Mark::Alert)} " This answer is late"</h2>
                <p>
                    {format!(
                        "It was due on {}. You can complain to the privacy office, and to the data protection authority.",
                        calendar.date(request.due_at),
                    )}
                </p>
            </div>
        }
    });
    let closed = request.completed_at.map(|at| {
        view! {
            <div>
                <dt>"Closed"</dt>
                <dd>{calendar.moment(at)}</dd>
            </div>
        }
    });
    let links = receipts.into_iter().map(|entry| {
        let (href, label) = receipt(entry);
        view! {
            <a href=href>{label}</a>
            " "
        }
    });
    view! {
        {late}
        <p class="steps-back">
            <a href="/requests">"All requests"</a>
        </p>
        <div class="opening">
            <div class="opening__text">
                <h1>{heading}</h1>
                <p class="lead">{format!("You asked to delete {what}. {}", progress(&request))}</p>
            </div>
        </div>
        <section class="part" aria-labelledby="asked">
            <div class="part__head">
                <h2 id="asked">"What you asked"</h2>
            </div>
            <dl class="facts facts--rows part__body">
                <div>
                    <dt>"Asked"</dt>
                    <dd>{calendar.moment(request.received_at)}</dd>
                </div>
                <div>
                    <dt>"Due"</dt>
                    <dd>{format!("{}, one month later (Art. 12(3) GDPR)", calendar.date(request.due_at))}</dd>
                </div>
                {closed}
                <div>
                    <dt>"Covers"</dt>
                    <dd>{super::format::capital(&what)}</dd>
                </div>
                <div>
                    <dt>"Receipts"</dt>
                    <dd>{links.collect_view()}</dd>
                </div>
            </dl>
        </section>
        <section class="part" aria-labelledby="answers">
            <div class="part__head">
                <h2 id="answers">"What each store answered"</h2>
                <p>"Asked is not erased. A store signs for what it did."</p>
            </div>
            <div class="part__body">
                <Answers request programs calendar />
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Answers(request: Request, programs: Vec<Program>, calendar: Calendar) -> impl IntoView {
    if request.tasks.is_empty() {
        return view! {
            <div class="empty">
                <h3>"No store was asked."</h3>
                <p>"No declared dataset keeps this kind of data for this programme."</p>
            </div>
        }
        .into_any();
    }
    let row = |task: &Task| {
        let program = programs
            .iter()
            .find(|program| program.declaration.id == task.program);
        let dataset = program.and_then(|program| program.declaration.dataset(&task.dataset));
        let name = dataset.map_or_else(|| task.dataset.to_string(), |dataset| dataset.name.clone());
        let (drawn, words) = answer(task);
        let when = task
            .attestation
            .as_ref()
            .map_or_else(String::new, |(_, at)| calendar.moment(*at));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{mark(drawn)} {format!(" {words}")}</td>
                <td class="keep">{when}</td>
                <td>{task.store.to_string()}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll" role="region" tabindex="0" aria-label="Answers of the stores">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Dataset"</th>
                        <th scope="col">"Answer"</th>
                        <th scope="col">"When"</th>
                        <th scope="col">"Store"</th>
                    </tr>
                </thead>
                <tbody>{request.tasks.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn answer(task: &Task) -> (Mark, String) {
    let Some((attestation, _)) = &task.attestation else {
        return (Mark::Wait, "Asked, no answer yet".to_owned());
    };
    let reason = attestation.reason.as_deref().unwrap_or_default().trim();
    match attestation.outcome {
        Outcome::Erased => (
            Mark::Check,
            format!("Erased {}", count(attestation.count, "record", "records")),
        ),
        Outcome::Retained => (Mark::Cross, format!("Kept, because: {reason}")),
        Outcome::CannotBeRemoved => (Mark::Cross, format!("Cannot be taken out: {reason}")),
        Outcome::NoMatch => (Mark::Check, "Had nothing of it".to_owned()),
        Outcome::Failed => (
            Mark::Alert,
            format!("Tried and failed: {reason}. The task stays open"),
        ),
    }
}

/// How far a request is, in a sentence.
pub fn progress(request: &Request) -> String {
    let all = request.tasks.len();
    let done = request.tasks.iter().filter(|task| !task.is_open()).count();
    let erased: u64 = request
        .tasks
        .iter()
        .filter_map(|task| task.attestation.as_ref())
        .map(|(attestation, _)| attestation.count)
        .sum();
    let erased = if erased == 0 {
        "nothing was erased".to_owned()
    } else {
        format!("{} erased", count(erased, "record", "records"))
    };
    match (done, all) {
        (_, 0) => "No store keeps any of it.".to_owned(),
        (0, 1) => "The store was asked and has not answered yet.".to_owned(),
        (0, all) => format!("{all} stores were asked, none has answered yet."),
        (done, all) if done == all => format!("{done} of {all} stores answered: {erased}."),
        (done, all) => format!("{done} of {all} stores answered so far: {erased}."),
    }
}

/// Who speaks: the person, on a link or button, or the portal, to the person.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    /// "my keystrokes"
    My,
    /// "your keystrokes"
    Your,
}

/// What a scope covers, in words that fit behind "Delete" and "You asked to delete".
pub fn scope_words(
    whose: Whose,
    scope: &Scope,
    programs: &[Program],
    calendar: Calendar,
) -> String {
    let (own, whom) = match whose {
        Whose::My => ("my", "me"),
        Whose::Your => ("your", "you"),
    };
    let program = scope.program.as_ref().and_then(|id| {
        programs
            .iter()
            .find(|program| &program.declaration.id == id)
    });
    let named = scope.category.as_ref().map(|id| {
        let mut declared = program.map_or(programs, std::slice::from_ref).iter();
        let category = declared.find_map(|program| program.declaration.category(id));
        inner(category.map_or_else(|| id.as_str(), |category| &category.name))
    });
    let what = named.map_or_else(
        || format!("everything captured about {whom}"),
        |name| format!("{own} {name}"),
    );
    let within = match (&scope.program, program) {
        (None, _) => String::new(),
        (Some(_), Some(program)) => format!(" for {}", program.declaration.name),
        (Some(id), None) => format!(" for {id}"),
    };
    let until = match calendar.last_day(scope.to) {
        Some(day) => format!("to {}", day.format("%-d %B %Y")),
        None => format!("until {}", calendar.moment(scope.to)),
    };
    let when = match scope.from {
        Some(from) => format!(", from {} {until}", calendar.date(from)),
        None => format!(", from the beginning {until}"),
    };
    format!("{what}{within}{when}")
}

/// `1,376 records`, or that there are none.
pub fn covered(records: u64) -> String {
    match records {
        0 => "no records".to_owned(),
        1 => "1 record".to_owned(),
        many => format!("{} records", number(many)),
    }
}
