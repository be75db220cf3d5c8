//! The mock's `GET /api/v1/stream`: server-sent events, for as long as the case lets them flow.

use std::io::Result;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::interval;

use super::answer::millis;
use super::case::Trouble;
use super::request::Request;
use super::scene::Scene;
use super::stage::Stage;

/// Heartbeats in one lease: with the default of five seconds, one each second.
const BEATS: u32 = 5;

/// What an open stream does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Changes and heartbeats.
    Live,
    /// Heartbeats, and no word of what has changed.
    Beating,
    /// Not a byte.
    Quiet,
    /// It ends.
    Over,
}

fn flow(scene: &Scene, elsewhere: bool) -> Flow {
    if elsewhere {
        return Flow::Beating;
    }
    match scene.fault() {
        Some(Trouble::Silence | Trouble::StalledStream | Trouble::ClockJump) => Flow::Quiet,
        // These two tell by the beat itself, and on what is opened after the stop.
        Some(Trouble::HeartbeatBack | Trouble::Resync | Trouble::Corrupt(_)) => Flow::Beating,
        Some(
            Trouble::Status(_)
            | Trouble::SlowBody
            | Trouble::Html
            | Trouble::Redirect
            | Trouble::Rotated
            | Trouble::Refused,
        ) => Flow::Over,
        Some(
            Trouble::BeforeYes
            | Trouble::BeforeAnswer
            | Trouble::Withdrawal
            | Trouble::Pause
            | Trouble::End
            | Trouble::Notice
            | Trouble::Obligations,
        )
        | None => Flow::Live,
    }
}

/// The first event of a stream that goes on after the position in `Last-Event-ID`, or cannot.
pub fn first(scene: &Scene, request: &Request) -> Option<(u64, Value)> {
    let seq = scene.seq();
    let event = |kind: &str| Some((seq, json!({ "type": kind, "seq": seq })));
    let Some(last) = request.header("last-event-id") else {
        return event("snapshot");
    };
    let retained = last.parse().is_ok_and(|last: u64| last <= seq);
    let forgetful = matches!(
        scene.fault(),
        Some(Trouble::Corrupt(_) | Trouble::Resync | Trouble::HeartbeatBack | Trouble::SlowBody)
    );
    if retained && !forgetful {
        None
    } else {
        event("resync")
    }
}

/// One event as it goes over the wire.
pub fn event(seq: u64, data: &Value) -> String {
    let kind = data["type"].as_str().unwrap_or_default();
    format!("id: {seq}\nevent: {kind}\ndata: {data}\n\n")
}

/// Serves a stream until it ends. `elsewhere`: where a redirect leads, everything goes on as if nothing had changed.
///
/// # Errors
/// When the other side is gone.
pub async fn run(
    socket: &mut BufReader<TcpStream>,
    scene: &Scene,
    request: &Request,
    elsewhere: bool,
) -> Result<()> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
                Connection: close\r\n\r\n";
    socket.write_all(head.as_bytes()).await?;
    let mut changed = scene.changes();
    let opening = first(scene, request);
    // Where a stream without `Last-Event-ID` begins, its snapshot covers what came before.
    let mut position = match &opening {
        Some((seq, _)) => *seq,
        None => request
            .header("last-event-id")
            .and_then(|last| last.parse().ok())
            .unwrap_or_default(),
    };
    if flow(scene, elsewhere) != Flow::Quiet
        && let Some((seq, data)) = opening
    {
        socket.write_all(event(seq, &data).as_bytes()).await?;
    }
    let mut beats = interval(scene.lease / BEATS);
    let mut stage = scene.stage();
    loop {
        let now = scene.stage();
        let struck = now == Stage::Struck && stage != now;
        stage = now;
        let mut text = String::new();
        match flow(scene, elsewhere) {
            Flow::Over => return Ok(()),
            Flow::Quiet => {}
            Flow::Beating => {
                if struck && matches!(scene.trouble, Trouble::Resync) {
                    let seq = scene.seq();
                    text += &event(seq, &json!({ "type": "resync", "seq": seq }));
                }
                // What is spoilt is the snapshot: whoever listens has to fetch it.
                if struck && matches!(scene.trouble, Trouble::Corrupt(_)) {
                    return Ok(());
                }
                text += &heartbeat(scene);
            }
            Flow::Live => {
                for (seq, change) in scene.after(position) {
                    position = seq;
                    text += &event(seq, &change);
                }
                text += &heartbeat(scene);
            }
        }
        if !text.is_empty() {
            socket.write_all(text.as_bytes()).await?;
            socket.flush().await?;
        }
        let mut rest = [0; 64];
        tokio::select! {
            _ = beats.tick() => {}
            _ = changed.changed() => {}
            read = socket.read(&mut rest) => {
                // Nothing more is due from the other side.
                if read? == 0 {
                    return Ok(());
                }
            }
        }
    }
}

fn heartbeat(scene: &Scene) -> String {
    let seq = scene.seq();
    let data = json!({
        "type": "heartbeat", "seq": seq, "time": scene.told_time(), "lease_ms": millis(scene),
    });
    event(seq, &data)
}
