//! The way in: sign in, and the page behind an invitation link.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::form::{Field, Once, Summary};
use super::format::Calendar;
use super::marks::Guilloche;
use super::marks::{Mark, mark};
use crate::domain::employee::Email;
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;

/// Sign in.
#[component]
pub fn SignIn(
    /// What was entered before.
    email: String,
    /// Local address to go on to.
    next: Option<String>,
    errors: Vec<Invalid>,
    once: FormId,
) -> impl IntoView {
    let next = next.map(|next| view! { <input type="hidden" name="next" value=next /> });
    view! {
        <div class="door">
            <Promise />
            <div class="stack-tight">
                <Summary errors=errors.clone() />
                <form class="panel" method="post" action="/sign-in" aria-labelledby="si">
                    <Guilloche />
                    <h2 id="si">"Sign in"</h2>
                    <Once once />
                    {next}
                    <Field name="email" label="Work email" kind="email" autocomplete="username" required=true value=email errors=errors.clone() />
                    <Field name="password" label="Password" kind="password" autocomplete="current-password" required=true errors />
                    <button class="button button--solid button--wide">"Sign in"</button>
                </form>
                <p class="hint">
                    "First time here, or cannot sign in? Ask for an invitation link. Your choices hold meanwhile."
                </p>
            </div>
        </div>
    }
    .into_any()
}

/// The first password, behind an invitation link.
#[component]
pub fn Invitation(
    name: String,
    email: Email,
    expires_at: DateTime<Utc>,
    /// Where the form goes: the link's own address.
    action: String,
    errors: Vec<Invalid>,
    once: FormId,
    calendar: Calendar,
) -> impl IntoView {
    view! {
        <div class="door">
            <div class="stack">
                <h1>{format!("{name}, choose a password.")}</h1>
                <p class="lead measure">
                    {format!("The link works once, until {}. Then you sign in with your work email and this password.", calendar.moment(expires_at))}
                </p>
            </div>
            <div class="stack-tight">
                <Summary errors=errors.clone() />
                <form class="panel" method="post" action=action aria-labelledby="si">
                    <Guilloche />
                    <h2 id="si">"Your password"</h2>
                    <Once once />
                    <Field name="email" label="Work email" kind="email" autocomplete="username" readonly=true value=email.to_string() />
                    <Field
                        name="password"
                        label="New password"
                        kind="password"
                        autocomplete="new-password"
                        hint="At least 12 characters. Three or four words that mean something to you only are good."
                        required=true
                        errors
                    />
                    <button class="button button--solid button--wide">"Set the password and sign in"</button>
                </form>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Promise() -> impl IntoView {
    view! {
        <div class="stack">
            <h1>"Your say-so over what is collected about you at work."</h1>
            <p class="lead measure">"See what was captured. Turn it off. Have it deleted."</p>
            <ul class="proofs push measure">
                <li>
                    {mark(Mark::Off)}
                    <div>
                        <strong>"Off unless you say otherwise."</strong>
                        <p>"Signed in or not: without your yes, no collector gets permission."</p>
                    </div>
                </li>
                <li>
                    {mark(Mark::Check)}
                    <div>
                        <strong>"Nobody can quietly change what you said."</strong>
                        <p>"Every choice gives you a receipt that you can keep at home and check without the company."</p>
                    </div>
                </li>
            </ul>
        </div>
    }
    .into_any()
}
