//! Collectors that do it wrong, each in one way: what `sayso-gate conformance` must catch. Not an example to follow.
//!
//! A new mistake is a value of [`Mistake`], and a line in `tests/it/conformance.rs` that says which cases catch it.
//! The asking ones are here and in `call.rs`; those that listen in `listen.rs`.

mod call;
mod listen;

use std::io::{BufRead as _, Write as _};
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use serde_json::{Value, json};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mistake {
    /// Nothing: it asks about each event anew and takes only a clean yes.
    None,
    /// Goes on with the last answer while there is no new one, as feature-flag libraries do.
    KeepsLastAnswer,
    /// Looks for a yes in the text of the answer, whatever its status, type and shape.
    LooksForTrue,
    /// Captures until somebody says no.
    StartsWithYes,
    /// Asks once.
    AsksOnce,
    /// Asks wherever it is sent.
    FollowsRedirects,
    /// Stops in time, but reports that it went on.
    ReportsLater,
    /// Listens to the stream, and goes on until it hears a no.
    WaitsForNo,
    /// Listens to the stream, and believes each heartbeat, its time included.
    BelievesHeartbeats,
}

/// Its arguments.
#[derive(Debug, Clone, Parser)]
pub struct Args {
    #[arg(long)]
    mistake: Mistake,
    #[arg(long, env = "SAYSO_SERVER")]
    server: String,
    #[arg(long, env = "SAYSO_AGENT_KEY", hide_env_values = true)]
    key: String,
}

fn main() {
    let args = Args::parse();
    match args.mistake {
        Mistake::WaitsForNo | Mistake::BelievesHeartbeats => listen::run(&args),
        _ => ask_and_pass(&args),
    }
}

fn ask_and_pass(args: &Args) {
    let mut yes = args.mistake == Mistake::StartsWithYes;
    let mut captured = 0_u64;
    let mut asked: Option<Instant> = None;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let again = asked.is_none_or(|asked| asked.elapsed() > Duration::from_millis(100));
        if again && !(args.mistake == Mistake::AsksOnce && yes) {
            yes = match ask(args, &line) {
                Some(answer) => answer,
                // No answer that it understands.
                None => match args.mistake {
                    Mistake::KeepsLastAnswer | Mistake::StartsWithYes => yes,
                    _ => false,
                },
            };
            asked = Some(Instant::now());
        }
        if yes {
            captured += 1;
            let _ = writeln!(std::io::stdout(), "{line}");
        }
        if captured > 0 && args.mistake == Mistake::ReportsLater {
            report(args, &line);
        }
    }
}

/// Yes, no, or no answer.
pub fn ask(args: &Args, line: &str) -> Option<bool> {
    let event: Value = serde_json::from_str(line).ok()?;
    let question = json!({
        "subject": { "type": "employee", "id": event["employee"] },
        "action": { "name": "collect", "properties": { "program": event["program"] } },
        "resource": { "type": "data_category", "id": event["category"] },
    });
    let mut answer = call::post(args, "/access/v1/evaluation", &question)?;
    if args.mistake == Mistake::FollowsRedirects {
        let mut lines = answer.lines();
        let target = lines.find_map(|line| line.strip_prefix("Location: "));
        if let Some(target) = target.map(str::to_owned) {
            answer = call::post(args, target.trim_end_matches('?'), &question)?;
        }
    }
    let (head, body) = answer.split_once("\r\n\r\n")?;
    if args.mistake == Mistake::LooksForTrue {
        return Some(body.contains("true") || body.contains("\"decision\":1"));
    }
    let clean = head.starts_with("HTTP/1.1 200") && head.contains("Content-Type: application/json");
    // A name that stands twice has its last value here; a clean collector refuses it.
    let once = body.matches("\"decision\"").count() == 1;
    let body: Value = serde_json::from_str(body).ok().filter(|_| clean && once)?;
    let plain = body["context"]["obligations"].is_null();
    body["decision"].as_bool().map(|yes| yes && plain)
}

fn report(args: &Args, line: &str) {
    let Ok(event) = serde_json::from_str::<Value>(line) else {
        return;
    };
    let record = json!({ "employee": event["employee"], "from": event["at"], "to": event["at"] });
    let _ = call::post(args, "/api/v1/records", &json!({ "records": [record] }));
}
