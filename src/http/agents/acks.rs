//! `POST /api/v1/acks`: a collector's word that it has stopped.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::auth::AgentAuth;
use super::fields::{Fields, missing};
use super::json::StrictJson;
use super::problem::Problem;
use crate::app::{App, acks};
use crate::domain::invalid::Invalid;

/// Everything that was to stop before this position has stopped here, and what was captured and not sent has been purged.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `confirm` reads field by field")]
pub struct AckBody {
    /// The position.
    pub seq: u64,
    /// `stopped`; there is no other.
    #[schema(examples("stopped"))]
    pub state: String,
}

/// What stands.
#[derive(Serialize, ToSchema)]
pub struct Acked {
    /// The position.
    pub seq: u64,
    /// When everything before it was confirmed first.
    pub at: DateTime<Utc>,
}

/// Confirm that you have stopped.
///
/// Send one after each stop that concerned you (a withdrawal, a pause, an end) and after each snapshot that you have
/// applied; the furthest position covers all before it. The first confirmation counts, so sending one again is harmless.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/api/v1/acks", tag = "changes", request_body = AckBody,
    responses(
        (status = 200, description = "It stands", body = Acked),
        (status = 400, description = "Malformed, or a position that is not reached yet", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent collects nothing", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn confirm(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    StrictJson(body): StrictJson<Map<String, Value>>,
) -> Result<Json<Acked>, Problem> {
    let fields = Fields(&body);
    let read = || {
        if fields.text("state")? != Some("stopped") {
            return Err(Invalid::new(
                "state",
                "Give stopped: there is no other state.",
            ));
        }
        fields.count("seq")?.ok_or_else(|| missing("seq"))
    };
    let seq = read().map_err(|invalid| Problem::invalid(&[invalid]))?;
    let at = acks::confirm(&app, &agent, seq).await?;
    Ok(Json(Acked { seq, at }))
}
