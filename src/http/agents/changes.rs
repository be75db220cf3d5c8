//! `GET /api/v1/changes`: the same changes for whoever cannot hold a stream open (long poll).

use std::pin::pin;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};
use utoipa::{IntoParams, ToSchema};

use super::auth::{AgentAuth, AgentKeyId};
use super::event::{Event, json};
use super::problem::Problem;
use super::scope::{Asked, Scope};
use super::stream::frame;
use crate::app::App;
use crate::app::feed::{Found, Place};
use crate::domain::change::What;
use crate::domain::invalid::Invalid;

/// Longest wait, in seconds.
const MAX_WAIT: u64 = 30;
/// Most changes in one answer.
const MAX_CHANGES: usize = 1000;
/// A resync that came between two polls is told by every poll that ends this soon after it.
const RESYNC_HOLDS: TimeDelta = TimeDelta::seconds(10);

/// Which changes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Position from which to go on: that of the snapshot, then that of the answer before.
    after: u64,
    /// How many seconds to wait for something newer, 0 to 30; 0 if it is not there.
    #[param(maximum = 30)]
    wait: Option<u64>,
    /// Only these people: at most 100 ids with commas between them.
    employees: Option<String>,
}

/// What has changed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `poll` writes piece by piece")]
pub struct Polled {
    /// Position from which to go on.
    pub seq: u64,
    /// When, by the server's clock.
    pub time: DateTime<Utc>,
    /// For how many milliseconds what is known may be relied on.
    pub lease_ms: u64,
    /// Something was missed: deny until the snapshot has been fetched anew.
    pub resync: bool,
    /// At most 1000, in their order; then `seq` is the last one's, and there may be more.
    pub changes: Vec<Event>,
}

/// What was gathered at a place.
#[derive(Default)]
struct Gathered {
    frames: Vec<Bytes>,
    /// Position of the last one.
    last: u64,
    /// When the last resync was published.
    resync: Option<DateTime<Utc>>,
    lost: bool,
}

/// Wait for changes.
///
/// Answers at once when something is newer than `after`, else with an empty list when `wait` is over.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "changes", params(Which),
    responses(
        (status = 200, description = "Changes after that position", body = Polled),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent collects nothing", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not ready, or out of touch with the ledger", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn poll(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    AgentKeyId(key): AgentKeyId,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let scope = Scope::new(&app, agent, which.employees.as_deref()).await?;
    let wait = which.wait.unwrap_or_default();
    if wait > MAX_WAIT {
        let hint = "Wait for 0 to 30 seconds.";
        return Err(Problem::invalid(&[Invalid::new("wait", hint)]));
    }
    let feed = app.feed().clone();
    let (_, seq) = feed.subscribe().ok_or_else(Problem::not_ready)?;
    let Some(mut place) = feed.since(which.after) else {
        return answer(&app, seq, true, &[]);
    };
    let deadline = Instant::now() + Duration::from_secs(wait);
    let seat = app.heart().sit();
    // What owes no entry and stands at `after` itself may be known already: it is told again, but not at once.
    let up_to = feed.seq();
    let mut known = Gathered::default();
    gather(&app, &scope, &mut place, which.after, &mut known).await;
    let mut news = Gathered::default();
    gather(&app, &scope, &mut place, up_to, &mut news).await;
    let mut seq = up_to;
    let mut in_time = true;
    while news.is_empty() && in_time && !seat.is_over(&key) {
        let mut moved = pin!(feed.moved().notified());
        let mut turn = pin!(seat.turn().notified());
        moved.as_mut().enable();
        turn.as_mut().enable();
        seq = feed.seq();
        gather(&app, &scope, &mut place, seq, &mut news).await;
        if news.is_empty() {
            in_time = tokio::select! {
                () = moved => true,
                () = turn => true,
                () = sleep_until(deadline) => false,
            };
        }
    }
    if news.frames.len() == MAX_CHANGES {
        seq = news.last;
    }
    let recent = |at: DateTime<Utc>| app.now() - at < RESYNC_HOLDS;
    if known.lost || news.lost || news.resync.is_some() || known.resync.is_some_and(recent) {
        return answer(&app, feed.seq(), true, &[]);
    }
    let mut frames = known.frames;
    frames.extend(news.frames);
    answer(&app, seq, false, &frames)
}

impl Gathered {
    const fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.resync.is_none() && !self.lost
    }
}

/// Everything at a place that concerns the agent, up to a position.
async fn gather(app: &App, scope: &Scope, place: &mut Place, up_to: u64, into: &mut Gathered) {
    while into.frames.len() < MAX_CHANGES {
        match app.feed().next(place, up_to) {
            Found::Change(published) if scope.concerns(&published.change) => {
                into.last = published.change.seq;
                if published.change.what == What::Resync {
                    into.resync = Some(published.change.at);
                } else {
                    into.frames.push(frame(app, scope, &published).await);
                }
            }
            Found::Change(_) => {}
            Found::Nothing => return,
            Found::Lost => {
                into.lost = true;
                return;
            }
        }
    }
}

/// Nothing may be relied on that a server says which has lost touch with the ledger: then there is no answer.
fn answer(app: &App, seq: u64, resync: bool, frames: &[Bytes]) -> Result<Response, Problem> {
    let now = app.now();
    app.feed().fresh(now).ok_or_else(Problem::not_ready)?;
    let time = serde_json::to_string(&now).unwrap_or_default();
    let lease_ms = app.settings().holds.lease_ms;
    let mut body = format!(
        r#"{{"seq":{seq},"time":{time},"lease_ms":{lease_ms},"resync":{resync},"changes":["#
    )
    .into_bytes();
    for (index, frame) in frames.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(json(frame));
    }
    body.extend_from_slice(b"]}");
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
