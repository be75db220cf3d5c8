//! What went wrong, as a status and a page. Handlers return a `Failure`; the page is made in one place, with the
//! reader's own masthead. Pages never show a cause, and never whether something exists that is not the reader's.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;
use tower_sessions::Session;

use super::page::page;
use super::state::AppState;
use super::visitor;
use crate::app::error::{Conflict, Error};
use crate::ui::error::{Trouble, TroublePage};
use crate::ui::shell::Section;

/// Why there is no ordinary answer. Nothing was changed in any of these cases.
#[derive(Debug, Clone)]
pub enum Failure {
    /// Not signed in, and looking at something: sign in, then come back to this local address.
    SignIn(String),
    /// Not signed in, and posting something.
    SignedOut,
    /// Signed in, without the role that it takes.
    Denied,
    /// Posted from another site.
    CrossSite,
    /// No such thing, or not this person's.
    NotFound,
    /// The address does not take this method.
    Method,
    /// The request cannot be read.
    Malformed,
    /// The body is too large.
    TooLarge,
    /// Values that a page of ours would not have sent.
    Invalid(Vec<String>),
    /// Something is missing that only the company can say.
    Unsaid(Vec<String>),
    /// The form was already sent.
    Replayed,
    /// A newer text counts, at this address.
    NoticeOutdated(String),
    /// Somebody else was faster.
    Overtaken,
    /// Too many at once.
    Busy,
    /// Our own failure; it is in the log.
    Internal,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(problems) => Self::Invalid(
                problems
                    .into_iter()
                    .map(|problem| problem.message)
                    .collect(),
            ),
            Error::Denied => Self::Denied,
            Error::NotFound => Self::NotFound,
            Error::Conflict(Conflict::Replayed) => Self::Replayed,
            Error::Conflict(Conflict::Busy) => Self::Busy,
            Error::Conflict(_) => Self::Overtaken,
            Error::Internal(cause) => Self::internal(&cause),
        }
    }
}

impl From<tower_sessions::session::Error> for Failure {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::internal(&error)
    }
}

impl Failure {
    /// Logs the cause, once.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::Internal
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::SignIn(_) => StatusCode::SEE_OTHER,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Denied | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Replayed | Self::NoticeOutdated(_) | Self::Overtaken | Self::Unsaid(_) => {
                StatusCode::CONFLICT
            }
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn trouble(self, path: &str) -> Trouble {
        let back = place(path);
        let (heading, text, link) = match self {
            Self::SignIn(_) | Self::SignedOut => (
                "You are not signed in.",
                "Nothing was changed. Sign in and do it again.".to_owned(),
                ("/sign-in", "Sign in"),
            ),
            Self::Denied => (
                "This is not open to you.",
                "It takes a role that you do not have. Nothing was changed.".to_owned(),
                ("/", "Overview"),
            ),
            Self::CrossSite => (
                "This came from another site.",
                "Only pages of this portal may do that, so nothing was changed.".to_owned(),
                back,
            ),
            Self::NotFound => (
                "There is no such page.",
                "It may have been typed wrong, or it is not yours to see.".to_owned(),
                ("/", "Overview"),
            ),
            Self::Method => ("That cannot be done here.", "Nothing was changed.".to_owned(), ("/", "Overview")),
            Self::Malformed => (
                "This could not be read.",
                "What arrived is not what a page of this portal sends. Nothing was changed.".to_owned(),
                back,
            ),
            Self::TooLarge => (
                "This is too large.",
                "More arrived than this form can hold. Nothing was saved or changed.".to_owned(),
                back,
            ),
            Self::Invalid(messages) => (
                "This cannot be done as it was sent.",
                format!("{} Nothing was saved or changed.", messages.join(" ")),
                back,
            ),
            Self::Unsaid(messages) => ("This choice cannot be written in this format.", messages.join(" "), back),
            Self::Replayed => (
                "This was already sent.",
                "It was done the first time. Nothing was done again.".to_owned(),
                back,
            ),
            Self::NoticeOutdated(href) => {
                return Trouble {
                    heading: "A newer text counts now.".to_owned(),
                    text: "Your yes was to an earlier version of the notice, so nothing was changed. Read what counts, then choose."
                        .to_owned(),
                    link: (href, "Read the version that counts".to_owned()),
                };
            }
            Self::Overtaken => (
                "Something changed meanwhile.",
                "Somebody else, or you in another window, was faster. Nothing was changed by this one.".to_owned(),
                back,
            ),
            Self::Busy => (
                "Too much at once.",
                "Nothing was changed. Wait half a minute and do it again.".to_owned(),
                back,
            ),
            Self::Internal => (
                "The portal could not do that.",
                "Nothing is known to have changed. The failure is in the log. While the ledger does not answer, every collector is told no."
                    .to_owned(),
                back,
            ),
        };
        Trouble {
            heading: heading.to_owned(),
            text,
            link: (link.0.to_owned(), link.1.to_owned()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        of(self)
    }
}

/// The answer before `explain` has made a page of it.
pub fn of(failure: Failure) -> Response {
    if let Failure::SignIn(next) = &failure {
        let next: String = form_urlencoded(next);
        return Redirect::to(&format!("/sign-in?next={next}")).into_response();
    }
    let mut response = failure.status().into_response();
    if matches!(failure, Failure::Busy) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    response.extensions_mut().insert(failure);
    response
}

/// Turns failures into pages.
pub async fn explain(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let Some(failure) = response.extensions().get::<Failure>().cloned() else {
        return response;
    };
    let account = match session {
        Some(session) => visitor::account(&state, &session).await.ok().flatten(),
        None => None,
    };
    let viewer = match account {
        Some(account) => visitor::viewer(&state, &account).await.ok(),
        None => None,
    };
    let (status, trouble) = (failure.status(), failure.trouble(&path));
    let frame = state.frame(Section::Nowhere, viewer, None).await;
    let title = trouble.heading.trim_end_matches('.').to_owned();
    let mut explained = page(frame, status, title, move || {
        view! { <TroublePage trouble /> }.into_any()
    })
    .await;
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            explained.headers_mut().insert(name, value.clone());
        }
    }
    explained
}

/// Where to go on from an address that only takes posts.
fn place(path: &str) -> (&'static str, &'static str) {
    let segment = path.split('/').nth(1).unwrap_or_default();
    match segment {
        "choices" => ("/choices", "My choices"),
        "activity" => ("/activity", "What was captured"),
        "requests" => ("/requests", "My requests"),
        "notices" => ("/notices", "Notices"),
        "receipts" => ("/receipts", "Receipts"),
        "account" => ("/account", "Account"),
        "manage" => ("/manage/notices", "Published notices"),
        _ => ("/", "Overview"),
    }
}

/// Percent-encodes everything but what an address may hold in a query's value.
fn form_urlencoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.') {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}
