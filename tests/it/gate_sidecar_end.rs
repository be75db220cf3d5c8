//! `sayso-gate sidecar` without its server, and what it leaves behind: its socket, its address.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::sidecar_world::{ASK_E1, Sidecar, command, exchange, post, question};
use crate::watch_mock::Server;

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
