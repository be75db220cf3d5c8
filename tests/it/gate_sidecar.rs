//! `sayso-gate sidecar`, the real binary: who may ask, in which words, and a no when the server is gone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::{Child, Command};

use crate::gate_mock::key;
use crate::watch_mock::Server;

struct Sidecar {
    child: Child,
    socket: PathBuf,
    _folder: tempfile::TempDir,
}

/// Status, headers, body.
type Reply = (u16, String, Value);

fn command(server: &str, socket: &Path) -> Command {
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
    async fn start(server: &str, more: &[&str]) -> Self {
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

    async fn send(&self, request: &str) -> Reply {
        exchange(UnixStream::connect(&self.socket).await.unwrap(), request).await
    }

    async fn post(&self, path: &str, body: &str) -> Reply {
        self.send(&post(path, "application/json", body)).await
    }

    async fn authz(&self, path: &str, headers: &str) -> (u16, String) {
        let request = format!(
            "DELETE {path} HTTP/1.1\r\nhost: records.example\r\nconnection: close\r\n{headers}\r\n"
        );
        let (status, answer, _) = self.send(&request).await;
        (status, answer)
    }

    async fn decision(&self, employee: &str) -> Value {
        self.post("/access/v1/evaluation", &question(employee).to_string())
            .await
            .2
    }

    async fn fresh(&self) {
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

fn post(path: &str, kind: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {kind}\r\nx-request-id: r-7\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn exchange(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, request: &str) -> Reply {
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

fn question(employee: &str) -> Value {
    json!({
        "subject": {"type": "employee", "id": employee},
        "action": {"name": "collect", "properties": {"program": "mci"}},
        "resource": {"type": "data_category", "id": "keystrokes"},
    })
}

const ASK_E1: &str =
    "x-sayso-employee: E1\r\nx-sayso-program: mci\r\nx-sayso-category: keystrokes\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_authzen_questions_and_gives_400_for_every_wrong_shape() {
    let server = Server::start().await;
    let sidecar = Sidecar::start(&server.url, &[]).await;
    sidecar.fresh().await;
    let (status, head, body) = sidecar
        .post("/access/v1/evaluation", &question("E1").to_string())
        .await;
    assert_eq!((status, &body["decision"]), (200, &json!(true)));
    assert!(
        head.contains("x-request-id: r-7") && head.contains("cache-control: no-store"),
        "{head}"
    );
    let context = &body["context"];
    assert_eq!(
        (&context["reason"], &context["seq"]),
        (&json!("consent_given"), &json!(10))
    );
    assert!(
        (1..=2000).contains(&context["lease_ms"].as_u64().unwrap()),
        "{context}"
    );
    assert_eq!(
        sidecar.decision("E3").await["context"]["reason"],
        "no_choice"
    );

    let mut batch = question("E1");
    batch["evaluations"] =
        json!([{}, {"subject": 7}, {"subject": {"type": "employee", "id": "E3"}}]);
    let (_, _, answers) = sidecar
        .post("/access/v1/evaluations", &batch.to_string())
        .await;
    let decisions: Vec<_> = answers["evaluations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["decision"] == true)
        .collect();
    assert_eq!(decisions, [true, false, false]);
    assert_eq!(answers["evaluations"][1]["context"]["error"]["status"], 400);
    batch["evaluations"] = json!([]);
    assert_eq!(
        sidecar
            .post("/access/v1/evaluations", &batch.to_string())
            .await
            .2["decision"],
        true
    );

    let good = question("E1").to_string();
    for (kind, body) in [
        ("application/json", ""),
        ("application/json", "[]"),
        ("application/json", "{\"subject\":\"alice\"}"),
        ("application/json", &good[..good.len() - 1]),
        (
            "application/json",
            &good.replacen('{', "{\"x\":1,\"x\":2,", 1),
        ),
        ("text/plain", &good),
    ] {
        let (status, head, _) = sidecar
            .send(&post("/access/v1/evaluation", kind, body))
            .await;
        assert_eq!(status, 400, "{kind} {body}");
        assert!(
            head.contains("application/problem+json") && head.contains("x-request-id: r-7"),
            "{head}"
        );
    }
    let (status, head, _) = sidecar
        .send("GET /access/v1/evaluation HTTP/1.0\r\n\r\n")
        .await;
    assert_eq!(status, 405);
    assert!(head.contains("allow: post"), "{head}");
    assert_eq!(sidecar.send("GET /else HTTP/1.0\r\n\r\n").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_envoy_with_200_or_403_and_the_reason_in_a_header() {
    let server = Server::start().await;
    let sidecar = Sidecar::start(&server.url, &[]).await;
    sidecar.fresh().await;
    let (status, head) = sidecar.authz("/ext_authz/records?x=1", ASK_E1).await;
    assert_eq!(status, 200);
    assert!(head.contains("x-sayso-reason: consent_given"), "{head}");
    let unknown = ASK_E1.replace("E1", "E3");
    let twice = format!("{ASK_E1}x-sayso-employee: E2\r\n");
    for (headers, reason) in [
        (unknown.as_str(), "no_choice"),
        ("", "malformed"),
        (twice.as_str(), "malformed"),
    ] {
        let (status, head) = sidecar.authz("/ext_authz", headers).await;
        assert_eq!(status, 403);
        assert!(
            head.contains(&format!("x-sayso-reason: {reason}")),
            "{head}"
        );
    }
    assert_eq!(sidecar.authz("/ext_authzx", ASK_E1).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_arrives_and_is_confirmed_when_nobody_relies_on_the_yes_any_more() {
    let server = Server::start().await;
    let sidecar = Sidecar::start(&server.url, &[]).await;
    sidecar.fresh().await;
    let lease = sidecar.decision("E1").await["context"]["lease_ms"]
        .as_u64()
        .unwrap();
    let handed = tokio::time::Instant::now();
    server.withdraw();
    crate::watch_mock::until(|| server.look(|script| script.acks.last() == Some(&11))).await;
    let took = handed.elapsed();
    assert!(
        took + Duration::from_millis(100) >= Duration::from_millis(lease),
        "{took:?} of {lease} ms"
    );
    assert_eq!(
        sidecar.decision("E1").await["context"]["reason"],
        "withdrawn"
    );
    assert_eq!(sidecar.decision("E2").await["decision"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_server_is_gone_every_answer_is_a_no_within_the_lease() {
    let server = Server::start().await;
    let sidecar = Sidecar::start(&server.url, &[]).await;
    sidecar.fresh().await;
    server.look(|script| {
        script.heartbeats = false;
        script.stream = StatusCode::INTERNAL_SERVER_ERROR;
        script.others = StatusCode::INTERNAL_SERVER_ERROR;
    });
    let gone = tokio::time::Instant::now();
    let answer = loop {
        let answer = sidecar.decision("E1").await;
        if answer["decision"] == false {
            break answer;
        }
        assert!(gone.elapsed() < Duration::from_millis(2300));
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(answer["context"]["reason"], "projection_stale");
    assert_eq!(answer["context"]["lease_ms"], 0);
    let (status, head) = sidecar.authz("/ext_authz", ASK_E1).await;
    assert_eq!(status, 403);
    assert!(head.contains("x-sayso-reason: projection_stale"), "{head}");
    let status = Command::new(env!("CARGO_BIN_EXE_sayso-gate"))
        .args(["status", "--socket"])
        .arg(&sidecar.socket)
        .output()
        .await
        .unwrap();
    assert_eq!(status.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((&said["fresh"], &said["seq"]), (&json!(false), &json!(10)));
    assert!(
        said["denied"].as_u64() >= Some(1) && said["heartbeat_age_ms"].as_u64() > Some(1000),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_is_its_users_own_and_goes_when_it_is_told_to_stop() {
    let server = Server::start().await;
    let mut sidecar = Sidecar::start(&server.url, &[]).await;
    let mode = std::fs::metadata(&sidecar.socket)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let second = command(&server.url, &sidecar.socket)
        .output()
        .await
        .unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another sidecar answers"));
    sidecar.fresh().await;
    let id = sidecar.child.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", "TERM", &id])
            .status()
            .await
            .unwrap()
            .success()
    );
    let ended = tokio::time::timeout(Duration::from_secs(5), sidecar.child.wait()).await;
    assert_eq!(ended.unwrap().unwrap().code(), Some(0));
    assert!(!sidecar.socket.exists());
    let status = Command::new(env!("CARGO_BIN_EXE_sayso-gate"))
        .args(["status", "--socket"])
        .arg(&sidecar.socket)
        .output()
        .await
        .unwrap();
    assert_eq!(status.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_sidecar_left_does_not_stand_in_the_way_but_a_file_does() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("gate.sock");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let mut child = command(&server.url, &socket).spawn().unwrap();
    crate::watch_mock::until(|| std::os::unix::net::UnixStream::connect(&socket).is_ok()).await;
    child.kill().await.unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    let refused = command(&server.url, &file).output().await.unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_loopback_address_no_page_in_a_browser_is_answered() {
    let server = Server::start().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let sidecar = Sidecar::start(&server.url, &["--listen", &free]).await;
    sidecar.fresh().await;
    let body = question("E1").to_string();
    let send =
        async |request: String| exchange(TcpStream::connect(&free).await.unwrap(), &request).await;
    let good = post("/access/v1/evaluation", "application/json", &body);
    assert_eq!(send(good.clone()).await.2["decision"], true);
    let foreign = good.replace("host: localhost", "host: evil.example");
    let page = good.replace(
        "connection: close",
        "connection: close\r\norigin: http://localhost",
    );
    for request in [foreign, page] {
        assert_eq!(send(request).await.0, 403);
    }
    let refused = command(&server.url, &sidecar.socket)
        .args(["--listen", "0.0.0.0:0"])
        .output()
        .await
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("loopback"));
}
