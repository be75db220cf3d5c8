//! What `POST /api/v1/records` takes in, in the order that bounds memory: a turn before the body, a body of bounded length
//! in bounded time, one record after the other.

use std::time::Duration;

use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::json;
use super::problem::Problem;
use super::records::{id, record};
use crate::app::App;
use crate::app::intake::Turn;
use crate::app::records::{Keyed, MAX_BATCH, turn};
use crate::domain::delivery::DeliveryKey;
use crate::domain::id::RecordId;
use crate::domain::invalid::Invalid;
use crate::domain::record::Record;

/// How long a body may take. Whoever is slower holds a turn that others could use.
const PATIENCE: Duration = Duration::from_secs(10);

/// Leave to deliver, held until the answer is made. Stands before the body in a handler's signature.
pub struct Turned(#[expect(dead_code, reason = "returned by being dropped")] Turn);

impl<S> FromRequestParts<S> for Turned
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self(turn(&App::from_ref(state))?))
    }
}

/// A delivery as it came.
pub struct Delivered {
    /// Each record's id, where it can be read.
    pub ids: Vec<Option<RecordId>>,
    /// Each record, or what is wrong with it.
    pub items: Vec<Result<Record, Invalid>>,
    /// Under which key it came.
    pub key: Option<Keyed>,
}

/// The records as they stand in the text: each is read by itself, so that one bad one never fails the others, and no
/// more than one is in memory as a tree.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

impl<S: Send + Sync> FromRequest<S> for Delivered {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let key = key(request.headers())?;
        let body = tokio::time::timeout(PATIENCE, json::body(request, state)).await;
        let body = body.map_err(|_| Problem::too_slow())??;
        // Milliseconds for a thousand records: not on a thread that answers checks.
        let read = tokio::task::spawn_blocking(move || read(&body, key)).await;
        read.map_err(|_| Problem::internal())?
    }
}

fn read(body: &[u8], key: Option<DeliveryKey>) -> Result<Delivered, Problem> {
    let Body { records } = json::parse(body)?;
    if records.len() > MAX_BATCH {
        return Err(Problem::malformed(format!(
            "Send at most {MAX_BATCH} records at once."
        )));
    }
    let (mut ids, mut items) = (Vec::new(), Vec::new());
    for text in records {
        let item: Value = json::item(text.get())?;
        ids.push(id(&item));
        items.push(record(&item));
    }
    let key = key.map(|key| Keyed {
        key,
        body_sha256: Sha256::digest(body).into(),
    });
    Ok(Delivered { ids, items, key })
}

fn key(headers: &HeaderMap) -> Result<Option<DeliveryKey>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let key = value.to_str().ok().and_then(|value| value.parse().ok());
    match (key, values.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(Problem::malformed(
            "Give one Idempotency-Key of 1 to 128 visible ASCII characters in quotation marks, for example a random UUID.",
        )),
    }
}
