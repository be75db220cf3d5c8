//! The client's fault matrix: whatever a server does wrong, it never becomes a yes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use sayso::client::address::Transport;
use sayso::client::decision::{Decision, Question};
use sayso::client::moment::{Clock, Moment};
use sayso::client::{Client, Timeouts};
use tokio::net::TcpListener;

use crate::gate_mock::key;

const YES: &str = r#"{"decision":true,"context":{"reason":"consent_given","seq":7,"as_of":"2026-11-23T08:00:00Z","lease_ms":5000,"since":"2026-11-20T08:00:00Z"}}"#;

fn clock() -> Clock {
    let start = Instant::now();
    let noon: chrono::DateTime<chrono::Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
    Arc::new(move || Moment::at(noon + start.elapsed()))
}

fn answer(status: u16, content_type: &str, body: impl Into<String>) -> Response {
    let mut headers = HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_str(content_type).unwrap(),
        );
    }
    (
        StatusCode::from_u16(status).unwrap(),
        headers,
        axum::body::Body::from(body.into()),
    )
        .into_response()
}

/// Asks a server that answers every question like this.
async fn ask(
    path: &'static str,
    respond: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> (bool, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route(path, post(async move || respond()))
        .route("/yes", post(async || answer(200, "application/json", YES)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let timeouts = Timeouts {
        connect: Duration::from_millis(500),
        total: Duration::from_millis(500),
    };
    let clock = clock();
    let client = Client::new(&url, &key(), timeouts, Transport::Protected, clock.clone()).unwrap();
    let question = Question {
        employee: "E1".parse().unwrap(),
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        app: None,
    };
    let decisions = if path == "/access/v1/evaluations" {
        client.evaluations(&[question]).await
    } else {
        client
            .evaluate(&question)
            .await
            .map(|decision| vec![decision])
    };
    let permitted = decisions
        .as_ref()
        .is_ok_and(|decisions| decisions.iter().any(|decision| decision.permits(clock())));
    (
        permitted,
        format!(
            "{:?}",
            decisions.map(|decisions| decisions
                .iter()
                .map(|decision| matches!(decision, Decision::Permit(_)))
                .collect::<Vec<_>>())
        ),
    )
}

#[tokio::test]
async fn a_clean_yes_is_a_yes() {
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        let (permitted, result) = ask("/access/v1/evaluation", move || {
            answer(200, content_type, YES)
        })
        .await;
        assert!(permitted, "{content_type}: {result}");
    }
    let many = || {
        answer(
            200,
            "application/json",
            format!(r#"{{"evaluations":[{YES}]}}"#),
        )
    };
    assert!(ask("/access/v1/evaluations", many).await.0);
}

#[tokio::test]
async fn every_fault_is_a_no() {
    let faults: Vec<(u16, &str, String)> = vec![
        (500, "application/json", YES.into()),
        (201, "application/json", YES.into()),
        (203, "application/json", YES.into()),
        (403, "application/json", YES.into()),
        (429, "application/json", YES.into()),
        (503, "application/json", YES.into()),
        (200, "text/html", YES.into()),
        (200, "application/jsonx", YES.into()),
        (200, "text/json", YES.into()),
        (200, "", YES.into()),
        (200, "application/json", String::new()),
        (200, "application/json", "true".into()),
        (200, "application/json", format!("[{YES}]")),
        (200, "application/json", YES[..YES.len() - 2].into()),
        (200, "application/json", format!("{YES}{YES}")),
        (200, "application/json", YES.replace("true", "\"true\"")),
        (200, "application/json", YES.replace("true", "1")),
        (200, "application/json", YES.replace("true", "null")),
        (
            200,
            "application/json",
            YES.replacen('{', "{\"decision\":false,", 1),
        ),
        (
            200,
            "application/json",
            YES.replace("\"seq\":7", "\"lease_ms\":9,\"seq\":7"),
        ),
        (
            200,
            "application/json",
            YES.replace("\"lease_ms\":5000", "\"lease_ms\":0"),
        ),
        (
            200,
            "application/json",
            YES.replace("\"lease_ms\":5000,", ""),
        ),
        (200, "application/json", YES.replace("seq", "obligations")),
        (
            200,
            "application/json",
            format!("{}{YES}", " ".repeat(Client::MAX_ANSWER)),
        ),
    ];
    for (status, content_type, body) in faults {
        let label = format!("{status} {content_type} {}", &body[..body.len().min(120)]);
        let (permitted, result) = ask("/access/v1/evaluation", move || {
            answer(
                status,
                Box::leak(content_type.to_owned().into_boxed_str()),
                body.clone(),
            )
        })
        .await;
        assert!(!permitted, "{label}: {result}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed_and_slow_answers_not_awaited() {
    for status in [301, 302, 303, 307, 308] {
        let redirect = move || {
            let mut response = answer(status, "application/json", YES);
            response
                .headers_mut()
                .insert(header::LOCATION, HeaderValue::from_static("/yes"));
            response
        };
        assert!(!ask("/access/v1/evaluation", redirect).await.0, "{status}");
    }
    let stalled = || {
        let first = futures::stream::once(async { Ok::<_, std::io::Error>(YES[..20].to_owned()) });
        let never = futures::StreamExt::chain(first, futures::stream::pending());
        let mut response = axum::body::Body::from_stream(never).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        response
    };
    assert!(!ask("/access/v1/evaluation", stalled).await.0);
    let twice = || {
        let mut response = answer(200, "text/html", YES);
        response.headers_mut().append(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        response
    };
    assert!(
        !ask("/access/v1/evaluation", twice).await.0,
        "two content types"
    );
}

#[tokio::test]
async fn a_batch_with_too_few_or_too_many_decisions_is_no_answer() {
    for body in [
        r#"{"evaluations":[]}"#.to_owned(),
        format!(r#"{{"evaluations":[{YES},{YES}]}}"#),
        format!(r#"{{"evaluations":{YES}}}"#),
        YES.to_owned(),
    ] {
        assert!(
            !ask("/access/v1/evaluations", move || answer(
                200,
                "application/json",
                body.clone()
            ))
            .await
            .0
        );
    }
}
