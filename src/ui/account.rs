//! Account: who you are here, your password, where you are signed in.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::form::{Field, Once, Summary};
use super::format::{Calendar, count};
use crate::domain::account::Role;
use crate::domain::employee::Employee;
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;

/// One live session.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "moments, as everywhere")]
pub struct Session {
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last saved.
    pub seen_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// The whole page.
#[component]
pub fn Account(
    employee: Employee,
    roles: Vec<Role>,
    sessions: Vec<Session>,
    errors: Vec<Invalid>,
    /// For the password, and for signing out everywhere.
    once: [FormId; 2],
    calendar: Calendar,
) -> impl IntoView {
    let roles: Vec<&str> = roles.into_iter().map(role).collect();
    let roles = if roles.is_empty() {
        "Employee".to_owned()
    } else {
        format!("Employee, {}", roles.join(", "))
    };
    let signed_in = match sessions.len() {
        0 | 1 => "You are signed in here and nowhere else.".to_owned(),
        many => format!(
            "You are signed in here and in {}.",
            count(many as u64 - 1, "other place", "other places")
        ),
    };
    let username = employee.email.to_string();
    view! {
        <div class="opening">
            <div class="opening__text">
                <h1>{employee.name}</h1>
                <p class="lead">{signed_in}</p>
                <Summary errors=errors.clone() />
            </div>
        </div>
        <section class="part" aria-labelledby="who">
            <div class="part__head">
                <h2 id="who">"Who you are here"</h2>
                <p>"From the directory. If something is wrong, HR can mend it."</p>
            </div>
            <dl class="facts facts--rows part__body">
                <div>
                    <dt>"Signs in as"</dt>
                    <dd>{employee.email.to_string()}</dd>
                </div>
                <div>
                    <dt>"Personnel number"</dt>
                    <dd>{employee.external_id.to_string()}</dd>
                </div>
                <div>
                    <dt>"Unit"</dt>
                    <dd>{employee.unit}</dd>
                </div>
                <div>
                    <dt>"Notices in"</dt>
                    <dd lang=employee.locale.tag()>{employee.locale.name()}</dd>
                </div>
                <div>
                    <dt>"Roles"</dt>
                    <dd>{roles}</dd>
                </div>
            </dl>
        </section>
        <section class="part" aria-labelledby="pw">
            <div class="part__head">
                <h2 id="pw">"Password"</h2>
                <p>"Changing it signs you out everywhere else."</p>
            </div>
            <form class="part__body" method="post" action="/account/password">
                <Once once=once[0] />
                <input type="email" autocomplete="username" value=username readonly hidden />
                <Field name="current" label="Present password" kind="password" autocomplete="current-password" required=true errors=errors.clone() />
                <Field
                    name="password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 12 characters. Three or four words that mean something to you only are good."
                    required=true
                    errors
                />
                <p>
                    <button class="button">"Change the password"</button>
                </p>
            </form>
        </section>
        <Places sessions once=once[1] calendar />
    }
    .into_any()
}

/// Where the person is signed in, and the way to end all of it.
#[component]
fn Places(sessions: Vec<Session>, once: FormId, calendar: Calendar) -> impl IntoView {
    let row = |session: Session| {
        view! {
            <tr>
                <td class="keep">{calendar.moment(session.created_at)}</td>
                <td class="keep">{calendar.moment(session.seen_at)}</td>
                <td class="keep">{calendar.moment(session.expires_at)}</td>
            </tr>
        }
    };
    view! {
        <section class="part" aria-labelledby="where">
            <div class="part__head">
                <h2 id="where">"Where you are signed in"</h2>
            </div>
            <div class="part__body">
                <div class="scroll" role="region" tabindex="0" aria-label="Table of sessions">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Signed in"</th>
                                <th scope="col">"Last use"</th>
                                <th scope="col">"Ends by itself"</th>
                            </tr>
                        </thead>
                        <tbody>{sessions.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
                <form method="post" action="/account/sign-out-everywhere">
                    <Once once />
                    <button class="button">"Sign out everywhere, here too"</button>
                </form>
            </div>
        </section>
    }
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Publisher => "publisher of notices",
        Role::PrivacyOfficer => "privacy officer",
        Role::Representative => "representative",
        Role::Auditor => "auditor",
        Role::Operator => "operator",
    }
}
