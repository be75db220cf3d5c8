//! How a sidecar is doing: what it says about itself, and `sayso-gate status`, which asks it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::watch::status::Way;

use super::Sidecar;

/// What a sidecar says about itself. Tells nothing about a person.
pub(super) fn of(sidecar: &Sidecar) -> Value {
    let status = sidecar.watch.status();
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    json!({
        "connected": status.connected.map(Way::word),
        "fresh": status.fresh,
        "seq": status.seq,
        "heartbeat_age_ms": status.heartbeat_age.map(ms),
        "lease_left_ms": ms(status.lease_left),
        "programs": status.programs,
        "permits": status.permits,
        "stops": status.stops,
        "confirmed": status.confirmed,
        "allowed": sidecar.allowed.load(Ordering::Relaxed),
        "denied": sidecar.denied.load(Ordering::Relaxed),
        "error": status.error,
    })
}

/// Asks the sidecar behind a socket. Returns what it says, and whether it is fresh.
///
/// # Errors
/// When nobody answers there.
#[cfg(unix)]
pub async fn ask(socket: &std::path::Path) -> Result<(Value, bool), String> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const LONGEST: u64 = 64 * 1024;
    let asked = async {
        let mut stream = tokio::net::UnixStream::connect(socket).await?;
        stream.write_all(b"GET /status HTTP/1.0\r\n\r\n").await?;
        let mut text = String::new();
        stream.take(LONGEST).read_to_string(&mut text).await?;
        Ok::<_, std::io::Error>(text)
    };
    let asked = tokio::time::timeout(Duration::from_secs(2), asked).await;
    let text = match asked {
        Ok(Ok(text)) => text,
        Ok(Err(error)) => return Err(format!("no sidecar on {}: {error}", socket.display())),
        Err(_) => return Err(format!("the sidecar on {} is silent", socket.display())),
    };
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
    let body = body.filter(|_| text.split(' ').nth(1) == Some("200"));
    let status = body.and_then(|body| serde_json::from_str::<Value>(body).ok());
    let status = status.ok_or("something else than a sidecar answers there")?;
    let fresh = status["fresh"] == true;
    Ok((status, fresh))
}
