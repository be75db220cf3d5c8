//! A collector without the client library: it asks the sidecar's Unix socket about each event, in plain HTTP.
//!
//! ```text
//! sayso-gate sidecar --socket /run/user/1000/sayso.sock &
//! sidecar_collector --socket /run/user/1000/sayso.sock
//! ```
//!
//! Events come on standard input, and those that may be kept go to standard output. The sidecar answers from memory, so
//! asking anew costs less than keeping an answer would: a kept one has a lease to watch. Anything but status 200, JSON and
//! a literal `true` is a no. Any language that can open a socket can do what this file does.

use std::error::Error;
use std::io::{BufRead as _, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Parser;
use sayso::domain::strict::{self, Object};
use serde::Deserialize;
use serde_json::{Value, json};

/// Longest wait for an answer, and longest answer.
const PATIENCE: Duration = Duration::from_millis(500);
const MAX_ANSWER: u64 = 64 * 1024;

#[derive(Parser)]
struct Args {
    /// The sidecar's socket
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
}

#[derive(Deserialize)]
struct Answer {
    decision: bool,
    context: Option<Object<Context>>,
}

#[derive(Deserialize)]
struct Context {
    since: Option<DateTime<Utc>>,
    obligations: Option<Value>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        // Whatever goes wrong is a no.
        if may_keep(&args.socket, &line).unwrap_or(false) {
            writeln!(std::io::stdout(), "{line}")?;
        }
    }
    Ok(())
}

fn may_keep(socket: &Path, line: &str) -> Result<bool, Box<dyn Error>> {
    let event: Value = serde_json::from_str(line)?;
    let at: DateTime<Utc> = event["at"].as_str().ok_or("no time")?.parse()?;
    let question = json!({
        "subject": { "type": "employee", "id": event["employee"] },
        "action": { "name": "collect", "properties": { "program": event["program"] } },
        "resource": { "type": "data_category", "id": event["category"], "properties": { "app": event["app"] } },
    });
    let answer = ask(socket, &question.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let head = head.to_ascii_lowercase();
    if !head.starts_with("http/1.1 200 ") || !head.contains("content-type: application/json") {
        return Ok(false);
    }
    // Refuses names that stand twice, and `"true"` and 1 for true.
    let Answer { decision, context } = strict::from_slice(body.as_bytes())?;
    let Object(context) = context.ok_or("no context")?;
    let since = context.since.ok_or("a yes without saying since when")?;
    Ok(decision && context.obligations.is_none() && since <= at)
}

fn ask(socket: &Path, body: &str) -> std::io::Result<String> {
    let mut socket = UnixStream::connect(socket)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let request = format!(
        "POST /access/v1/evaluation HTTP/1.1\r\nHost: sidecar\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes())?;
    let mut answer = String::new();
    socket.take(MAX_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}
