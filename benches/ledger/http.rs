//! The same choices through HTTP, with a signed-in session and the receipt in the answer, beside a handler that only
//! reads the same form and answers as many bytes.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use sayso::app::accounts;
use sayso::domain::id::FormId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::company::{CLIENTS, Company};

const PASSWORD: &str = "correct horse battery";

/// About as many bytes as a receipt has: opening, proof and checkpoint.
const RECEIPT: usize = 1600;

pub struct Servers {
    bare: SocketAddr,
    sayso: SocketAddr,
    cookies: Vec<String>,
    random: sayso::app::clock::Random,
}

impl Servers {
    pub async fn start(company: &Company) -> Self {
        let sayso = listen(sayso::http::router(
            company.app.clone(),
            Path::new("target/site"),
            false,
        ))
        .await;
        let bare = listen(Router::new().route(
            "/choices/{program}/{category}",
            post(
                async move |axum::Form(form): axum::Form<Vec<(String, String)>>| {
                    assert_eq!(form.len(), 4, "the form arrives whole");
                    "r".repeat(RECEIPT)
                },
            ),
        ))
        .await;
        let mut cookies = Vec::new();
        for n in 0..CLIENTS {
            cookies.push(sign_in(company, sayso, n).await);
        }
        Self {
            bare,
            sayso,
            cookies,
            random: company.random.clone(),
        }
    }

    /// Requests per second of the bare handler.
    pub async fn bare(&self, span: Duration) -> f64 {
        self.load(self.bare, span, "HTTP/1.1 200").await
    }

    /// Choices per second, each answered with its receipt.
    pub async fn choices(&self, span: Duration) -> f64 {
        self.load(self.sayso, span, "HTTP/1.1 201").await
    }

    async fn load(&self, address: SocketAddr, span: Duration, expected: &'static str) -> f64 {
        let (begun, until) = (Instant::now(), Instant::now() + span);
        let tasks = self.cookies.iter().map(|cookie| {
            let (cookie, random) = (cookie.clone(), self.random.clone());
            tokio::spawn(async move {
                let mut stream = Connection::open(address).await;
                let mut done = 0_u32;
                while Instant::now() < until || done % 2 == 1 {
                    // An even number each time, so that the first is always a yes.
                    let choice = if done.is_multiple_of(2) {
                        "give"
                    } else {
                        "refuse"
                    };
                    let once = FormId::new(crate::company::now(), random.bytes());
                    let body = format!("choice={choice}&notice_version=1&language=en&once={once}");
                    let answer = stream.post("/choices/mci/keystrokes", &cookie, &body).await;
                    assert!(answer.starts_with(expected), "{answer}");
                    done += 1;
                }
                done
            })
        });
        let mut all = 0_u32;
        for task in tasks.collect::<Vec<_>>() {
            all += task.await.expect("a client");
        }
        f64::from(all) / begun.elapsed().as_secs_f64()
    }
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Opens an account and signs in; the session's cookie.
async fn sign_in(company: &Company, address: SocketAddr, n: usize) -> String {
    let id = format!("E{n}").parse().expect("an id");
    let form = || FormId::new(crate::company::now(), company.random.bytes());
    let token = accounts::invite(&company.app, &id, false)
        .await
        .expect("an invitation");
    accounts::accept_invitation(&company.app, &token, PASSWORD, form())
        .await
        .expect("an account");
    let body = format!(
        "email=p{n}%40brackwater.example&password={}&next=%2F&once={}",
        PASSWORD.replace(' ', "+"),
        form()
    );
    let answer = Connection::open(address)
        .await
        .post("/sign-in", "", &body)
        .await;
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap_or_else(|| panic!("signed in: {answer}"));
    cookie.split(';').next().expect("a cookie").to_owned()
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Head and body of the answer.
    async fn post(&mut self, path: &str, cookie: &str, body: &str) -> String {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\naccept: text/plain\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream
            .write_all(request.as_bytes())
            .await
            .expect("sent");
        self.buffer.clear();
        loop {
            let read = self
                .stream
                .read_buf(&mut self.buffer)
                .await
                .expect("an answer");
            assert!(read > 0, "the server closed the connection");
            let text = String::from_utf8_lossy(&self.buffer);
            let Some((head, rest)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse::<usize>().expect("a length"));
            if rest.len() >= length {
                return text.into_owned();
            }
        }
    }
}
