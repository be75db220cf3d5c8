//! `POST /api/v1/records`: what collectors captured, as metadata.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::auth::AgentAuth;
use super::fields::{Fields, missing};
use super::json::StrictJson;
use super::problem::Problem;
use crate::app::App;
use crate::app::records::{ItemResult, MAX_BATCH, ingest};
use crate::domain::id::RecordId;
use crate::domain::invalid::Invalid;
use crate::domain::record::Record;

/// A batch of records.
#[derive(Deserialize, ToSchema)]
pub struct Records {
    /// At most 1000.
    #[schema(value_type = Vec<RecordItem>)]
    records: Vec<Value>,
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
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/api/v1/records", tag = "records", request_body = Records,
    responses(
        (status = 200, description = "What became of each", body = Results),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent does not collect", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn create(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    StrictJson(Records { records }): StrictJson<Records>,
) -> Result<Json<Results>, Problem> {
    if records.len() > MAX_BATCH {
        return Err(Problem::malformed(format!(
            "Send at most {MAX_BATCH} records at once."
        )));
    }
    let items: Vec<_> = records.iter().map(record).collect();
    let ids: Vec<_> = records.iter().map(id).collect();
    let outcomes = ingest(&app, &agent, items).await?;
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

fn id(item: &Value) -> Option<RecordId> {
    item.get("id")?.as_str()?.parse().ok()
}

fn record(item: &Value) -> Result<Record, Invalid> {
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
