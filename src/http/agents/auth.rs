//! Which agent calls: known from its key alone, never from the body.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::problem::Problem;
use crate::app::App;
use crate::app::callers::{self, Caller};
use crate::domain::agent::AgentKey;

/// The calling agent. A handler that takes one is closed to everybody else.
pub struct AgentAuth(pub Arc<Caller>);

impl<S> FromRequestParts<S> for AgentAuth
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let key = key(parts).ok_or_else(Problem::unauthenticated)?;
        let agent = callers::authenticate(&App::from_ref(state), key).await?;
        agent.map(Self).ok_or_else(Problem::unauthenticated)
    }
}

/// The public half of the key that the agent came with, whoever it is: take it beside [`AgentAuth`].
pub struct AgentKeyId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for AgentKeyId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let key = key(parts).and_then(|key| key.parse::<AgentKey>().ok());
        let key = key.ok_or_else(Problem::unauthenticated)?;
        Ok(Self(key.id().to_owned()))
    }
}

fn key(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
