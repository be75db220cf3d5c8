//! Whether this server can do its work. Plain text.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::ledger::plain;
use crate::app::{App, metrics};

/// `GET /healthz`: the process answers.
pub async fn alive() -> Response {
    plain("alive\n".to_owned(), "no-store").into_response()
}

/// `GET /readyz`: the database answers and the log can be read.
pub async fn ready(State(app): State<App>) -> Response {
    match app.ready().await {
        Ok(()) => plain("ready\n".to_owned(), "no-store").into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                plain("not ready\n".to_owned(), "no-store"),
            )
                .into_response()
        }
    }
}

/// `GET /metrics`: counters, as Prometheus reads them.
pub async fn metrics(State(app): State<App>) -> Response {
    match metrics::metrics(&app).await {
        Ok(text) => plain(text, "no-store").into_response(),
        Err(error) => {
            tracing::error!(%error, "no metrics");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                plain("not ready\n".to_owned(), "no-store"),
            )
                .into_response()
        }
    }
}
