//! `GET /api/v1/snapshot`: everything that an agent may rely on at one position.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::auth::AgentAuth;
use super::event::{Program, Terms};
use super::problem::Problem;
use super::scope::{Asked, Scope};
use crate::app::App;
use crate::app::snapshot::{Rules, Spot, permits, position, rules};
use crate::app::standings::Permitted;
use crate::domain::invalid::Invalid;

/// Most permits in one answer.
const MAX_LIMIT: usize = 10_000;

/// Which part.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only these people: at most 100 ids with commas between them.
    employees: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Most permits in the answer, 1 to 10,000; 10,000 if it is not there.
    #[param(minimum = 1, maximum = 10_000)]
    limit: Option<usize>,
}

/// Everything that an agent may rely on. What is not listed is denied.
#[derive(Serialize, ToSchema)]
pub struct Snapshot {
    /// Everything before this position is in. Of several pages, go on from the first one's.
    pub seq: u64,
    /// For how many milliseconds it may be relied on.
    pub lease_ms: u64,
    /// The agent's programmes.
    pub programs: Vec<Program>,
    /// The choices that permit, whatever their programme's status.
    pub permits: Vec<Granted>,
    /// For the next page, or `null`.
    pub next: Option<String>,
}

/// A choice that permits.
#[derive(Serialize, ToSchema)]
pub struct Granted {
    /// The number by which HR knows the person.
    pub employee: String,
    /// For which programme.
    pub program: String,
    /// For which kind of data.
    pub category: String,
    /// Since when, until when, and on which conditions.
    #[serde(flatten)]
    pub terms: Terms,
}

/// Fetch everything.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    get, path = "/api/v1/snapshot", tag = "changes",
    params(Which, ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer")),
    responses(
        (status = 200, description = "A page of it, with a strong ETag", body = Snapshot),
        (status = 304, description = "Nothing has changed"),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent collects nothing", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn show(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let scope = Scope::new(&app, agent, which.employees.as_deref()).await?;
    let limit = which.limit.unwrap_or(MAX_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let hint = "Ask for 1 to 10,000 permits.";
        return Err(Problem::invalid(&[Invalid::new("limit", hint)]));
    }
    let after = which.after.as_deref().map(spot).transpose();
    let after = after.map_err(|invalid| Problem::invalid(&[invalid]))?;
    let rules = rules(&app, &scope.agent).await?;
    let (origin, now, people) = position(&app).await?;
    let digest = digest(&app, &scope, (&rules, people), &which, limit).await?;
    let tag = |seq: u64| format!("\"{origin}-{seq}-{digest}\"");
    if matches(&headers, &tag(now)) {
        let etag = [(header::ETAG, tag(now))];
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    let employees = scope.employees.as_deref();
    let page = permits(&app, &scope.agent, employees, after, limit).await?;
    // Not before the position: what changed in between would be neither in this answer nor in the changes after it.
    let rules = self::rules(&app, &scope.agent).await?;
    let next = page.next.map(cursor);
    let snapshot = Snapshot {
        seq: page.seq,
        lease_ms: app.settings().holds.lease_ms,
        programs: rules.into_iter().map(Into::into).collect(),
        permits: page
            .permits
            .into_iter()
            .filter(|permit| scope.knows(&permit.employee))
            .map(Into::into)
            .collect(),
        next,
    };
    let etag = [(header::ETAG, tag(page.seq))];
    Ok((etag, Json(snapshot)).into_response())
}

/// Everything besides the position that the answer depends on.
async fn digest(
    app: &App,
    scope: &Scope,
    (rules, people): (&[Rules], i64),
    which: &Which,
    limit: usize,
) -> Result<String, Problem> {
    let (catalogue, now) = (app.catalogue().await?, app.now());
    // Permits end by themselves when a material notice takes effect.
    let material = catalogue
        .programs
        .iter()
        .flat_map(|declared| &declared.material);
    let in_effect = material.filter(|change| change.effective_at <= now).count();
    let Scope {
        agent, employees, ..
    } = scope;
    let whole = format!(
        "{} {:?} {:?} {:?} {people} {employees:?} {:?} {limit} {rules:?} {in_effect} {}",
        agent.name,
        agent.programs,
        agent.categories,
        agent.units,
        which.after,
        app.settings().holds.lease_ms,
    );
    Ok(URL_SAFE_NO_PAD.encode(&Sha256::digest(whole)[..12]))
}

/// Whether `If-None-Match` names it (RFC 9110, weak comparison).
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let lists = values.filter_map(|value| value.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn cursor(spot: Spot) -> String {
    let Spot {
        generation,
        person,
        skip,
    } = spot;
    URL_SAFE_NO_PAD.encode(format!("{generation} {person} {skip}"))
}

fn spot(cursor: &str) -> Result<Spot, Invalid> {
    let invalid = || Invalid::new("after", "Give the `next` of the page before, unchanged.");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let text = String::from_utf8(bytes).map_err(|_| invalid())?;
    let mut numbers = text.split(' ').map(str::parse::<u64>);
    let (Some(Ok(generation)), Some(Ok(person)), Some(Ok(skip)), None) = (
        numbers.next(),
        numbers.next(),
        numbers.next(),
        numbers.next(),
    ) else {
        return Err(invalid());
    };
    let small = |number: u64| u32::try_from(number).map_err(|_| invalid());
    Ok(Spot {
        generation,
        person: small(person)?,
        skip: small(skip)?,
    })
}

impl From<Permitted> for Granted {
    fn from(permit: Permitted) -> Self {
        Self {
            employee: permit.employee,
            program: permit.program.into(),
            category: permit.category.into(),
            terms: permit.allowed.into(),
        }
    }
}
