//! JSON bodies, strictly: one object, no name twice, and 400 for everything else (axum's own extractor answers 415 and
//! 422, which AuthZEN does not know).

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::domain::field::{Field, Read};
use crate::domain::strict;

/// A body read into `T`.
pub struct StrictJson<T>(pub T);

/// A body that says it is JSON, to be read in one pass and borrowed from.
pub struct JsonBody(pub Bytes);

impl JsonBody {
    /// What it says.
    ///
    /// # Errors
    /// When it is no JSON, no object, or names a thing twice.
    pub fn read<'a, T: Read<'a>>(&'a self) -> Result<T, Problem> {
        match serde_json::from_slice(&self.0).map_err(|error| refusal(&error))? {
            Field::Is(read) => Ok(read),
            _ => Err(Problem::malformed("Send one JSON object.")),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        body(request, state).await.map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for StrictJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        parse(&body(request, state).await?).map(Self)
    }
}

/// The body of a request that says it is JSON.
///
/// # Errors
/// 400, or 413 when it is too long.
pub async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::malformed(
            "Send JSON with Content-Type: application/json.",
        ));
    }
    let body = Bytes::from_request(request, state).await;
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::malformed("The body broke off. Send it again."),
    })
}

/// Reads a body strictly.
///
/// # Errors
/// 400, without a word of what was sent.
pub fn parse<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Problem> {
    strict::from_slice(body).map_err(|error| refusal(&error))
}

/// Reads a part of a body that [`parse`] has gone through.
///
/// # Errors
/// 400, as there.
pub fn item<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| refusal(&error))
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let essence = value
        .to_str()
        .ok()
        .and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Says where, but not with serde's words: they repeat what was sent.
fn refusal(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::malformed(if error.is_data() {
        format!(
            "The body is not in the documented shape (see /openapi.json), or a name stands twice in an object: line \
             {line}, column {column}."
        )
    } else {
        format!("The body is not JSON: line {line}, column {column}.")
    })
}
