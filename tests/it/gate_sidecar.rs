//! `sayso-gate sidecar`, the real binary: who may ask, in which words, and that a withdrawal arrives.

use std::time::Duration;

use serde_json::json;

use crate::sidecar_world::{ASK_E1, Sidecar, post, question};
use crate::watch_mock::Server;

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
