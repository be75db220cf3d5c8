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
mod found;
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
use axum::routing::{any, get, post};
use tower::ServiceBuilder;
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

/// Whatever else is under these is a problem in JSON, never a page.
const OURS: [&str; 3] = ["/access/v1", "/.well-known", "/api/v1"];

/// The routes, with everything that belongs around them.
///
/// Flat and in one layer on purpose: each level of nesting and each layer of its own is paid for by every check.
pub fn routes<S>() -> Router<S>
where
    App: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    let mut routes = Router::new()
        .route("/access/v1/evaluation", post(evaluations::one))
        .route("/access/v1/evaluations", post(evaluations::many))
        .route("/access/v1/search/subject", post(search::subject))
        .route("/access/v1/search/resource", post(search::resource))
        .route("/access/v1/search/action", post(search::action))
        .route("/.well-known/authzen-configuration", get(metadata::show))
        .route("/api/v1/acks", post(acks::confirm))
        .route("/api/v1/changes", get(changes::poll))
        .route("/api/v1/records", post(records::create))
        .route("/api/v1/snapshot", get(snapshot::show))
        .route("/api/v1/stream", get(stream::open))
        .route("/api/v1/tasks", get(tasks::list))
        .route("/api/v1/tasks/{id}/attestation", post(tasks::attest));
    for prefix in OURS {
        for path in ["", "/", "/{*rest}"] {
            routes = routes.route(&format!("{prefix}{path}"), any(nothing));
        }
    }
    let around = ServiceBuilder::new()
        // Outermost, so that errors carry it as well.
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(DefaultBodyLimit::max(MAX_BODY));
    let description = get(openapi::openapi).layer(PropagateRequestIdLayer::x_request_id());
    routes
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(around)
        .route("/openapi.json", description)
}

async fn nothing() -> Problem {
    Problem::not_found()
}

#[cfg(test)]
mod authzen_tests;
