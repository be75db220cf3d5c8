//! Two servers and a load for both: connections that ask again as soon as they are answered, or at a fixed rate whether
//! they are answered or not.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::company::Company;

/// Connections of the closed loop.
const CLIENTS: u32 = 32;
/// Questions in a batch.
const BATCH: u32 = 100;

/// What the bare handler reads and answers: the same words.
#[derive(Deserialize)]
struct Asked {
    subject: Entity,
    action: Action,
    resource: Entity,
}

#[derive(Deserialize)]
struct Entity {
    r#type: String,
    id: String,
}

#[derive(Deserialize)]
struct Action {
    name: String,
    properties: Program,
}

#[derive(Deserialize)]
struct Program {
    program: String,
}

#[derive(Serialize)]
struct Answer {
    decision: bool,
    context: Context,
}

#[derive(Serialize)]
struct Context {
    reason: &'static str,
    seq: u64,
    as_of: &'static str,
    lease_ms: u64,
    since: &'static str,
}

async fn bare(Json(asked): Json<Asked>) -> Json<Answer> {
    let words = [
        &asked.subject.r#type,
        &asked.subject.id,
        &asked.action.name,
        &asked.action.properties.program,
        &asked.resource.r#type,
        &asked.resource.id,
    ];
    Json(Answer {
        decision: words.iter().all(|word| !word.is_empty()),
        context: Context {
            reason: "consent_given",
            seq: 1_000_002,
            as_of: "2026-11-23T12:00:00.000000Z",
            lease_ms: 5000,
            since: "2026-11-23T11:00:00.250Z",
        },
    })
}

pub struct Servers {
    bare: SocketAddr,
    sayso: SocketAddr,
    key: Arc<str>,
    people: u32,
    states: u32,
}

impl Servers {
    pub async fn start(company: &Company) -> Self {
        let site = Path::new("target/site");
        let sayso = sayso::http::router(company.app.clone(), site, false);
        let bare = Router::new().route("/access/v1/evaluation", post(bare));
        Self {
            bare: listen(bare).await,
            sayso: listen(sayso).await,
            key: company.key.as_str().into(),
            people: company.people,
            states: company.states,
        }
    }

    /// Requests per second of the bare handler.
    pub async fn bare(&self, span: Duration) -> f64 {
        self.closed(self.bare, 1, span).await
    }

    /// Checks per second, one in a request.
    pub async fn check(&self, span: Duration) -> f64 {
        self.closed(self.sayso, 1, span).await
    }

    /// Decisions per second, many in a request.
    pub async fn batch(&self, span: Duration) -> f64 {
        self.closed(self.sayso, BATCH, span).await * f64::from(BATCH)
    }

    /// Median and 99th percentile of the bare handler at a rate.
    pub async fn bare_at(&self, rate: f64, span: Duration) -> (Duration, Duration) {
        self.open(self.bare, rate, span).await
    }

    /// The same of the check.
    pub async fn check_at(&self, rate: f64, span: Duration) -> (Duration, Duration) {
        self.open(self.sayso, rate, span).await
    }

    async fn closed(&self, address: SocketAddr, size: u32, span: Duration) -> f64 {
        let (begun, until) = (Instant::now(), Instant::now() + span);
        let clients = (0..CLIENTS).map(|client| {
            let requests = self.requests(client, size);
            tokio::spawn(async move {
                let (mut read, mut write) = connect(address).await;
                let mut answers = Answers::default();
                let mut done = 0_u32;
                for request in requests.iter().cycle() {
                    if Instant::now() >= until {
                        break;
                    }
                    write.write_all(request).await.expect("sent");
                    answers.next(&mut read).await;
                    done += 1;
                }
                done
            })
        });
        let mut all = 0_u32;
        for client in clients.collect::<Vec<_>>() {
            all += client.await.expect("a client");
        }
        f64::from(all) / begun.elapsed().as_secs_f64()
    }

    /// Each connection sends on time, whether it has been answered or not; a request is late from when it was due.
    async fn open(&self, address: SocketAddr, rate: f64, span: Duration) -> (Duration, Duration) {
        let every = Duration::from_secs_f64(f64::from(CLIENTS) / rate);
        let clients = (0..CLIENTS).map(|client| {
            let requests = self.requests(client, 1);
            let first = every.mul_f64(f64::from(client) / f64::from(CLIENTS));
            tokio::spawn(async move {
                let (mut read, mut write) = connect(address).await;
                let begun = Instant::now() + first;
                let count = (span.as_secs_f64() / every.as_secs_f64()).ceil();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a small count"
                )]
                let count = count as u32;
                let sender = tokio::spawn(async move {
                    for (number, request) in (0..count).zip(requests.iter().cycle()) {
                        tokio::time::sleep_until((begun + every * number).into()).await;
                        write.write_all(request).await.expect("sent");
                    }
                    write
                });
                let mut answers = Answers::default();
                let mut late = Vec::new();
                for number in 0..count {
                    answers.next(&mut read).await;
                    late.push((begun + every * number).elapsed());
                }
                drop(sender.await);
                late
            })
        });
        let mut late = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            late.extend(client.await.expect("a client"));
        }
        late.sort_unstable();
        (late[late.len() / 2], late[late.len() * 99 / 100])
    }

    /// Requests about people all over the company.
    fn requests(&self, client: u32, size: u32) -> Vec<Vec<u8>> {
        let mut place = client.wrapping_mul(2_654_435_761);
        let mut next = || {
            place = place.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (person, state) = ((place >> 4) % self.people, (place >> 2) % self.states);
            (format!("E{person:07}"), format!("c{state}"))
        };
        let requests = (0..256).map(|_| {
            if size == 1 {
                let (employee, category) = next();
                let body = format!(
                    r#"{{"subject":{{"type":"employee","id":"{employee}"}},"action":{{"name":"collect","properties":{{"program":"mci"}}}},"resource":{{"type":"data_category","id":"{category}"}}}}"#
                );
                return self.request("/access/v1/evaluation", &body);
            }
            let mut body = r#"{"action":{"name":"collect","properties":{"program":"mci"}},"evaluations":["#.to_owned();
            for item in 0..size {
                let (employee, category) = next();
                let comma = if item == 0 { "" } else { "," };
                let _ = write!(
                    body,
                    r#"{comma}{{"subject":{{"type":"employee","id":"{employee}"}},"resource":{{"type":"data_category","id":"{category}"}}}}"#
                );
            }
            body += "]}";
            self.request("/access/v1/evaluations", &body)
        });
        requests.collect()
    }

    fn request(&self, path: &str, body: &str) -> Vec<u8> {
        format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        )
        .into_bytes()
    }
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

async fn connect(address: SocketAddr) -> (OwnedReadHalf, OwnedWriteHalf) {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    stream.into_split()
}

/// Answers as they come in, one after the other.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Answers {
    async fn next(&mut self, read: &mut OwnedReadHalf) {
        loop {
            if let Some(length) = whole(&self.0) {
                assert!(
                    self.0.starts_with(b"HTTP/1.1 200"),
                    "{}",
                    String::from_utf8_lossy(&self.0)
                );
                self.0.drain(..length);
                return;
            }
            let count = read.read_buf(&mut self.0).await.expect("an answer");
            assert!(count > 0, "the server closed the connection");
        }
    }
}

/// The length of the first answer, if it is all there.
fn whole(text: &[u8]) -> Option<usize> {
    let head = text.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let name = b"content-length: ";
    let at = text[..head]
        .windows(name.len())
        .position(|part| part == name)?
        + name.len();
    let digits = text[at..head]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    (text.len() >= head + length).then_some(head + length)
}
