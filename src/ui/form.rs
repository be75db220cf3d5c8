//! Parts of forms: fields with their errors, the summary on top, the mark that makes sending twice act once.
//!
//! A field is its label, its hint, its error and its input, in that order. Errors come from `Invalid`, matched by the
//! field's name; the summary links to them.

use leptos::prelude::*;

use super::marks::{Mark, mark};
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;

/// The hidden mark of one rendering of a form.
#[component]
pub fn Once(once: FormId) -> impl IntoView {
    view! { <input type="hidden" name="once" value=once.to_string() /> }
}

/// Says on top of a form what is wrong, and links to where. Renders nothing without errors.
#[component]
pub fn Summary(
    /// What is wrong.
    errors: Vec<Invalid>,
    /// Whether each error has a field of that id on this page.
    #[prop(default = true)]
    linked: bool,
) -> impl IntoView {
    let heading = match errors.len() {
        0 => return None,
        1 => "One thing to mend".to_owned(),
        many => format!("{} things to mend", super::format::spelled(many)),
    };
    let line = |error: Invalid| {
        let words = if linked {
            view! { <a href=format!("#{}", error.field)>{error.message}</a> }.into_any()
        } else {
            error.message.into_any()
        };
        view! { <p>{words}</p> }
    };
    Some(
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus="true" aria-labelledby="summary">
            <h2 id="summary">{super::format::capital(&heading)}</h2>
            <p>"Nothing was saved or changed."</p>
            {errors.into_iter().map(line).collect_view()}
        </div>
    }
    .into_any())
}

/// A one-line field.
#[component]
pub fn Field(
    /// Name of the input, and its id.
    name: &'static str,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// `text`, `email`, `password` or `date`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What stands in it.
    #[prop(into, optional)]
    value: String,
    /// Under the label.
    #[prop(into, optional)]
    hint: Option<String>,
    /// For password managers.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Whether a browser may insist on it.
    #[prop(optional)]
    required: bool,
    /// Shown but not editable.
    #[prop(optional)]
    readonly: bool,
    /// All errors of the form; those of this field are shown.
    #[prop(optional)]
    errors: Vec<Invalid>,
) -> impl IntoView {
    let around = Around::new(name, hint, &errors);
    let (described, invalid) = (around.described(), around.invalid());
    let state = around.state();
    view! {
        <div class="field" data-state=state>
            <label for=name>{label}</label>
            {around.words()}
            <input
                class="input"
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                required=required
                readonly=readonly
                aria-describedby=described
                aria-invalid=invalid
            />
        </div>
    }
    .into_any()
}

/// A field of several lines.
#[component]
pub fn Area(
    /// Name of the input, and its id.
    name: &'static str,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// Height in lines.
    rows: u32,
    /// What stands in it.
    #[prop(into, optional)]
    value: String,
    /// Under the label.
    #[prop(into, optional)]
    hint: Option<String>,
    /// Language of what is written.
    #[prop(optional)]
    lang: Option<&'static str>,
    /// All errors of the form; those of this field are shown.
    #[prop(optional)]
    errors: Vec<Invalid>,
) -> impl IntoView {
    let around = Around::new(name, hint, &errors);
    let (described, invalid) = (around.described(), around.invalid());
    let state = around.state();
    // A browser drops the first line break inside a textarea: this one is for it.
    let value = format!("\n{value}");
    view! {
        <div class="field" data-state=state>
            <label for=name>{label}</label>
            {around.words()}
            <textarea
                class="input"
                id=name
                name=name
                rows=rows
                lang=lang
                aria-describedby=described
                aria-invalid=invalid
            >
                {value}
            </textarea>
        </div>
    }
    .into_any()
}

/// One of several.
#[component]
pub fn Choose(
    /// Name of the input, and its id.
    name: &'static str,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// Value and words of each option; the empty value stands for all.
    options: Vec<(String, String)>,
    /// The chosen value.
    #[prop(into, optional)]
    value: String,
    /// All errors of the form; those of this field are shown.
    #[prop(optional)]
    errors: Vec<Invalid>,
) -> impl IntoView {
    let around = Around::new(name, None, &errors);
    let (described, invalid) = (around.described(), around.invalid());
    let state = around.state();
    let option = |(of, words): (String, String)| {
        let selected = of == value;
        view! {
            <option value=of selected=selected>
                {words}
            </option>
        }
    };
    view! {
        <div class="field" data-state=state>
            <label for=name>{label}</label>
            {around.words()}
            <select class="input" id=name name=name aria-describedby=described aria-invalid=invalid>
                {options.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
    .into_any()
}

/// Hint and errors around one input.
struct Around {
    name: &'static str,
    hint: Option<String>,
    errors: Vec<String>,
}

impl Around {
    fn new(name: &'static str, hint: Option<String>, errors: &[Invalid]) -> Self {
        let own = errors.iter().filter(|error| error.field == name);
        let errors = own.map(|error| error.message.clone()).collect();
        Self { name, hint, errors }
    }

    fn state(&self) -> Option<&'static str> {
        (!self.errors.is_empty()).then_some("error")
    }

    fn invalid(&self) -> Option<&'static str> {
        (!self.errors.is_empty()).then_some("true")
    }

    fn described(&self) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = (!self.errors.is_empty()).then(|| format!("{}-error", self.name));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn words(self) -> impl IntoView {
        let name = self.name;
        let hint = self.hint.map(|hint| {
            view! {
                <span class="hint" id=format!("{name}-hint")>
                    {hint}
                </span>
            }
        });
        let error = (!self.errors.is_empty()).then(|| {
            view! {
                <p class="error" id=format!("{name}-error")>
                    {mark(Mark::Alert)}
                    <span>{self.errors.join(" ")}</span>
                </p>
            }
        });
        view! {
            {hint}
            {error}
        }
    }
}
