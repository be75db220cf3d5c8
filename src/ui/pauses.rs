//! Pauses: which programmes run, stop one for everybody, and how far the stop has come.

use leptos::prelude::*;

use super::form::{Area, Once, Summary};
use super::format::{Calendar, number};
use super::marks::{Mark, mark};
use super::spread::{Live, Marks, Spread, Waiting, by, why};
use super::status::{State, Status, status_line};
use crate::domain::id::{FormId, ProgramId};
use crate::domain::invalid::Invalid;
use crate::domain::program::{Program, ProgramStatus};
use crate::domain::stop::StatusNote;
use crate::islands::LivePause;

/// What it takes to go on.
const RESUMING: &str = "Nobody can resume a programme alone: it takes two people of two roles, and one of them speaks for the employees. Resuming is not offered here yet, so a programme that is paused stays paused.";

/// Under the reason.
const HINT: &str = "Everyone concerned reads it in your words, beside your role and not your name. It stands in the ledger for good, so name no person in it.";

/// A pause and how far it has come.
#[derive(Debug, Clone)]
pub struct Pause {
    /// What was said.
    pub note: StatusNote,
    /// Position of the public entry.
    pub entry: u64,
    /// Address of the document that the entry is about.
    pub document: String,
    /// Who has stopped.
    pub spread: Spread,
}

/// Every programme, with why it stands still.
#[component]
pub fn PauseList(
    programs: Vec<(Program, Option<StatusNote>)>,
    calendar: Calendar,
) -> impl IntoView {
    let empty = programs.is_empty().then(|| {
        view! {
            <div class="empty">
                <h2>"No programme is declared."</h2>
                <p>"So no collector is let through, and there is nothing to pause."</p>
            </div>
        }
    });
    let part = |(program, note): (Program, Option<StatusNote>)| {
        let declaration = program.declaration.clone();
        let id = format!("p-{}", declaration.id);
        let labelled = id.clone();
        let address = address(&declaration.id);
        let (status, action) = match program.status_at(calendar.now()).map(|at| at.status) {
            Some(ProgramStatus::Active) => (
                Status::new(
                    State::On,
                    "Active.",
                    "It may capture, within each person’s choices.",
                ),
                view! {
                    <p>
                        <a class="button" href=address>
                            {mark(Mark::Pause)}
                            " Pause it for everyone"
                        </a>
                    </p>
                }
                .into_any(),
            ),
            Some(ProgramStatus::Paused) => {
                let mut status = paused();
                status.proof = note
                    .as_ref()
                    .map_or_else(String::new, |note| why(note, calendar));
                let see = view! {
                    <p>
                        <a href=address>"See how far the pause has come"</a>
                    </p>
                };
                (status, see.into_any())
            }
            Some(ProgramStatus::Ended) | None => (
                Status::new(State::Off, "Not running.", "Nothing is captured."),
                ().into_any(),
            ),
        };
        view! {
            <section class="part" aria-labelledby=labelled>
                <div class="part__head">
                    <h2 id=id>{declaration.name}</h2>
                    <p>{declaration.purpose}</p>
                </div>
                <div class="part__body">{status_line(status)} {action}</div>
            </section>
        }
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>"Programmes and pauses"</h1>
                <p class="lead">"A pause works at once and for everyone. It does no harm that a resume could not mend."</p>
            </div>
        </div>
        {empty}
        {programs.into_iter().map(part).collect_view()}
    }
    .into_any()
}

/// Stop a programme.
#[component]
pub fn PauseForm(
    program: Program,
    reason: String,
    errors: Vec<Invalid>,
    once: FormId,
) -> impl IntoView {
    let declaration = program.declaration;
    let action = address(&declaration.id);
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{format!("Pause {}", declaration.name)}</h1>
                <p class="lead">
                    "From your click on, every question “may I capture?” is answered with no, for all kinds of data and for everyone. Nobody’s choice is touched."
                </p>
                <Summary errors=errors.clone() />
                <form class="stack" method="post" action=action>
                    <Once once />
                    <Area
                        name="reason"
                        label="Reason"
                        rows=4
                        value=reason
                        hint=HINT
                        errors
                    />
                    <button class="button button--solid">{mark(Mark::Pause)} " Pause now"</button>
                </form>
            </div>
            <Resuming />
        </div>
    }
    .into_any()
}

/// A programme that stands still.
#[component]
pub fn PausePage(program: Program, pause: Pause, calendar: Calendar) -> impl IntoView {
    let name = program.declaration.name.clone();
    let since = calendar.exact(pause.note.at);
    let place = address(&program.declaration.id);
    let entry = number(pause.entry);
    let content = view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{format!("{name} is paused")}</h1>
                <p class="lead">
                    {format!(
                        "Since {since} every question “may I capture?” is answered with no, for all kinds of data and for everyone. Nobody’s choice was touched.",
                    )}
                </p>
            </div>
            <section class="panel" aria-labelledby="why">
                <h2 id="why">"Why"</h2>
                <p class="said">{format!("“{}”", pause.note.reason)}</p>
                <p class="when">
                    {format!("The {}. Shown to everyone since {since}.", by(pause.note.by))}
                </p>
                <p>
                    <a href=pause.document.clone()>{format!("Ledger entry {entry}")}</a>
                </p>
            </section>
        </div>
        <div id="spread" aria-live="polite">
            <Stopped program=place pause calendar />
        </div>
        <section class="part" aria-labelledby="resuming">
            <div class="part__head">
                <h2 id="resuming">"What resuming needs"</h2>
            </div>
            <div class="part__body">
                <p class="measure">{RESUMING}</p>
            </div>
        </section>
    };
    view! {
        <LivePause>
            {content}
        </LivePause>
    }
    .into_any()
}

/// How far a pause has come: what changes while the page is looked at.
#[component]
pub fn Stopped(
    /// Address of the pause's page.
    program: String,
    pause: Pause,
    calendar: Calendar,
) -> impl IntoView {
    let spread = pause.spread;
    let mut status = paused();
    status.text = match spread.words(calendar) {
        words if words.is_empty() => "No collector is registered for it.".to_owned(),
        words => words,
    };
    let live = spread.is_waited_for(calendar.now()).then(|| {
        view! { <Live live=format!("{program}/confirmations") again=program.clone() /> }
    });
    let collectors = spread.all();
    let marks = (collectors > 0).then(|| {
        let spread = spread.clone();
        view! { <Marks spread /> }
    });
    let waiting = spread.waiting.len();
    let heading = match waiting {
        1 => "One still to come".to_owned(),
        many => format!(
            "{} still to come",
            super::format::capital(&super::format::spelled(many))
        ),
    };
    let table = (waiting > 0).then(|| {
        view! {
            <section class="part" aria-labelledby="waiting">
                <div class="part__head">
                    <h2 id="waiting">{heading}</h2>
                    <p>
                        "A collector that cannot ask must stop. It may work on with its last answer only until the lease ends. What it sends from then on is shown to the person concerned."
                    </p>
                </div>
                <div class="part__body">
                    <Waiting spread calendar />
                </div>
            </section>
        }
    });
    view! {
        <section class="part" aria-labelledby="how-far">
            <div class="part__head">
                <h2 id="how-far">"Spread"</h2>
                <p>
                    {format!(
                        "One mark per collector, {collectors} in all. Measured from the pause to the word of each that it has stopped.",
                    )}
                </p>
            </div>
            <div class="part__body">{status_line(status)} {marks} {live}</div>
        </section>
        {table}
    }
    .into_any()
}

#[component]
fn Resuming() -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="resuming">
            <h2 id="resuming">"What resuming needs"</h2>
            <p>{RESUMING}</p>
        </section>
    }
    .into_any()
}

fn paused() -> Status {
    Status::new(
        State::Paused,
        "Paused for everyone.",
        "Nothing is captured.",
    )
}

fn address(program: &ProgramId) -> String {
    format!("/manage/programs/{program}/pause")
}
