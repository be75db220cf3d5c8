//! `GET /api/v1/stream`: changes as they happen (server-sent events), and a heartbeat every second.
//!
//! Made for many that are idle: an event is written once and shared, nothing is allocated for a heartbeat, and a reader
//! that does not read holds nothing but its place.

use std::pin::pin;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::{AgentAuth, AgentKeyId};
use super::event::Event;
use super::problem::Problem;
use super::scope::{Asked, Scope};
use crate::app::App;
use crate::app::feed::{Found, Place, Published};
use crate::app::heart::{Beat, Seat};
use crate::app::snapshot::{self, Rules};
use crate::domain::change::What;

/// Which changes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only these people: at most 100 ids with commas between them.
    employees: Option<String>,
}

/// Follow the changes.
///
/// The first event says where to begin: `snapshot`, or `resync` when `Last-Event-ID` is too old or not known here. With a
/// `Last-Event-ID` that is known, what was missed comes first. Each event has its position as `id`.
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    get, path = "/api/v1/stream", tag = "changes",
    params(Which, ("Last-Event-ID" = Option<String>, Header, description = "Position of the last event that was seen")),
    responses(
        (status = 200, description = "Events, one JSON object each", body = Event, content_type = "text/event-stream"),
        (status = 400, description = "Malformed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent collects nothing", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not ready yet", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn open(
    State(app): State<App>,
    AgentAuth(agent): AgentAuth,
    AgentKeyId(key): AgentKeyId,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // First the place, then whom it is about: what changes in between is heard of.
    let (end, seq) = app.feed().subscribe().ok_or_else(Problem::not_ready)?;
    let scope = Scope::new(&app, agent, which.employees.as_deref()).await?;
    let (place, first) = match headers.get("last-event-id") {
        None => (end, Some(Event::Snapshot { seq })),
        Some(last) => match resumed(&app, last) {
            Some(place) => (place, None),
            None => (end, Some(Event::Resync { seq })),
        },
    };
    let seat = app.heart().sit();
    let live = Live {
        sent: first.as_ref().map_or(0, |_| seq),
        beaten: seat.beat().map_or(0, |beat| beat.number),
        first: first.map(|event| event.frame()),
        over: false,
        app,
        scope,
        key,
        place,
        seat,
    };
    let frames = futures::stream::unfold(live, |mut live| async move {
        let frame = live.next().await?;
        Some((Ok::<_, std::convert::Infallible>(frame), live))
    });
    let event_stream = HeaderValue::from_static("text/event-stream");
    let unbuffered = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    let headers = [(header::CONTENT_TYPE, event_stream), unbuffered];
    Ok((headers, Body::from_stream(frames)).into_response())
}

fn resumed(app: &App, last: &HeaderValue) -> Option<Place> {
    let seq = last.to_str().ok()?.parse().ok()?;
    app.feed().since(seq)
}

/// One open stream.
struct Live {
    app: App,
    scope: Scope,
    key: String,
    seat: Seat,
    place: Place,
    first: Option<Bytes>,
    over: bool,
    /// Position of the last event.
    sent: u64,
    /// Number of the last heartbeat.
    beaten: u64,
}

impl Live {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let (feed, seat) = (self.app.feed().clone(), self.seat.clone());
        loop {
            let mut moved = pin!(feed.moved().notified());
            let mut turn = pin!(seat.turn().notified());
            moved.as_mut().enable();
            turn.as_mut().enable();
            if self.over || seat.is_over(&self.key) {
                return None;
            }
            // A heartbeat says that everything before its position was sent: so first that, then it, then the rest.
            let beat = seat.beat().filter(|beat| beat.number > self.beaten);
            let up_to = beat.as_ref().map_or(u64::MAX, |beat| beat.seq);
            if let Some(frame) = self.change(up_to).await {
                return Some(frame);
            }
            if self.over {
                return None;
            }
            if let Some(beat) = beat {
                return Some(self.heartbeat(&beat));
            }
            tokio::select! {
                () = moved => {}
                () = turn => {}
            }
        }
    }

    /// The next change that concerns the agent, up to a position.
    async fn change(&mut self, up_to: u64) -> Option<Bytes> {
        loop {
            match self.app.feed().next(&mut self.place, up_to) {
                Found::Change(published) if self.scope.concerns(&published.change) => {
                    self.sent = published.change.seq;
                    let resync = published.change.what == What::Resync;
                    if resync && self.scope.refresh(&self.app).await.is_err() {
                        // Whoever cannot be told apart is not told about: the stream ends, and the agent asks anew.
                        self.over = true;
                        return None;
                    }
                    return Some(frame(&self.app, &self.scope, &published).await);
                }
                Found::Change(_) => {}
                Found::Nothing => return None,
                Found::Lost => {
                    if self.scope.refresh(&self.app).await.is_err() {
                        self.over = true;
                        return None;
                    }
                    let seq = self.app.feed().seq();
                    self.sent = seq;
                    return Some(Event::Resync { seq }.frame());
                }
            }
        }
    }

    fn heartbeat(&mut self, beat: &Beat) -> Bytes {
        self.beaten = beat.number;
        let lease_ms = self.app.settings().holds.lease_ms;
        let event = |seq| Event::Heartbeat {
            seq,
            time: beat.at,
            lease_ms,
        };
        if beat.seq < self.sent {
            // What was sent overtook the beat while it was being made: positions never go back.
            return event(self.sent).frame();
        }
        self.sent = beat.seq;
        beat.wire(|beat| event(beat.seq).frame())
    }
}

/// A change as this agent gets it; written once where it is the same for all.
pub async fn frame(app: &App, scope: &Scope, published: &Published) -> Bytes {
    let change = &published.change;
    let plain = scope.is_plain(change);
    if let Some(written) = published.written().filter(|_| plain) {
        return written;
    }
    let rules = match &change.what {
        What::Declared { program } => {
            let rules = snapshot::rules(app, &scope.agent).await;
            let own = |rules: &Rules| rules.program == *program;
            // Without them the agent is told to start over, which is as good.
            rules.ok().and_then(|rules| rules.into_iter().find(own))
        }
        _ => None,
    };
    let write = |scope: &Scope| Event::of(change, scope, rules).frame();
    if plain {
        published.wire(|_| write(scope))
    } else {
        write(scope)
    }
}
