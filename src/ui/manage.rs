//! HR's desk for notices: what is published, write, preview. Printed in reverse, so that nobody forgets which hat is on.
//!
//! Writing is a page, previewing is a page, publishing is a form on the preview: what goes out is what was seen.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::form::{Area, Choose, Field, Once, Summary};
use super::format::{Calendar, number};
use super::notice::english_name;
use crate::domain::employee::Locale;
use crate::domain::id::{FormId, NoticeId};
use crate::domain::invalid::Invalid;
use crate::domain::notice::{NoticeVersion, PublishedNotice};

/// A notice of a programme with its versions, newest first.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// The notice.
    pub notice: NoticeId,
    /// Name of the programme, if it is about one.
    pub program: Option<String>,
    /// What was published.
    pub versions: Vec<PublishedNotice>,
}

/// What is published.
#[component]
pub fn Published(shelves: Vec<Shelf>, calendar: Calendar) -> impl IntoView {
    let part = |shelf: Shelf| {
        let id = format!("n-{}", shelf.notice);
        let labelled = id.clone();
        let title = shelf
            .program
            .clone()
            .unwrap_or_else(|| shelf.notice.to_string());
        let row = |published: &PublishedNotice| {
            let version = &published.version;
            let title = version
                .text(Locale::En)
                .map_or_else(String::new, |(_, text)| text.title.clone());
            let languages: Vec<&str> = version
                .texts
                .keys()
                .map(|locale| english_name(*locale))
                .collect();
            view! {
                <tr>
                    <td class="num">{version.version}</td>
                    <td>
                        <a href=format!("/notices/{}/{}", version.notice, version.version)>{title}</a>
                    </td>
                    <td class="keep">{calendar.date(version.effective_at)}</td>
                    <td>{if version.material { "Material" } else { "Not material" }}</td>
                    <td>{languages.join(", ")}</td>
                    <td class="num">{number(published.entry)}</td>
                </tr>
            }
        };
        let versions = if shelf.versions.is_empty() {
            view! {
                <div class="empty">
                    <h3>"Nothing is published."</h3>
                    <p>"Without a notice in force nobody can turn anything on."</p>
                </div>
            }
            .into_any()
        } else {
            view! {
                <div class="scroll" role="region" tabindex="0" aria-label=format!("Versions of {title}")>
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col" class="num">
                                    "Version"
                                </th>
                                <th scope="col">"Title"</th>
                                <th scope="col">"Applies from"</th>
                                <th scope="col">"Change"</th>
                                <th scope="col">"Languages"</th>
                                <th scope="col" class="num">
                                    "Ledger entry"
                                </th>
                            </tr>
                        </thead>
                        <tbody>{shelf.versions.iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_any()
        };
        view! {
            <section class="part" aria-labelledby=labelled>
                <div class="part__head">
                    <h2 id=id>{title.clone()}</h2>
                    <p>
                        <a href=format!("/manage/notices/new?notice={}", shelf.notice)>"Write the next version"</a>
                    </p>
                </div>
                <div class="part__body">{versions}</div>
            </section>
        }
    };
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>"Notices"</h1>
                <p class="lead">"What is published stays published: it stands in the ledger, and a new version replaces it from its day on."</p>
            </div>
        </div>
        {shelves.into_iter().map(part).collect_view()}
    }
}

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
    /// Value and words of each notice that programmes name.
    notices: Vec<(String, String)>,
    errors: Vec<Invalid>,
    once: FormId,
) -> impl IntoView {
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
                    <Choose name="notice" label="Notice of" options=notices value=written.notice errors=errors.clone() />
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
            <label class="check">
                <input type="radio" name="material" value="yes" checked=material == Some(true) />
                <span>"Material: earlier choices end"</span>
            </label>
            <label class="check">
                <input type="radio" name="material" value="no" checked=material == Some(false) />
                <span>"Not material: choices stay"</span>
            </label>
        </fieldset>
    }
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
                <article class="prose" lang=tag inner_html=super::markdown::notice_html(&text.body)></article>
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
}
