//! `POST /access/v1/evaluation` and `/evaluations`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::answer::{Answer, Answers};
use super::auth::AgentAuth;
use super::authzen::{Asked, Evaluation, Evaluations};
use super::json::StrictJson;
use super::problem::Problem;
use crate::app::callers::Caller;
use crate::app::{App, check};

/// May I collect this now?
///
/// A no is 200 with `decision: false`. Anything but 200 with a literal `true` means no.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/access/v1/evaluation", tag = "check", request_body = Evaluation,
    responses(
        (status = 200, description = "The answer", body = Answer),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn one(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    StrictJson(evaluation): StrictJson<Evaluation>,
) -> Result<Json<Answer>, Problem> {
    let question = evaluation.question()?;
    Ok(Json(answer(&app, &agent, question).await?))
}

/// May I collect these now?
///
/// Answers come in the order of the questions. An item that cannot be read is answered with no and an error of its own.
/// Without items the call is answered like a single evaluation.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/access/v1/evaluations", tag = "check", request_body = Evaluations,
    responses(
        (status = 200, description = "The answers", body = Answers),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn many(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    StrictJson(evaluations): StrictJson<Evaluations>,
) -> Result<Response, Problem> {
    let (items, semantic) = match evaluations.asked()? {
        Asked::One(question) => {
            return Ok(Json(answer(&app, &agent, question).await?).into_response());
        }
        Asked::Many(items, semantic) => (items, semantic),
    };
    let questions: Vec<_> = items
        .iter()
        .filter_map(|item| item.as_ref().ok().cloned())
        .collect();
    let mut decisions = check::evaluate(&app, &agent, &questions, None)
        .await?
        .into_iter();
    let mut answers = Vec::with_capacity(items.len());
    for item in items {
        answers.push(match item {
            Ok(_) => decisions.next().ok_or_else(Problem::internal)?.into(),
            Err(error) => error.into(),
        });
    }
    let evaluations = semantic.cut(answers);
    Ok(Json(Answers { evaluations }).into_response())
}

async fn answer(app: &App, agent: &Caller, question: check::Question) -> Result<Answer, Problem> {
    let decisions = check::evaluate(app, agent, &[question], None).await?;
    let decision = decisions.into_iter().next().ok_or_else(Problem::internal)?;
    Ok(decision.into())
}
