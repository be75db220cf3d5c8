//! The whole path over HTTP: collectors that deliver batch after batch, each waiting for its answer.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use sayso::domain::record::Record;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::company::Company;

pub struct Server {
    address: SocketAddr,
    key: String,
    clients: usize,
}

impl Server {
    pub async fn start(company: &Company, clients: usize) -> Self {
        let router = sayso::http::router(company.app.clone(), Path::new("target/site"), false);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            address,
            key: company.key.clone(),
            clients,
        }
    }

    /// Rows per second, every one of them accepted.
    pub async fn deliver(&self, batches: &[Vec<Record>]) -> f64 {
        let rows: usize = batches.iter().map(Vec::len).sum();
        let mut shares = vec![Vec::new(); self.clients];
        for (number, batch) in batches.iter().enumerate() {
            shares[number % self.clients].push((self.request(batch), batch.len()));
        }
        let begun = Instant::now();
        let tasks = shares.into_iter().map(|share| {
            let address = self.address;
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                stream.set_nodelay(true).expect("no delay");
                for (request, records) in share {
                    stream.write_all(&request).await.expect("sent");
                    let answer = answer(&mut stream).await;
                    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                    let accepted = answer.matches("\"accepted\"").count();
                    assert_eq!(accepted, records, "all are accepted");
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("a collector");
        }
        f64::from(u32::try_from(rows).expect("a count")) / begun.elapsed().as_secs_f64()
    }

    /// The bytes of one call, made before the clock runs: making them is the collector's work.
    fn request(&self, batch: &[Record]) -> Vec<u8> {
        let body = serde_json::json!({ "records": batch }).to_string();
        let name = batch
            .first()
            .map_or_else(String::new, |record| record.id.to_string());
        let head = format!(
            "POST /api/v1/records HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nidempotency-key: \"{name}\"\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        [head.into_bytes(), body.into_bytes()].concat()
    }
}

/// Head and body of the next answer.
async fn answer(stream: &mut TcpStream) -> String {
    let mut buffer = Vec::new();
    let mut whole = None;
    loop {
        let read = stream.read_buf(&mut buffer).await.expect("an answer");
        assert!(read > 0, "the server closed the connection");
        if whole.is_none() {
            let head = String::from_utf8_lossy(&buffer);
            if let Some((head, _)) = head.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .map_or(0, |length| length.parse::<usize>().expect("a length"));
                whole = Some(head.len() + 4 + length);
            }
        }
        if whole.is_some_and(|whole| buffer.len() >= whole) {
            return String::from_utf8(buffer).expect("text");
        }
    }
}
