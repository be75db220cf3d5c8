//! A server that answers as a test wants it to, and the gate's real binary to ask it.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use sayso::domain::agent::AgentKey;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Since when the mock's consents have held.
pub const SINCE: &str = "2026-01-01T00:00:00Z";

/// The mock server. Cheap to clone.
#[derive(Clone)]
pub struct Mock {
    pub url: String,
    state: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    permitted: BTreeSet<String>,
    since: Option<String>,
    asking_fails: bool,
    reporting_fails: bool,
    questions: Vec<usize>,
    records: Vec<Vec<Value>>,
}

impl Mock {
    /// On a free port, permitting nothing.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mock = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            state: Arc::default(),
        };
        let router = Router::new()
            .route("/access/v1/evaluation", post(one))
            .route("/access/v1/evaluations", post(many))
            .route("/api/v1/records", post(records))
            .with_state(mock.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        mock
    }

    /// Permits `employee/category` from now on.
    pub fn permit(&self, key: &str) {
        self.state.lock().unwrap().permitted.insert(key.into());
    }

    /// Permits it no longer.
    pub fn withdraw(&self, key: &str) {
        self.state.lock().unwrap().permitted.remove(key);
    }

    /// Since when consents hold.
    pub fn since(&self, since: &str) {
        self.state.lock().unwrap().since = Some(since.into());
    }

    /// Whether questions are answered with 500.
    pub fn fail_asking(&self, fails: bool) {
        self.state.lock().unwrap().asking_fails = fails;
    }

    /// Whether reports are answered with 500, after they were received.
    pub fn fail_reporting(&self, fails: bool) {
        self.state.lock().unwrap().reporting_fails = fails;
    }

    /// How many questions each call asked.
    pub fn questions(&self) -> Vec<usize> {
        self.state.lock().unwrap().questions.clone()
    }

    /// The records of each report, failed ones included.
    pub fn reports(&self) -> Vec<Vec<Value>> {
        self.state.lock().unwrap().records.clone()
    }
}

impl Script {
    fn decide(&self, item: &Value) -> Value {
        let text = |pointer: &str| {
            item.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        assert_eq!(text("/subject/type"), "employee");
        assert_eq!(text("/action/name"), "collect");
        assert_eq!(text("/action/properties/program"), "mci");
        assert_eq!(text("/resource/type"), "data_category");
        let key = format!("{}/{}", text("/subject/id"), text("/resource/id"));
        let since = self.since.as_deref().unwrap_or(SINCE);
        if self.permitted.contains(&key) {
            json!({"decision": true, "context": {"reason": "consent_given", "seq": 1, "lease_ms": 5000, "since": since}})
        } else {
            json!({"decision": false, "context": {"reason": "withdrawn", "seq": 1, "lease_ms": 5000, "since": since}})
        }
    }
}

async fn one(State(mock): State<Mock>, body: Bytes) -> Response {
    let mut script = mock.state.lock().unwrap();
    script.questions.push(1);
    if script.asking_fails {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    axum::Json(script.decide(&serde_json::from_slice(&body).unwrap())).into_response()
}

async fn many(State(mock): State<Mock>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let items = body["evaluations"].as_array().unwrap();
    let mut script = mock.state.lock().unwrap();
    script.questions.push(items.len());
    if script.asking_fails {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let decisions: Vec<_> = items.iter().map(|item| script.decide(item)).collect();
    axum::Json(json!({ "evaluations": decisions })).into_response()
}

async fn records(State(mock): State<Mock>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let records = body["records"].as_array().unwrap();
    let mut script = mock.state.lock().unwrap();
    script.records.push(records.clone());
    if script.reporting_fails {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let result = |(index, record): (usize, &Value)| json!({"index": index, "id": record["id"], "result": "accepted"});
    let results: Vec<_> = records.iter().enumerate().map(result).collect();
    axum::Json(json!({ "results": results })).into_response()
}

/// A well-formed key.
pub fn key() -> AgentKey {
    AgentKey::from_random([1; 6], [2; 24])
}

/// The gate's binary with server and key.
pub fn gate(command: &str, url: &str) -> Command {
    let mut gate = Command::new(env!("CARGO_BIN_EXE_sayso-gate"));
    gate.arg(command)
        .args(["--server", url])
        .env("SAYSO_AGENT_KEY", key().expose())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    gate
}

/// A running `filter` for employee E1, programme mci, category keystrokes.
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<Lines<BufReader<ChildStdout>>>,
}

/// How a `filter` ended.
pub struct Ended {
    pub code: Option<i32>,
    /// Lines that came out since the last [`Running::line`].
    pub rest: Vec<String>,
    pub messages: String,
    pub counts: Value,
}

/// Starts `filter` with a well-formed key.
pub fn filter(url: &str, arguments: &[&str]) -> Running {
    filter_with(url, &key().expose(), arguments)
}

/// Starts `filter` with this key.
pub fn filter_with(url: &str, key: &str, arguments: &[&str]) -> Running {
    let fixed = [
        "--employee",
        "E1",
        "--program",
        "mci",
        "--category",
        "keystrokes",
        "--dataset",
        "mci-all",
        "--json",
    ];
    let mut child = gate("filter", url)
        .env("SAYSO_AGENT_KEY", key)
        .args(fixed)
        .args(arguments)
        .spawn()
        .unwrap();
    let output = child
        .stdout
        .take()
        .map(|output| BufReader::new(output).lines());
    Running {
        input: child.stdin.take(),
        output,
        child,
    }
}

impl Running {
    /// Writes to its standard input.
    pub async fn write(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).await.unwrap();
        input.flush().await.unwrap();
    }

    /// Waits for the next line of its standard output.
    pub async fn line(&mut self) -> String {
        self.output
            .as_mut()
            .unwrap()
            .next_line()
            .await
            .unwrap()
            .unwrap()
    }

    /// Closes its standard output.
    pub fn close_output(&mut self) {
        self.output = None;
    }

    /// Sends it a signal.
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status().await;
        assert!(status.unwrap().success());
    }

    /// Closes its standard input and waits for its end.
    pub async fn end(mut self) -> Ended {
        self.input = None;
        self.ended().await
    }

    /// Waits for its end with its standard input still open.
    pub async fn ended(mut self) -> Ended {
        let mut rest = Vec::new();
        if let Some(output) = &mut self.output {
            while let Some(line) = output.next_line().await.unwrap() {
                rest.push(line);
            }
        }
        let mut messages = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut messages)
            .await
            .unwrap();
        let code = self.child.wait().await.unwrap().code();
        let last = messages.lines().last().unwrap_or_default();
        let counts = serde_json::from_str(last).unwrap_or_else(|_| panic!("{messages}"));
        Ended {
            code,
            rest,
            messages,
            counts,
        }
    }
}
