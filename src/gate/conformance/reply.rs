//! What the mock server sends: a status, a type and bytes, at the pace that the case wants.

use std::io::Result;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::time::sleep;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// How long the body takes in all, byte by byte; `None`: no time.
    pub takes: Option<Duration>,
}

impl Reply {
    /// Status 200 with JSON.
    pub fn json(body: &Value) -> Self {
        Self {
            status: 200,
            content_type: "application/json",
            headers: Vec::new(),
            body: body.to_string(),
            takes: None,
        }
    }

    /// A problem (RFC 9457).
    pub fn problem(status: u16, detail: &str) -> Self {
        let body = json!({ "type": "about:blank", "status": status, "detail": detail });
        Self {
            status,
            content_type: "application/problem+json",
            ..Self::json(&body)
        }
    }

    /// A web page with status 200.
    pub fn page() -> Self {
        Self {
            content_type: "text/html; charset=utf-8",
            body: "<!doctype html><title>Welcome</title><p>true</p><p>Accept our terms to use the network.</p>"
                .into(),
            ..Self::json(&Value::Null)
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the other side is gone.
    pub async fn write(&self, socket: &mut (impl AsyncWrite + Unpin)) -> Result<()> {
        let Self { status, body, .. } = self;
        let mut head = format!("HTTP/1.1 {status} {}\r\n", phrase(*status));
        if *status != 304 {
            head += &format!(
                "Content-Type: {}\r\nContent-Length: {}\r\n",
                self.content_type,
                body.len()
            );
        }
        let caches = self.headers.iter().any(|(name, _)| *name == "ETag");
        if !caches {
            head += "Cache-Control: no-store\r\n";
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        let Some(takes) = self.takes else {
            socket.write_all((head + body).as_bytes()).await?;
            return socket.flush().await;
        };
        socket.write_all(head.as_bytes()).await?;
        let count = u32::try_from(body.len()).unwrap_or(u32::MAX).max(1);
        for byte in body.as_bytes() {
            socket.flush().await?;
            sleep(takes / count).await;
            socket.write_all(&[*byte]).await?;
        }
        socket.flush().await
    }
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
