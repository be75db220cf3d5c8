//! The mock server: takes connections, and does to each call what the case wants done to it.

use std::io::Result;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Duration, Instant, timeout_at};

use super::answer::answer;
use super::case::{Corruption, Trouble};
use super::corrupt::corrupt;
use super::reply::Reply;
use super::request::{self, Request};
use super::scene::Scene;
use super::stage::Stage;
use super::stream;

/// Where redirects lead: the same calls, and a yes to each.
const ELSEWHERE: &str = "/elsewhere";
/// Longest wait of a long poll.
const LONGEST_WAIT: u64 = 30;

/// A running server; ends when it is dropped.
pub struct Server {
    /// Its address.
    pub url: String,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What becomes of one call.
enum Outcome {
    Reply(Reply),
    /// A stream; `true` where the redirect leads.
    Stream(bool),
    /// No answer while the case lasts.
    Silence,
}

impl Server {
    /// Starts one on a free port of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(scene: Arc<Scene>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(listen(listener, scene));
        Ok(Self { url, task })
    }
}

/// Serves until the case has nobody listen any more; then every connection is cut.
async fn listen(listener: TcpListener, scene: Arc<Scene>) {
    let mut connections = JoinSet::new();
    let mut changed = scene.changes();
    loop {
        if scene.fault() == Some(Trouble::Refused) {
            return;
        }
        tokio::select! {
            accepted = listener.accept() => if let Ok((socket, _)) = accepted {
                let scene = scene.clone();
                connections.spawn(async move {
                    // A connection that breaks is the other side's business.
                    let _ = serve(socket, &scene).await;
                });
            },
            _ = changed.changed() => {}
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(socket: TcpStream, scene: &Scene) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut socket = BufReader::new(socket);
    while let Some(mut request) = request::read(&mut socket).await? {
        note(scene, &request);
        if request.path == "/api/v1/changes" {
            wait_for_news(scene, &request).await;
        }
        match outcome(scene, &mut request) {
            Outcome::Reply(reply) => {
                reply.write(&mut socket).await?;
                let close = request.header("connection");
                if close.is_some_and(|value| value.eq_ignore_ascii_case("close")) {
                    return Ok(());
                }
            }
            Outcome::Stream(elsewhere) => {
                return stream::run(&mut socket, scene, &request, elsewhere).await;
            }
            Outcome::Silence => {
                let mut changed = scene.changes();
                let over = |stage: &Stage| matches!(stage, Stage::Calm | Stage::Healed);
                let _ = changed.wait_for(over).await;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// What the collector tells counts, whatever it is answered.
fn note(scene: &Scene, request: &Request) {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return;
    };
    let path = request.path.strip_prefix(ELSEWHERE);
    match path.unwrap_or(&request.path) {
        "/api/v1/records" => {
            if let Some(records) = body["records"].as_array() {
                scene.report(records);
            }
        }
        "/api/v1/acks" => {
            if let Some(seq) = body["seq"].as_u64() {
                scene.confirm(seq);
            }
        }
        _ => {}
    }
}

/// A long poll waits for a change, or for what goes wrong.
async fn wait_for_news(scene: &Scene, request: &Request) {
    let number = |name| request.parameter(name).and_then(|text| text.parse().ok());
    let after: u64 = number("after").unwrap_or_default();
    let wait = number("wait").unwrap_or_default().min(LONGEST_WAIT);
    let until = Instant::now() + Duration::from_secs(wait);
    let mut changed = scene.changes();
    while scene.fault().is_none() && scene.after(after).is_empty() {
        if timeout_at(until, changed.changed()).await.is_err() {
            return;
        }
    }
}

fn outcome(scene: &Scene, request: &mut Request) -> Outcome {
    if let Some(path) = request.path.strip_prefix(ELSEWHERE) {
        request.path = path.to_owned();
        return well(scene, request, true);
    }
    let bearer = format!("Bearer {}", scene.key);
    let fault = scene.fault();
    if fault == Some(Trouble::Rotated) || request.header("authorization") != Some(&bearer) {
        let problem = Reply::problem(401, "The key is not valid.");
        return Outcome::Reply(problem.with("WWW-Authenticate", "Bearer"));
    }
    let Some(fault) = fault else {
        return well(scene, request, false);
    };
    let streams = request.path == "/api/v1/stream";
    let polls = request.path == "/api/v1/changes";
    match fault {
        Trouble::Status(status) => Outcome::Reply(Reply {
            status,
            ..answer(scene, request, true)
        }),
        Trouble::Silence | Trouble::ClockJump | Trouble::Refused => Outcome::Silence,
        Trouble::SlowBody => Outcome::Reply(slow(scene, request)),
        Trouble::Corrupt(Corruption::ContentType) if streams => {
            Outcome::Reply(corrupt(opening(scene, request), Corruption::ContentType))
        }
        Trouble::Corrupt(how) => match well(scene, request, true) {
            Outcome::Reply(reply) => Outcome::Reply(corrupt(reply, how)),
            other => other,
        },
        Trouble::Html => Outcome::Reply(Reply::page()),
        Trouble::Redirect => {
            let target = format!("{ELSEWHERE}{}?{}", request.path, request.query);
            let reply = Reply::problem(307, "Elsewhere.");
            Outcome::Reply(reply.with("Location", target))
        }
        Trouble::StalledStream if polls => Outcome::Silence,
        Trouble::Resync if polls => {
            let mut reply = answer(scene, request, true);
            reply.body = reply.body.replace("\"resync\":false", "\"resync\":true");
            Outcome::Reply(reply)
        }
        Trouble::Resync if !streams => {
            Outcome::Reply(Reply::problem(500, "The snapshot cannot be made."))
        }
        Trouble::BeforeYes
        | Trouble::BeforeAnswer
        | Trouble::Withdrawal
        | Trouble::Pause
        | Trouble::End
        | Trouble::Notice
        | Trouble::Obligations
        | Trouble::StalledStream
        | Trouble::HeartbeatBack
        | Trouble::Resync
        | Trouble::Rotated => well(scene, request, false),
    }
}

/// What a server does that is well.
fn well(scene: &Scene, request: &Request, outdated: bool) -> Outcome {
    match (request.method.as_str(), request.path.as_str()) {
        // Where a redirect leads, or an answer is spoilt, the stream itself is sound.
        ("GET", "/api/v1/stream") => {
            Outcome::Stream(outdated && scene.trouble == Trouble::Redirect)
        }
        _ => Outcome::Reply(answer(scene, request, outdated)),
    }
}

/// A stream's first event, as an answer of its own.
fn opening(scene: &Scene, request: &Request) -> Reply {
    let (seq, data) = stream::first(scene, request).unwrap_or_default();
    Reply {
        content_type: "text/event-stream",
        body: stream::event(seq, &data),
        ..Reply::json(&Value::Null)
    }
}

fn slow(scene: &Scene, request: &Request) -> Reply {
    let reply = if request.path == "/api/v1/stream" {
        opening(scene, request)
    } else {
        answer(scene, request, true)
    };
    Reply {
        takes: Some(scene.slow),
        ..reply
    }
}
