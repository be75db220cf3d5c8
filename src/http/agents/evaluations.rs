//! `POST /access/v1/evaluation` and `/evaluations`.

use axum::extract::State;
use axum::response::Response;

use super::answer::{self, Answer, Answers};
use super::auth::AgentAuth;
use super::authzen::{Asked, Batch, Evaluation, Evaluations};
use super::json::JsonBody;
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
    body: JsonBody,
) -> Result<Response, Problem> {
    single(&app, &agent, &body.read()?).await
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
    body: JsonBody,
) -> Result<Response, Problem> {
    match body.read::<Evaluations<'_>>()?.asked()? {
        Asked::One(evaluation) => single(&app, &agent, &evaluation).await,
        Asked::Many(batch) => all(&app, &agent, &batch).await,
    }
}

async fn single(
    app: &App,
    agent: &Caller,
    evaluation: &Evaluation<'_>,
) -> Result<Response, Problem> {
    let question = evaluation.question(&agent.dialect);
    let question = question.map_err(Problem::malformed)?;
    let decisions = check::evaluate(app, agent, &[question]).await?;
    let decision = decisions.first().ok_or_else(Problem::internal)?;
    Ok(answer::one(decision))
}

async fn all(app: &App, agent: &Caller, batch: &Batch<'_>) -> Result<Response, Problem> {
    let items: Vec<_> = batch.questions(&agent.dialect).collect();
    let questions: Vec<_> = items.iter().filter_map(|item| item.ok()).collect();
    let mut decisions = check::evaluate(app, agent, &questions).await?.into_iter();
    let mut answers = Vec::with_capacity(items.len());
    for item in items {
        answers.push(match item {
            Ok(_) => Ok(decisions.next().ok_or_else(Problem::internal)?),
            Err(fault) => Err(fault),
        });
    }
    Ok(answer::many(&answers, batch.semantic))
}
