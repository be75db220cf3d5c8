//! Headers around every answer: what browsers may do with it, how long it keeps, and what the log says about it.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use tower::Layer as _;
use tower_http::classify::{ServerErrorsAsFailures, SharedClassifier};
use tower_http::services::ServeDir;
use tower_http::set_header::{SetResponseHeader, SetResponseHeaderLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

type SetHeader = SetResponseHeaderLayer<HeaderValue>;

fn set(name: HeaderName, value: &'static str) -> SetHeader {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Pages about a person are never kept.
pub fn private() -> SetHeader {
    set(header::CACHE_CONTROL, "no-store")
}

/// Files whose address changes with their content, or whose content does not change.
pub fn cached(files: ServeDir) -> SetResponseHeader<ServeDir, HeaderValue> {
    set(header::CACHE_CONTROL, "public, max-age=604800").layer(files)
}

/// Files that must fit the page that names them.
pub fn revalidated(files: ServeDir) -> SetResponseHeader<ServeDir, HeaderValue> {
    set(header::CACHE_CONTROL, "no-cache").layer(files)
}

/// What browsers may do with any answer.
const SAFE: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Adds what every answer carries.
pub fn safe(mut response: Response) -> Response {
    for (name, value) in SAFE {
        let value = HeaderValue::from_static(value);
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

type MakeSpan = fn(&Request) -> Span;

/// One span a request. It names the route, never the address: invitation links are secrets.
pub fn trace() -> TraceLayer<SharedClassifier<ServerErrorsAsFailures>, MakeSpan> {
    TraceLayer::new_for_http().make_span_with(span as MakeSpan)
}

fn span(request: &Request) -> Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str);
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or("-");
    tracing::info_span!("http", method = %request.method(), route, id)
}
