//! `GET /api/v1/tasks` and `POST /api/v1/tasks/{id}/attestation`: what stores have to do, and their answers.

use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::auth::AgentAuth;
use super::fields::Fields;
use super::json::StrictJson;
use super::problem::Problem;
use crate::app::{App, requests};
use crate::domain::request::{Attestation, RequestKind, Task};

/// What a store still has to answer, oldest first.
#[derive(Serialize, ToSchema)]
pub struct Tasks {
    /// At most 1000; answer these to get the next.
    pub tasks: Vec<OpenTask>,
}

/// One task.
#[derive(Serialize, ToSchema)]
pub struct OpenTask {
    /// Its id, to answer with.
    pub id: String,
    /// What is asked for.
    #[schema(examples("erasure"))]
    pub kind: &'static str,
    /// In which dataset.
    pub dataset: String,
    /// About whom: the number by which HR knows the person.
    pub employee: String,
    /// What it covers.
    pub scope: Scope,
    /// When the person asked.
    pub received_at: DateTime<Utc>,
    /// When the person must have the answer.
    pub due_at: DateTime<Utc>,
}

/// What a task covers.
#[derive(Serialize, ToSchema)]
pub struct Scope {
    /// The dataset's programme.
    pub program: String,
    /// One category, or all if there is none.
    pub category: Option<String>,
    /// Batches that end at or after this moment, or from the beginning.
    pub from: Option<DateTime<Utc>>,
    /// Batches that begin before this moment.
    pub to: DateTime<Utc>,
}

/// A store's answer to a task.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `attest` reads field by field")]
pub struct AttestationBody {
    /// `erased`, `retained`, `cannot_be_removed`, `no_match`, or `failed` (then the task stays open).
    #[schema(examples("erased"))]
    pub outcome: String,
    /// How many records were erased; only with `erased`.
    pub count: Option<u64>,
    /// Why, where data remain or the attempt failed. The person concerned reads it.
    pub reason: Option<String>,
}

/// A task after an answer.
#[derive(Serialize, ToSchema)]
pub struct AnsweredTask {
    /// Its id.
    pub id: String,
    /// Whether an answer is still owed.
    pub open: bool,
    /// When the answer that stands was received.
    pub answered_at: Option<DateTime<Utc>>,
}

/// What this store still has to answer.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    get, path = "/api/v1/tasks", tag = "tasks",
    responses(
        (status = 200, description = "Open tasks, oldest first", body = Tasks),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent stores nothing", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn list(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
) -> Result<Json<Tasks>, Problem> {
    let tasks = requests::open_tasks(&app, &agent).await?;
    let tasks = tasks.into_iter().map(Into::into).collect();
    Ok(Json(Tasks { tasks }))
}

/// Answer a task.
///
/// The same final answer again is accepted and changes nothing; a different one is refused.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/attestation", tag = "tasks", request_body = AttestationBody,
    params(("id" = String, Path, description = "The task")),
    responses(
        (status = 200, description = "The answer stands", body = AnsweredTask),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent stores nothing", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not a task of this store", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "A different final answer stands", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn attest(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<Map<String, Value>>,
) -> Result<Json<AnsweredTask>, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let fields = Fields(&body);
    let read = || {
        Ok(Attestation {
            outcome: fields.parsed("outcome")?,
            count: fields.count("count")?.unwrap_or_default(),
            reason: fields.text("reason")?.map(str::to_owned),
        })
    };
    let attestation = read().map_err(|invalid| Problem::invalid(&[invalid]))?;
    Ok(Json(
        requests::attest(&app, &agent, &id, attestation)
            .await?
            .into(),
    ))
}

impl From<requests::OpenTask> for OpenTask {
    fn from(open: requests::OpenTask) -> Self {
        let (task, scope) = (open.task, open.scope);
        Self {
            id: task.id.to_string(),
            kind: RequestKind::Erasure.word(),
            dataset: task.dataset.to_string(),
            employee: open.employee.to_string(),
            scope: Scope {
                program: task.program.to_string(),
                category: scope.category.map(Into::into),
                from: scope.from,
                to: scope.to,
            },
            received_at: open.received_at,
            due_at: open.due_at,
        }
    }
}

impl From<Task> for AnsweredTask {
    fn from(task: Task) -> Self {
        Self {
            id: task.id.to_string(),
            open: task.is_open(),
            answered_at: task.attestation.map(|(_, at)| at),
        }
    }
}
