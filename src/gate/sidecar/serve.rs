//! HTTP around the answers: who may come in, how much may come in, and where it goes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::{Sidecar, answer, ext_authz};

/// Most connections at once.
const MAX_CONNECTIONS: usize = 512;
/// Longest question, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// How long a question may take to arrive.
const SLOWEST: Duration = Duration::from_secs(10);
const REQUEST_ID: &str = "x-request-id";

pub(super) type Answer = Response<Full<Bytes>>;

/// By which door a question came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Socket,
    Loopback,
}

/// Where connections come from.
pub(super) trait Accept: Send + 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    const DOOR: Door;

    /// The next one; `None` for one that is not welcome.
    fn accept(&self) -> impl Future<Output = Option<Self::Stream>> + Send;
}

/// The Unix socket, and whose it is.
#[cfg(unix)]
impl Accept for (tokio::net::UnixListener, u32) {
    type Stream = tokio::net::UnixStream;
    const DOOR: Door = Door::Socket;

    async fn accept(&self) -> Option<Self::Stream> {
        match self.0.accept().await {
            Ok((stream, _)) => super::socket::is_welcome(&stream, self.1).then_some(stream),
            Err(_) => pause().await,
        }
    }
}

/// A loopback address.
impl Accept for TcpListener {
    type Stream = TcpStream;
    const DOOR: Door = Door::Loopback;

    async fn accept(&self) -> Option<Self::Stream> {
        match TcpListener::accept(self).await {
            Ok((stream, peer)) => peer.ip().is_loopback().then_some(stream),
            Err(_) => pause().await,
        }
    }
}

/// Out of file descriptors, as a rule: it passes.
async fn pause<S>() -> Option<S> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    None
}

/// Answers whoever comes in there, until it is to end.
pub(super) async fn serve<A: Accept>(
    listener: A,
    sidecar: Arc<Sidecar>,
    mut end: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let stream = tokio::select! {
            stream = listener.accept() => stream,
            _ = end.changed() => break,
        };
        let (Some(stream), Ok(permit)) = (stream, room.clone().try_acquire_owned()) else {
            continue;
        };
        let (sidecar, mut end) = (sidecar.clone(), end.clone());
        connections.spawn(async move {
            let _permit = permit;
            let service = service_fn(move |request| {
                let sidecar = sidecar.clone();
                async move { Ok::<_, Infallible>(respond(&sidecar, A::DOOR, request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(SLOWEST)
                .serve_connection(TokioIo::new(stream), service);
            tokio::pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = end.changed() => connection.as_mut().graceful_shutdown(),
            }
            // A connection that breaks has nobody to be told.
            let _ = connection.await;
        });
    }
    while connections.join_next().await.is_some() {}
}

async fn respond(sidecar: &Sidecar, door: Door, request: Request<Incoming>) -> Answer {
    let id = request.headers().get(REQUEST_ID).cloned();
    let mut answer = route(sidecar, door, request).await;
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.extend(id.map(|id| (hyper::header::HeaderName::from_static(REQUEST_ID), id)));
    answer
}

async fn route(sidecar: &Sidecar, door: Door, request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    if path == "/ext_authz" || path.starts_with("/ext_authz/") {
        return ext_authz::answer(sidecar, request.headers());
    }
    // A page in a browser that was led here by a false name must not learn anything.
    if door == Door::Loopback && !is_local(request.headers()) {
        return problem(StatusCode::FORBIDDEN, "Ask by a loopback address.");
    }
    let (allowed, many) = match path.as_str() {
        "/access/v1/evaluation" => (Method::POST, false),
        "/access/v1/evaluations" => (Method::POST, true),
        "/status" => (Method::GET, false),
        _ => return problem(StatusCode::NOT_FOUND, "There is nothing here."),
    };
    if request.method() != allowed {
        let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, "Use another method.");
        let allow = if allowed == Method::GET {
            "GET"
        } else {
            "POST"
        };
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static(allow));
        return answer;
    }
    if path == "/status" {
        return json(StatusCode::OK, &super::status::of(sidecar));
    }
    if !is_json(request.headers()) {
        return problem(StatusCode::BAD_REQUEST, "Send application/json.");
    }
    let body = Limited::new(request.into_body(), MAX_BODY).collect();
    match tokio::time::timeout(SLOWEST, body).await {
        Ok(Ok(body)) => answer::answer(sidecar, &body.to_bytes(), many).await,
        _ => problem(
            StatusCode::BAD_REQUEST,
            "Send at most 1 MiB, in ten seconds.",
        ),
    }
}

/// Whether a loopback address was asked, and not by a page in a browser.
fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    let local = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    local && !headers.contains_key(ORIGIN)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, body: &Value) -> Answer {
    written(status, "application/json", body)
}

/// An error (RFC 9457).
pub(super) fn problem(status: StatusCode, detail: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or_default();
    let body =
        json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail});
    written(status, "application/problem+json", &body)
}

fn written(status: StatusCode, kind: &'static str, body: &Value) -> Answer {
    let mut answer = Response::new(Full::new(body.to_string().into()));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}
