//! Pages that say why something was not done. They never show the cause, and never whether something exists.

use leptos::prelude::*;

/// What a page about a failure says.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// What happened, in a sentence.
    pub heading: String,
    /// What it means, and what was not touched.
    pub text: String,
    /// Where to go on: address and words.
    pub link: (String, String),
}

/// The whole page.
#[component]
pub fn TroublePage(trouble: Trouble) -> impl IntoView {
    let (href, label) = trouble.link;
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{trouble.heading}</h1>
                <p class="lead">{trouble.text}</p>
                <p>
                    <a class="button" href=href>
                        {label}
                    </a>
                </p>
            </div>
        </div>
    }
    .into_any()
}
