//! `POST /api/v1/records`: what collectors captured, as metadata.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::auth::AgentAuth;
use super::delivery::{Delivered, Turned};
use super::fields::{Fields, missing};
use super::problem::Problem;
use crate::app::App;
use crate::app::records::{ItemResult, ingest_once};
use crate::domain::id::RecordId;
use crate::domain::invalid::Invalid;
use crate::domain::record::Record;

/// A batch of records.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `delivery` reads")]
pub struct Records {
    /// At most 1000.
    records: Vec<RecordItem>,
}

/// Metadata of one captured batch; never its content.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `record` reads field by field")]
pub struct RecordItem {
    /// 32 lower-case hexadecimal digits, random, chosen by the collector: sending a record again stores it once.
    pub id: String,
    /// About whom: the number by which HR knows the person.
    pub employee: String,
    /// For which programme.
    pub program: String,
    /// Which kind of data.
    pub category: String,
    /// In which app; required where the programme is limited to apps.
    pub app: Option<String>,
    /// On which device, in words that the person recognises.
    pub device: Option<String>,
    /// First captured event.
    pub from: DateTime<Utc>,
    /// Last captured event, at most one hour after the first.
    pub to: DateTime<Utc>,
    /// Number of events, at least 1.
    pub events: u64,
    /// Size of the content in bytes.
    pub bytes: u64,
    /// Where the content went; a dataset that the programme declares.
    pub dataset: String,
    /// SHA-256 of the content, 64 lower-case hexadecimal digits.
    pub digest: String,
}

/// What became of each record, in their order.
#[derive(Serialize, ToSchema)]
pub struct Results {
    /// One for each record.
    pub results: Vec<RecordResult>,
}

/// What became of one record.
#[derive(Serialize, ToSchema)]
pub struct RecordResult {
    /// Its place in the call, from 0.
    pub index: usize,
    /// Its id, if it could be read.
    #[schema(value_type = Option<String>)]
    pub id: Option<RecordId>,
    /// `accepted`: captured within the person's choices. `quarantined`: captured outside them, kept as evidence.
    /// `rejected`: not stored.
    #[schema(examples("accepted", "quarantined", "rejected"))]
    pub result: &'static str,
    /// Which field is wrong, if it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// Why it was quarantined (a reason as in the check) or rejected (what to do).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Report captured batches.
///
/// Each is judged by the consent that held while it was captured. One bad record never fails the others.
///
/// Sending records again does no harm: each has its own id. With an `Idempotency-Key`, the answer too is that of the first
/// time, byte for byte, for 24 hours; use a new key for each new body.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/api/v1/records", tag = "records", request_body = Records,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 128 visible ASCII characters in quotation marks, for example a random UUID. Optional.")),
    responses(
        (status = 200, description = "What became of each", body = Results),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent does not collect", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body did not come within ten seconds", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "What came with this key is not yet answered; see Retry-After", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many deliver at once; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn create(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    _turn: Turned,
    delivered: Delivered,
) -> Result<Json<Results>, Problem> {
    let Delivered { ids, items, key } = delivered;
    let outcomes = ingest_once(&app, &agent, items, key).await?;
    let results = ids.into_iter().zip(outcomes).enumerate();
    let results = results.map(|(index, (id, outcome))| {
        let (result, field, reason) = match outcome {
            ItemResult::Accepted => ("accepted", None, None),
            ItemResult::Quarantined(reason) => ("quarantined", None, Some(reason.to_string())),
            ItemResult::Rejected(invalid) => {
                ("rejected", Some(invalid.field), Some(invalid.message))
            }
        };
        RecordResult {
            index,
            id,
            result,
            field,
            reason,
        }
    });
    Ok(Json(Results {
        results: results.collect(),
    }))
}

/// A record's id, if it has a readable one.
pub(super) fn id(item: &Value) -> Option<RecordId> {
    item.get("id")?.as_str()?.parse().ok()
}

/// Reads a record, field by field.
///
/// # Errors
/// The first field that is wrong.
pub(super) fn record(item: &Value) -> Result<Record, Invalid> {
    let item = item.as_object();
    let fields =
        Fields(item.ok_or_else(|| Invalid::new("records", "Give each record as an object."))?);
    let text = |name| fields.text(name).map(|text| text.map(str::to_owned));
    Ok(Record {
        id: fields.parsed("id")?,
        employee: fields.parsed("employee")?,
        program: fields.parsed("program")?,
        category: fields.parsed("category")?,
        app: text("app")?,
        device: text("device")?,
        from: fields.moment("from")?,
        to: fields.moment("to")?,
        events: fields.count("events")?.ok_or_else(|| missing("events"))?,
        bytes: fields.count("bytes")?.ok_or_else(|| missing("bytes"))?,
        dataset: fields.parsed("dataset")?,
        digest: text("digest")?.ok_or_else(|| missing("digest"))?,
    })
}
