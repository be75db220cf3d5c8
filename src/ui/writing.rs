//! HR's desk: write a notice, preview it.
//!
//! Writing is a page, previewing is a page, publishing is a form on the preview: what goes out is what was seen.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::form::{Area, Field, Once, Summary};
use super::format::{Calendar, list};
use super::markdown::notice_html;
use super::notice::english_name;
use crate::domain::employee::Locale;
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;
use crate::domain::notice::NoticeVersion;

/// What stands in the fields of a notice that is being written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Which notice.
    pub notice: String,
    /// Whether it is material; `None` before HR has answered.
    pub material: Option<bool>,
    /// The day from which it counts, or empty for at once.
    pub effective_on: String,
    /// Title, summary and body per language, in the order of `Locale::ALL`.
    pub texts: [[String; 3]; 4],
}

/// Names of the fields of each language, in the order of `Locale::ALL`.
pub const TEXT_FIELDS: [[&str; 3]; 4] = [
    ["title_en", "summary_en", "body_en"],
    ["title_de", "summary_de", "body_de"],
    ["title_fr", "summary_fr", "body_fr"],
    ["title_es", "summary_es", "body_es"],
];

/// Write a notice.
#[component]
pub fn Write(
    written: Written,
    /// Names of the notices that programmes refer to.
    known: Vec<String>,
    errors: Vec<Invalid>,
    once: FormId,
) -> impl IntoView {
    let hint = format!(
        "Programmes here refer to: {}. Another name makes a notice of its own.",
        list(&known)
    );
    let texts = Locale::ALL
        .into_iter()
        .zip(TEXT_FIELDS)
        .zip(written.texts.clone());
    let language = |((locale, fields), values): ((Locale, [&'static str; 3]), [String; 3])| {
        let [title, summary, body] = values;
        let open =
            locale == Locale::En || !title.is_empty() || !summary.is_empty() || !body.is_empty();
        let (tag, errors) = (locale.tag(), errors.clone());
        view! {
            <details open=open>
                <summary>{english_name(locale)}</summary>
                <div class="stack push">
                    <Field name=fields[0] label="Title" value=title hint="At most 200 characters." errors=errors.clone() />
                    <Area name=fields[1] label="In short" rows=3 value=summary lang=tag hint="What changes for the reader, in a sentence or two." errors=errors.clone() />
                    <Area name=fields[2] label="Text" rows=16 value=body lang=tag hint="Markdown: # for headings, - for lists, **strong**. No pictures, no HTML." errors />
                </div>
            </details>
        }
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>"Write a notice"</h1>
                <p class="lead">"Next you see what employees will see. Nothing is published before you say so there."</p>
                <Summary errors=errors.clone() />
            </div>
        </div>
        <form method="post" action="/manage/notices/preview">
            <Once once />
            <section class="part" aria-labelledby="about">
                <div class="part__head">
                    <h2 id="about">"About"</h2>
                </div>
                <div class="part__body">
                    <Field
                        name="notice"
                        label="Short name of the notice"
                        hint=hint
                        value=written.notice
                        errors=errors.clone()
                    />
                    <Field
                        name="effective_on"
                        label="Applies from"
                        kind="date"
                        hint="Empty or today means at once. A later day begins at midnight."
                        value=written.effective_on
                        errors=errors.clone()
                    />
                    <Material material=written.material errors=errors.clone() />
                </div>
            </section>
            <section class="part" aria-labelledby="texts">
                <div class="part__head">
                    <h2 id="texts">"Texts"</h2>
                    <p>"At least one language. Who reads another one gets English, or what there is."</p>
                </div>
                <div class="part__body">{texts.map(language).collect_view()}</div>
            </section>
            <p>
                <button class="button button--solid">"Preview"</button>
            </p>
        </form>
    }
    .into_any()
}

#[component]
fn Material(material: Option<bool>, errors: Vec<Invalid>) -> impl IntoView {
    let error = errors
        .into_iter()
        .find(|error| error.field == "material")
        .map(|error| {
            view! {
                <p class="error" id="material-error">
                    {error.message}
                </p>
            }
        });
    let state = error.is_some().then_some("error");
    view! {
        <fieldset class="field" data-state=state id="material">
            <legend>"Is the change material?"</legend>
            <span class="hint">
                "Material is what a reader could decide otherwise about: purpose, kinds of data, readers, time kept. Every earlier yes ends on its day."
            </span>
            {error}
            <div class="stack-tight">
            <label class="check">
                <input type="radio" name="material" value="yes" checked=material == Some(true) />
                <span>"Material: earlier choices end"</span>
            </label>
            <label class="check">
                <input type="radio" name="material" value="no" checked=material == Some(false) />
                <span>"Not material: choices stay"</span>
            </label>
            </div>
        </fieldset>
    }
    .into_any()
}

/// What employees will see, with the values carried on to publishing.
#[component]
pub fn Preview(
    written: Written,
    version: NoticeVersion,
    /// The day, where one was given: else it counts at once.
    effective_on: Option<NaiveDate>,
    once: FormId,
    calendar: Calendar,
) -> impl IntoView {
    let when = effective_on.map_or_else(
        || "at once".to_owned(),
        |day| format!("from {}", calendar.day_of(day)),
    );
    let effect = if version.material {
        "Every yes to an earlier version ends then, unless it is given again. A no stays a no."
    } else {
        "No choice changes."
    };
    let texts = version.texts.clone().into_iter().map(|(locale, text)| {
        let title = text.title.clone();
        let tag = locale.tag();
        view! {
            <div class="preview" role="group" aria-label=format!("Preview, {}", english_name(locale))>
                <p class="hint">{english_name(locale)}</p>
                <p class="preview__title" lang=tag>
                    {title}
                </p>
                <p class="lead measure" lang=tag>
                    {text.summary}
                </p>
                <article class="prose" lang=tag inner_html=notice_html(&text.body)></article>
            </div>
        }
    });
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{format!("Version {} of {}, as employees will see it", version.version, version.notice)}</h1>
                <p class="lead">{format!("It applies {when}. {effect}")}</p>
            </div>
        </div>
        <section class="part" aria-labelledby="seen">
            <div class="part__head">
                <h2 id="seen">"What employees see"</h2>
                <p>"Each reader gets the own language if it is here."</p>
            </div>
            <div class="part__body">{texts.collect_view()}</div>
        </section>
        <section class="part" aria-labelledby="out">
            <div class="part__head">
                <h2 id="out">"Publish it?"</h2>
            </div>
            <div class="part__body stack">
                <p class="measure">"It goes into the ledger with its SHA-256 and cannot be taken back, only replaced by a later version."</p>
                <form class="answers" method="post" action="/manage/notices">
                    <Carried written />
                    <Once once />
                    <button class="button">{format!("Publish version {}", version.version)}</button>
                    <button class="button" formaction="/manage/notices/new">
                        "Change something"
                    </button>
                </form>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Carried(written: Written) -> impl IntoView {
    let material = written
        .material
        .map(|material| if material { "yes" } else { "no" });
    let texts = TEXT_FIELDS
        .into_iter()
        .flatten()
        .zip(written.texts.into_iter().flatten());
    let text = |(name, value): (&'static str, String)| {
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })
    };
    view! {
        <input type="hidden" name="notice" value=written.notice />
        <input type="hidden" name="material" value=material.unwrap_or_default() />
        <input type="hidden" name="effective_on" value=written.effective_on />
        {texts.map(text).collect_view()}
    }
    .into_any()
}
