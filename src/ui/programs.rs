//! Programmes: what is declared to run here. Readable without signing in.

use leptos::prelude::*;

use super::format::{Calendar, capital, list, spelled};
use super::spread::why;
use super::standing::{legal_basis, mechanism};
use super::status::{State, Status, status_line};
use crate::domain::program::{Dataset, Program, ProgramCategory, ProgramStatus};
use crate::domain::stop::StatusNote;

/// The whole page.
#[component]
pub fn Programs(
    /// Each with the version of its notice that counts, and why it stands still if it does.
    programs: Vec<(Program, Option<u32>, Option<StatusNote>)>,
    /// Whether notices can be opened.
    signed_in: bool,
    house: String,
    calendar: Calendar,
) -> impl IntoView {
    let heading = match programs.len() {
        0 => "No programme runs here.".to_owned(),
        1 => "One programme is declared here.".to_owned(),
        many => format!("{} programmes are declared here.", capital(&spelled(many))),
    };
    let programmes = programs.into_iter().map(
        |(program, notice, pause)| view! { <Programme program notice pause signed_in calendar /> },
    );
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{heading}</h1>
                <p class="lead">
                    {format!("This is everything that {house} has declared. A collector that asks for anything else is told no.")}
                </p>
            </div>
        </div>
        {programmes.collect_view()}
    }
    .into_any()
}

#[component]
fn Programme(
    program: Program,
    notice: Option<u32>,
    pause: Option<StatusNote>,
    signed_in: bool,
    calendar: Calendar,
) -> impl IntoView {
    let declaration = program.declaration.clone();
    let id = format!("p-{}", declaration.id);
    let labelled = id.clone();
    let change = program.status_at(calendar.now());
    let since = match &pause {
        Some(note) => why(note, calendar),
        None => change.map_or_else(String::new, |change| {
            format!("Since {}.", calendar.date(change.at))
        }),
    };
    let status = match change.map(|change| change.status) {
        Some(ProgramStatus::Active) => Status::new(
            State::On,
            "Active.",
            "It may capture, within each person’s choices.",
        ),
        Some(ProgramStatus::Paused) => Status::new(
            State::Paused,
            "Paused for everyone.",
            "Nothing is captured.",
        ),
        Some(ProgramStatus::Ended) => Status::new(State::Off, "Ended.", "Nothing is captured."),
        None => Status::new(State::Off, "Not begun.", "Nothing is captured."),
    };
    let status = Status {
        proof: since,
        ..status
    };
    let apps = if declaration.apps.is_empty() {
        "In any app".to_owned()
    } else {
        format!(
            "In {} only",
            list(
                &declaration
                    .apps
                    .iter()
                    .map(|name| super::format::app(name))
                    .collect::<Vec<_>>()
            )
        )
    };
    let recipients = if declaration.recipients.is_empty() {
        "Nobody outside the programme".to_owned()
    } else {
        list(&declaration.recipients)
    };
    let notice = match notice {
        Some(version) if signed_in => {
            let href = format!("/notices/{}/{version}", declaration.notice);
            view! { <a href=href>{format!("Version {version}")}</a> }.into_any()
        }
        Some(version) => format!("Version {version}; sign in to read it").into_any(),
        None => "None in force, so nothing can be turned on".into_any(),
    };
    let category = |category: ProgramCategory| {
        view! {
            <div>
                <dt>{category.name}</dt>
                <dd>{category.what}</dd>
            </div>
        }
    };
    let names = declaration.categories.clone();
    let dataset = move |dataset: Dataset| {
        let kinds: Vec<String> = dataset
            .categories
            .iter()
            .filter_map(|id| names.iter().find(|category| &category.id == id))
            .map(|category| super::format::inner(&category.name))
            .collect();
        view! {
            <div>
                <dt>{dataset.name}</dt>
                <dd>{format!("Holds {}. Read by: {}. Kept by {}.", list(&kinds), dataset.audience, dataset.store)}</dd>
            </div>
        }
    };
    view! {
        <section class="part" aria-labelledby=labelled>
            <div class="part__head">
                <h2 id=id>{declaration.name}</h2>
                {status_line(status)}
            </div>
            <div class="part__body">
                <p class="lead measure">{declaration.purpose}</p>
                <div class="stack">
                    <h3>"What it may capture"</h3>
                    <dl class="facts facts--rows facts--strong">
                        {declaration.categories.into_iter().map(category).collect_view()}
                    </dl>
                </div>
                <div class="stack">
                    <h3>"On what terms"</h3>
                    <dl class="facts facts--rows">
                        <Fact term="Asks" fact=mechanism(declaration.mechanism) />
                        <Fact term="Legal basis" fact=legal_basis(declaration.legal_basis) />
                        <Fact term="Where" fact=apps />
                        <Fact term="Kept" fact=format!("{} days", declaration.retention_days) />
                        <Fact term="Who receives it" fact=recipients />
                        <Fact term="Responsible" fact=declaration.controller />
                        <Fact
                            term="Agreement"
                            fact=declaration.agreement_ref.unwrap_or_else(|| "None with the representatives".to_owned())
                        />
                        <div>
                            <dt>"Notice"</dt>
                            <dd>{notice}</dd>
                        </div>
                    </dl>
                </div>
                <div class="stack">
                    <h3>"Where it is kept"</h3>
                    <dl class="facts facts--rows facts--strong">
                        {declaration.datasets.into_iter().map(dataset).collect_view()}
                    </dl>
                </div>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Fact(term: &'static str, #[prop(into)] fact: String) -> impl IntoView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>{fact}</dd>
        </div>
    }
    .into_any()
}
