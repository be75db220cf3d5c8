//! A sidecar beside a scripted server, and what is asked of it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};

use crate::gate_mock::key;

/// A running sidecar, the real binary.
pub struct Sidecar {
    pub child: Child,
    pub socket: PathBuf,
    _folder: tempfile::TempDir,
}

/// Status, headers, body.
pub type Reply = (u16, String, Value);

pub fn command(server: &str, socket: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso-gate"));
    command
        .args(["sidecar", "--server", server, "--socket"])
        .arg(socket)
        .env("SAYSO_AGENT_KEY", key().expose())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Sidecar {
    pub async fn start(server: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("gate.sock");
        let child = command(server, &socket).args(more).spawn().unwrap();
        let sidecar = Self {
            child,
            socket,
            _folder: folder,
        };
        for _ in 0..400 {
            if UnixStream::connect(&sidecar.socket).await.is_ok() {
                return sidecar;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it does not listen");
    }

    pub async fn send(&self, request: &str) -> Reply {
        exchange(UnixStream::connect(&self.socket).await.unwrap(), request).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Reply {
        self.send(&post(path, "application/json", body)).await
    }

    pub async fn authz(&self, path: &str, headers: &str) -> (u16, String) {
        let request = format!(
            "DELETE {path} HTTP/1.1\r\nhost: records.example\r\nconnection: close\r\n{headers}\r\n"
        );
        let (status, answer, _) = self.send(&request).await;
        (status, answer)
    }

    pub async fn decision(&self, employee: &str) -> Value {
        self.post("/access/v1/evaluation", &question(employee).to_string())
            .await
            .2
    }

    pub async fn fresh(&self) {
        for _ in 0..400 {
            let (_, _, status) = self.send("GET /status HTTP/1.0\r\n\r\n").await;
            if status["fresh"] == true && status["connected"] == "stream" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it never hears the server");
    }
}

pub fn post(path: &str, kind: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {kind}\r\nx-request-id: r-7\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub async fn exchange(
    mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin,
    request: &str,
) -> Reply {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (
        status,
        head.to_lowercase(),
        serde_json::from_str(body).unwrap_or(Value::Null),
    )
}

pub fn question(employee: &str) -> Value {
    json!({
        "subject": {"type": "employee", "id": employee},
        "action": {"name": "collect", "properties": {"program": "mci"}},
        "resource": {"type": "data_category", "id": "keystrokes"},
    })
}

pub const ASK_E1: &str =
    "x-sayso-employee: E1\r\nx-sayso-program: mci\r\nx-sayso-category: keystrokes\r\n";
