//! The agent API for those who write agents: every call and every shape, on one page that is readable without JavaScript.
//!
//! It shows what `/openapi.json` says and nothing else, so it cannot say anything else.

use leptos::prelude::*;

/// The whole description.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// What holds for every call.
    pub about: String,
    /// The calls, by subject.
    pub groups: Vec<Group>,
    /// What is sent and answered, by name.
    pub shapes: Vec<Shape>,
}

/// Calls about one subject.
#[derive(Debug, Clone)]
pub struct Group {
    /// One word.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Its calls.
    pub calls: Vec<Call>,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its name in the page's addresses.
    pub id: String,
    /// Method and path.
    pub line: String,
    /// What it does, in a sentence.
    pub summary: String,
    /// What else there is to know, in paragraphs.
    pub about: String,
    /// Whether an agent's key is needed.
    pub key: bool,
    /// What is sent beside the body.
    pub parameters: Vec<Field>,
    /// What is sent.
    pub body: Option<Kind>,
    /// What comes back.
    pub answers: Vec<Answered>,
}

/// One answer to a call.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The HTTP status.
    pub status: String,
    /// What it means.
    pub meaning: String,
    /// What it carries.
    pub body: Option<Kind>,
}

/// One shape of JSON.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// What it is made of.
    pub fields: Vec<Field>,
}

/// One field of a shape, or one parameter.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it has to be there.
    pub required: bool,
    /// What it means.
    pub about: String,
    /// What it may look like, as JSON.
    pub examples: Vec<String>,
}

/// What a value is: words, and the shape that they speak of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kind {
    /// Before the shape's name.
    pub before: String,
    /// The shape.
    pub shape: Option<String>,
    /// After the shape's name.
    pub after: String,
}

/// The whole page.
#[component]
pub fn ReferencePage(reference: Reference) -> impl IntoView {
    let contents = reference.groups.clone().into_iter().map(|group| {
        let call = |call: Call| {
            view! {
                <li>
                    <a href=format!("#{}", call.id)>
                        <code>{call.line}</code>
                    </a>
                    " "
                    {call.summary}
                </li>
            }
        };
        view! {
            <h3>{sentence(&group.about, &group.name)}</h3>
            <ul class="stack-tight">{group.calls.into_iter().map(call).collect_view()}</ul>
        }
    });
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>"What agents can ask and report here."</h1>
                <p class="lead">{prose(&reference.about)}</p>
                <p>
                    "The same for programs: "
                    <a href="/openapi.json">"openapi.json"</a>
                    " (OpenAPI 3.1)."
                </p>
            </div>
        </div>
        <section class="part" aria-labelledby="calls">
            <div class="part__head">
                <h2 id="calls">"All calls"</h2>
            </div>
            <div class="part__body stack reference">{contents.collect_view()}</div>
        </section>
        {reference.groups.into_iter().map(|group| view! { <Subject group /> }).collect_view()}
        <Shapes shapes=reference.shapes />
    }
    .into_any()
}

#[component]
fn Subject(group: Group) -> impl IntoView {
    let id = format!("about-{}", group.name);
    let labelled = id.clone();
    view! {
        <section class="part" aria-labelledby=labelled>
            <div class="part__head">
                <h2 id=id>{sentence(&group.about, &group.name)}</h2>
            </div>
            <div class="part__body stack reference">
                {group.calls.into_iter().map(|call| view! { <OneCall call /> }).collect_view()}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn OneCall(call: Call) -> impl IntoView {
    let body = call.body.map(|body| {
        view! {
            <div>
                <dt>"Send"</dt>
                <dd>{kind(body)}</dd>
            </div>
        }
    });
    let answer = |answer: Answered| {
        let body = answer.body.map(|body| view! { ": " {kind(body)} });
        view! {
            <div>
                <dt>{answer.status}</dt>
                <dd>{prose(&answer.meaning)} {body}</dd>
            </div>
        }
    };
    let whom = if call.key {
        "With an agent’s key."
    } else {
        "Without a key."
    };
    view! {
        <h3 id=call.id>
            <code>{call.line}</code>
        </h3>
        <p>
            <strong>{call.summary}</strong>
            " "
            {whom}
        </p>
        {paragraphs(&call.about)}
        <dl class="facts facts--rows">
            {call.parameters.into_iter().map(|field| view! { <OneField field /> }).collect_view()}
            {body}
            {call.answers.into_iter().map(answer).collect_view()}
        </dl>
    }
    .into_any()
}

#[component]
fn Shapes(shapes: Vec<Shape>) -> impl IntoView {
    let one = |shape: Shape| {
        view! {
            <h3 id=format!("shape-{}", shape.name)>
                <code>{shape.name.clone()}</code>
            </h3>
            {paragraphs(&shape.about)}
            <dl class="facts facts--rows">
                {shape.fields.into_iter().map(|field| view! { <OneField field /> }).collect_view()}
            </dl>
        }
    };
    view! {
        <section class="part" aria-labelledby="shapes">
            <div class="part__head">
                <h2 id="shapes">"Shapes"</h2>
                <p>"What is sent and answered is JSON. Unknown fields are ignored."</p>
            </div>
            <div class="part__body stack reference">{shapes.into_iter().map(one).collect_view()}</div>
        </section>
    }
    .into_any()
}

#[component]
fn OneField(field: Field) -> impl IntoView {
    let need = if field.required { ", required. " } else { ". " };
    let examples = (!field.examples.is_empty()).then(|| {
        let examples = field.examples.iter().enumerate().map(|(place, example)| {
            let comma = (place > 0).then_some(", ");
            view! {
                {comma}
                <code>{example.clone()}</code>
            }
        });
        view! {
            " For example "
            {examples.collect_view()}
            "."
        }
    });
    view! {
        <div>
            <dt>
                <code>{field.name}</code>
            </dt>
            <dd>{kind(field.kind)} {need} {prose(&field.about)} {examples}</dd>
        </div>
    }
    .into_any()
}

fn kind(kind: Kind) -> AnyView {
    let shape = kind.shape.map(|shape| {
        view! {
            <a href=format!("#shape-{shape}")>
                <code>{shape.clone()}</code>
            </a>
        }
    });
    view! {
        {kind.before}
        {shape}
        {kind.after}
    }
    .into_any()
}

/// What a subject is about, or else its name.
fn sentence(about: &str, name: &str) -> String {
    let text = if about.is_empty() { name } else { about };
    text.to_owned()
}

fn paragraphs(text: &str) -> AnyView {
    let whole = text.split("\n\n").filter(|text| !text.trim().is_empty());
    whole
        .map(|text| view! { <p class="measure">{prose(text)}</p> })
        .collect_view()
        .into_any()
}

/// Text with `code` in it.
fn prose(text: &str) -> AnyView {
    let piece = |(place, piece): (usize, &str)| {
        if place % 2 == 1 {
            view! { <code>{piece.to_owned()}</code> }.into_any()
        } else {
            piece.to_owned().into_any()
        }
    };
    text.split('`')
        .enumerate()
        .map(piece)
        .collect_view()
        .into_any()
}
