//! The ledger's public state, and whether this server can do its work. Plain text.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::app::receipts;

type Plain = ([(HeaderName, HeaderValue); 2], String);

fn plain(text: String, cache: &'static str) -> Plain {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let cache = HeaderValue::from_static(cache);
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)],
        text,
    )
}

/// `GET /ledger/checkpoint`: the newest signed state (c2sp.org/tlog-checkpoint).
pub async fn checkpoint(State(app): State<App>) -> Result<Plain, StatusCode> {
    match receipts::checkpoint(&app).await {
        Ok(checkpoint) => Ok(plain(checkpoint, "public, max-age=1")),
        Err(error) => {
            tracing::error!(%error, "checkpoint");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// `GET /ledger/log.vkey`: the key that verifies it. For convenience: pin a copy that came by another way.
pub async fn vkey(State(app): State<App>) -> Plain {
    plain(
        format!("{}\n", receipts::log_vkey(&app)),
        "public, max-age=300",
    )
}

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
