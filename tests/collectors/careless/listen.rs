//! Collectors that listen to the stream and trust it too far.

use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use chrono::DateTime;
use serde_json::Value;

use super::{Args, Mistake, ask, call};

/// Until when it captures, in milliseconds of its own clock.
type Until = Arc<AtomicI64>;

/// Asks once, and then goes by what it hears.
pub fn run(args: &Args) {
    let until = Until::default();
    let listening = OnceLock::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Some(now) = time(&line, "at") else {
            continue;
        };
        if listening.get().is_none() && ask(args, &line) == Some(true) {
            until.store(first(args, now), Ordering::Relaxed);
            let (args, until) = (args.clone(), until.clone());
            listening.get_or_init(|| std::thread::spawn(move || listen(&args, &until)));
        }
        if now < until.load(Ordering::Relaxed) {
            let _ = writeln!(std::io::stdout(), "{line}");
        }
    }
}

fn first(args: &Args, now: i64) -> i64 {
    if args.mistake == Mistake::WaitsForNo {
        i64::MAX
    } else {
        now + 1000
    }
}

fn listen(args: &Args, until: &Until) {
    loop {
        // Whether the stream ends or breaks, it opens another one.
        let Some(socket) = call::open(args, "GET", "/api/v1/stream", "Connection: close\r\n\r\n")
        else {
            std::thread::yield_now();
            continue;
        };
        let _ = socket.set_read_timeout(None);
        let lines = BufReader::new(socket).lines().map_while(Result::ok);
        for line in lines {
            if let Some(data) = line.strip_prefix("data: ") {
                hear(args, data, until);
            }
        }
    }
}

fn hear(args: &Args, data: &str, until: &Until) {
    let Ok(event) = serde_json::from_str::<Value>(data) else {
        return;
    };
    let kind = event["type"].as_str().unwrap_or_default();
    let stopped = until.load(Ordering::Relaxed) == 0;
    let no = event["permit"].is_null() || event["permit"]["conditions"] != serde_json::json!([]);
    match kind {
        "choice.changed" if no => until.store(0, Ordering::Relaxed),
        "program.paused" | "program.ended" | "notice.changed" => until.store(0, Ordering::Relaxed),
        "heartbeat" if args.mistake == Mistake::BelievesHeartbeats && !stopped => {
            if let (Some(time), Some(lease)) = (time(data, "time"), event["lease_ms"].as_i64()) {
                until.store(time + lease, Ordering::Relaxed);
            }
        }
        _ => {}
    }
}

fn time(text: &str, name: &str) -> Option<i64> {
    let object: Value = serde_json::from_str(text).ok()?;
    let at = DateTime::parse_from_rfc3339(object[name].as_str()?).ok()?;
    Some(at.timestamp_millis())
}
