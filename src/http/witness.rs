//! A witness's own small server (C2SP tlog-witness v1.0.0). No page, no session: the log's signature is all that counts.
//!
//! Submission and monitoring prefix are the same. The routes stand here and not in `routes`, as no portal has them.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::headers;
use crate::app::witness::Witness;
use crate::ledger::hash::Hash;
use crate::ledger::submission::{Refusal, Submission};

/// Answers until the process is told to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, witness: Witness) -> std::io::Result<()> {
    axum::serve(listener, router(witness))
        .with_graceful_shutdown(super::stopped())
        .await
}

/// Every route of a witness.
pub fn router(witness: Witness) -> Router {
    Router::new()
        .route("/", get(introduction))
        .route("/healthz", get(async || plain("alive\n".into())))
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{log}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(Submission::MAX_BYTES))
        .layer(headers::trace())
        .with_state(witness)
}

/// `POST /add-checkpoint`
async fn add_checkpoint(State(witness): State<Witness>, body: Bytes) -> Response {
    let Ok(request) = core::str::from_utf8(&body) else {
        return refused(&Refusal::Malformed("it is not text"));
    };
    match witness.cosign(request).await {
        Ok(Ok(line)) => plain(line),
        Ok(Err(refusal)) => refused(&refusal),
        Err(error) => failed(&error),
    }
}

/// `GET /{hex SHA-256 of the origin}/checkpoint`
async fn checkpoint(State(witness): State<Witness>, Path(log): Path<String>) -> Response {
    let Some(log) = Hash::from_hex(&log) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match witness.checkpoint(&log).await {
        Ok(Some(note)) => plain(note),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failed(&error),
    }
}

/// `GET /`: for whoever wonders what answers here.
async fn introduction(State(witness): State<Witness>) -> Response {
    let mut text = format!(
        "This is a witness of transparency logs (c2sp.org/tlog-witness).\nIts key is\n  {}\nIt follows\n",
        witness.vkey()
    );
    for log in witness.logs() {
        text.push_str(&format!("  {log}\n"));
    }
    plain(text)
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    if let Refusal::Stale(size) = refusal {
        let kind = HeaderValue::from_static("text/x.tlog.size");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
        return (status, headers, format!("{size}\n")).into_response();
    }
    (status, plain(format!("{refusal}\n"))).into_response()
}

fn failed(error: &crate::app::error::Error) -> Response {
    tracing::error!(%error, "the witness's memory failed; nothing was signed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn plain(text: String) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let fresh = HeaderValue::from_static("no-store");
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, fresh)];
    (headers, text).into_response()
}
