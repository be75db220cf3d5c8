//! The agent API: bearer keys, JSON, no cookies. Stands outside the session and CSRF layers.
//!
//! One file per noun, with its wire types beside its handlers; `authzen` is the check's wire format. A new route gets a
//! line in [`routes`], a line in [`TABLE`], and its handler in `openapi`'s paths.

mod acks;
mod answer;
mod auth;
mod authzen;
mod changes;
mod delivery;
mod entities;
mod evaluations;
mod event;
mod fields;
mod json;
mod metadata;
mod moment;
pub(super) mod openapi;
mod page;
mod problem;
mod records;
mod scope;
mod search;
mod snapshot;
mod stream;
mod tasks;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{HeaderValue, Method, header};
use axum::routing::{get, post};
use tower_http::request_id::PropagateRequestIdLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use problem::Problem;

/// Longest body, in bytes.
pub const MAX_BODY: usize = 2 * 1024 * 1024;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Agents only, by their key.
    Agent,
    /// Anybody.
    Anybody,
}

/// Every route of the agent API, for tests that go through all of them.
pub const TABLE: [(Method, &str, Caller); 14] = [
    (Method::POST, "/access/v1/evaluation", Caller::Agent),
    (Method::POST, "/access/v1/evaluations", Caller::Agent),
    (Method::POST, "/api/v1/acks", Caller::Agent),
    (Method::GET, "/api/v1/changes", Caller::Agent),
    (Method::POST, "/access/v1/search/subject", Caller::Agent),
    (Method::POST, "/access/v1/search/resource", Caller::Agent),
    (Method::POST, "/access/v1/search/action", Caller::Agent),
    (
        Method::GET,
        "/.well-known/authzen-configuration",
        Caller::Anybody,
    ),
    (Method::POST, "/api/v1/records", Caller::Agent),
    (Method::GET, "/api/v1/snapshot", Caller::Agent),
    (Method::GET, "/api/v1/stream", Caller::Agent),
    (Method::GET, "/api/v1/tasks", Caller::Agent),
    (
        Method::POST,
        "/api/v1/tasks/{id}/attestation",
        Caller::Agent,
    ),
    (Method::GET, "/openapi.json", Caller::Anybody),
];

/// The routes, with everything that belongs around them. Whatever else is under `/access/v1` and `/api/v1` is a
/// problem in JSON, never a page.
pub fn routes<S>() -> Router<S>
where
    App: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    let access = Router::new()
        .route("/evaluation", post(evaluations::one))
        .route("/evaluations", post(evaluations::many))
        .route("/search/subject", post(search::subject))
        .route("/search/resource", post(search::resource))
        .route("/search/action", post(search::action));
    let known = Router::new().route("/authzen-configuration", get(metadata::show));
    let api = Router::new()
        .route("/acks", post(acks::confirm))
        .route("/changes", get(changes::poll))
        .route("/records", post(records::create))
        .route("/snapshot", get(snapshot::show))
        .route("/stream", get(stream::open))
        .route("/tasks", get(tasks::list))
        .route("/tasks/{id}/attestation", post(tasks::attest));
    let no_store = HeaderValue::from_static("no-store");
    Router::new()
        .nest("/access/v1", problems(access))
        .nest("/.well-known", problems(known))
        .nest("/api/v1", problems(api))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            no_store,
        ))
        .route("/openapi.json", get(openapi::openapi))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        // Outermost, so that errors carry it as well.
        .layer(PropagateRequestIdLayer::x_request_id())
}

fn problems<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
}

#[cfg(test)]
mod authzen_tests;
