//! A server of the change feed that says what a test wants it to, and a client that follows it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use sayso::app::clock::{Clock as _, SystemClock};
use sayso::client::address::Transport;
use sayso::client::moment::{Clock, Moment};
use sayso::client::watch::stop::{Scope, Stop};
use sayso::client::watch::{Settings, Watch};
use sayso::client::{Client, Timeouts};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio::time::Instant;

use crate::gate_mock::key;

/// The server. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    pub url: String,
    script: Arc<Mutex<Script>>,
    lines: broadcast::Sender<String>,
}

/// What it says.
pub struct Script {
    pub seq: u64,
    pub permits: Vec<Value>,
    /// Changes for the long poll.
    pub changes: Vec<Value>,
    pub heartbeats: bool,
    pub stream: StatusCode,
    pub others: StatusCode,
    pub stream_type: &'static str,
    pub snapshots: usize,
    pub streams: Vec<Option<String>>,
    pub polls: usize,
    pub acks: Vec<u64>,
    pub queries: Vec<String>,
}

/// What a collector writes down: purges and confirmations in their order.
pub type Log = Arc<Mutex<Vec<String>>>;

/// One choice that permits.
pub fn permit(employee: &str) -> Value {
    json!({"employee": employee, "program": "mci", "category": "keystrokes", "since": "2026-11-20T08:00:00Z", "until": null, "conditions": []})
}

impl Server {
    /// At position 10, with E1 and E2 permitted, and a lease of two seconds.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let script = Script {
            seq: 10,
            permits: vec![permit("E1"), permit("E2")],
            changes: Vec::new(),
            heartbeats: true,
            stream: StatusCode::OK,
            others: StatusCode::OK,
            stream_type: "text/event-stream",
            snapshots: 0,
            streams: Vec::new(),
            polls: 0,
            acks: Vec::new(),
            queries: Vec::new(),
        };
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script)),
            lines: broadcast::channel(100).0,
        };
        let router = Router::new()
            .route("/api/v1/snapshot", get(snapshot))
            .route("/api/v1/stream", get(stream))
            .route("/api/v1/changes", get(changes))
            .route("/api/v1/acks", post(acks))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let beating = server.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(200)).await;
                let seq = beating.look(|script| script.heartbeats.then_some(script.seq));
                if let Some(seq) = seq {
                    beating.beat(seq);
                }
            }
        });
        server
    }

    /// Looks at the script, or changes it.
    pub fn look<T>(&self, look: impl FnOnce(&mut Script) -> T) -> T {
        look(&mut self.script.lock().unwrap())
    }

    /// Sends a heartbeat of that position.
    pub fn beat(&self, seq: u64) {
        self.say(&json!({"type": "heartbeat", "seq": seq, "time": server_now(), "lease_ms": 2000}));
    }

    /// Says something on every open stream.
    pub fn say(&self, event: &Value) {
        let (seq, kind) = (
            event["seq"].as_u64().unwrap(),
            event["type"].as_str().unwrap(),
        );
        self.say_raw(&format!("id: {seq}\nevent: {kind}\ndata: {event}\n\n"));
    }

    /// Writes on every open stream.
    pub fn say_raw(&self, text: &str) {
        let _ = self.lines.send(text.to_owned());
    }

    /// Withdraws E1's choice, at the next position.
    pub fn withdraw(&self) -> Value {
        let event = self.look(|script| {
            script.seq += 1;
            script.permits.retain(|permit| permit["employee"] != "E1");
            let event = json!({"type": "choice.changed", "seq": script.seq, "at": "2026-11-23T08:00:00Z", "employee": "E1",
                "program": "mci", "category": "keystrokes", "permit": null, "reason": "withdrawn"});
            script.changes.push(event.clone());
            event
        });
        self.say(&event);
        event
    }

    /// Follows it.
    pub fn follow(&self, settings: Settings) -> (Watch, Log) {
        let log = Log::default();
        let purged = log.clone();
        let server = self.clone();
        let purge = move |stop: Stop| {
            let what = match stop.scope {
                Scope::Everything => "everything".into(),
                Scope::Program(program) => program.to_string(),
                Scope::Choice { employee, .. } => employee.to_string(),
            };
            let acks = server.look(|script| script.acks.last().copied());
            purged
                .lock()
                .unwrap()
                .push(format!("{what} {} {acks:?}", stop.reason));
            std::future::ready(())
        };
        let watch = self.client().watch(settings, random(), purge).unwrap();
        (watch, log)
    }

    fn client(&self) -> Client {
        let timeouts = Timeouts::default();
        Client::new(&self.url, &key(), timeouts, Transport::Protected, clock()).unwrap()
    }
}

/// The machine's clocks.
pub fn clock() -> Clock {
    Arc::new(|| Moment::at(server_now()))
}

fn server_now() -> chrono::DateTime<chrono::Utc> {
    SystemClock::real().now()
}

/// Never the same.
pub fn random() -> sayso::client::pace::Random {
    Arc::new(rand::random::<[u8; 16]>)
}

/// Waits until something is so. Says how long it took.
pub async fn until(what: impl Fn() -> bool) -> Duration {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never is so");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    start.elapsed()
}

async fn snapshot(State(server): State<Server>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let after: usize = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("after=page"))
        .map_or(0, |page| page.parse().unwrap());
    server.look(|script| {
        script.snapshots += 1;
        script.queries.push(query.clone());
        // One permit in each page.
        let next = (after + 1 < script.permits.len()).then(|| format!("page{}", after + 1));
        let permits: Vec<_> = script.permits.iter().skip(after).take(1).collect();
        let page = json!({"seq": script.seq, "lease_ms": 2000, "permits": permits, "next": next, "programs": [
            {"id": "mci", "status": "active", "since": "2026-11-01T08:00:00Z", "categories": ["keystrokes"], "apps": []},
        ]});
        (script.others, Json(page)).into_response()
    })
}

async fn stream(State(server): State<Server>, headers: HeaderMap) -> Response {
    let last = headers
        .get("last-event-id")
        .map(|id| id.to_str().unwrap().to_owned());
    let (status, kind) = server.look(|script| {
        script.streams.push(last);
        (script.stream, script.stream_type)
    });
    let mut lines = server.lines.subscribe();
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, Infallible>>(100);
    tokio::spawn(async move {
        while let Ok(line) = lines.recv().await {
            let end = line == "end";
            if end || sender.send(Ok(line.into())).await.is_err() {
                return;
            }
        }
    });
    let body = futures::stream::poll_fn(move |context| receiver.poll_recv(context));
    (status, [("content-type", kind)], Body::from_stream(body)).into_response()
}

async fn changes(State(server): State<Server>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap();
    let after: u64 = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("after="))
        .unwrap()
        .parse()
        .unwrap();
    if query.contains("wait=1") {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    server.look(|script| {
        script.polls += 1;
        let newer: Vec<_> = script.changes.iter().filter(|change| change["seq"].as_u64() > Some(after)).collect();
        let body = json!({"seq": script.seq, "time": server_now(), "lease_ms": 2000, "resync": false, "changes": newer});
        (script.others, Json(body)).into_response()
    })
}

async fn acks(State(server): State<Server>, Json(body): Json<Value>) -> Response {
    assert_eq!(body["state"], "stopped");
    let seq = body["seq"].as_u64().unwrap();
    server.look(|script| {
        if script.others.is_success() {
            script.acks.push(seq);
        }
        (script.others, Json(json!({"seq": seq, "at": server_now()}))).into_response()
    })
}
