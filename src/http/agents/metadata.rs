//! `GET /.well-known/authzen-configuration`: where AuthZEN's calls are (section 9 of the specification).
//!
//! The standard knows `https` only. The address is the portal's configured one, else the one by which the caller came.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::App;

/// Where the calls are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    /// The base address.
    #[schema(examples("https://sayso.example"))]
    policy_decision_point: String,
    /// One question.
    access_evaluation_endpoint: String,
    /// Many questions.
    access_evaluations_endpoint: String,
    /// About whom.
    search_subject_endpoint: String,
    /// What.
    search_resource_endpoint: String,
    /// For which programmes.
    search_action_endpoint: String,
}

/// Where the calls are.
///
/// # Errors
/// 400 when neither the settings nor the request name an address.
#[utoipa::path(
    get, path = "/.well-known/authzen-configuration", tag = "check",
    responses(
        (status = 200, description = "Where the calls are", body = Metadata),
        (status = 400, description = "No address is known", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Json<Metadata>, Problem> {
    let configured = app.settings().url.as_deref();
    let place = configured.map_or_else(|| host(&headers), |url| Some(place(url)));
    let place = place.ok_or_else(|| Problem::malformed("Send a Host header."))?;
    let base = format!("https://{place}");
    let call = |path: &str| format!("{base}/access/v1/{path}");
    Ok(Json(Metadata {
        access_evaluation_endpoint: call("evaluation"),
        access_evaluations_endpoint: call("evaluations"),
        search_subject_endpoint: call("search/subject"),
        search_resource_endpoint: call("search/resource"),
        search_action_endpoint: call("search/action"),
        policy_decision_point: base,
    }))
}

fn place(url: &str) -> String {
    let place = url.split_once("://").map_or(url, |(_, place)| place);
    place.trim_end_matches('/').to_owned()
}

fn host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(good)).then(|| host.to_owned())
}
