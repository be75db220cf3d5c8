//! Streams that are held open and read; nothing is kept of what they bring but the number of heartbeats.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::process::Server;

/// Streams that are opened at the same time.
const AT_ONCE: usize = 100;

#[derive(Default)]
struct Counts {
    heartbeats: AtomicUsize,
    open: AtomicUsize,
}

/// Open streams. They close when this is dropped.
pub struct Readers {
    counts: Arc<Counts>,
    _tasks: JoinSet<()>,
}

impl Readers {
    /// Opens `streams` of them, and returns when each has had its first event.
    pub async fn open(server: &Server, streams: usize) -> Self {
        let counts = Arc::new(Counts::default());
        let mut tasks = JoinSet::new();
        for opened in 1..=streams {
            let (address, key) = (server.address.clone(), server.key.clone());
            let own = counts.clone();
            tasks.spawn(async move { read(&address, &key, &own).await });
            while opened - counts.open.load(Ordering::Relaxed) >= AT_ONCE || opened == streams {
                if counts.open.load(Ordering::Relaxed) == streams {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Self {
            counts,
            _tasks: tasks,
        }
    }

    /// Heartbeats that have arrived, on all of them together.
    pub fn heartbeats(&self) -> usize {
        self.counts.heartbeats.load(Ordering::Relaxed)
    }

    /// Streams that are still open.
    pub fn open_now(&self) -> usize {
        self.counts.open.load(Ordering::Relaxed)
    }
}

async fn read(address: &str, key: &str, counts: &Counts) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!(
        "GET /api/v1/stream HTTP/1.1\r\nhost: sayso\r\nauthorization: Bearer {key}\r\n\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is sent");
    let mut buffer = [0; 2048];
    let mut first = true;
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let text = String::from_utf8_lossy(&buffer[..read]);
        if first {
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            counts.open.fetch_add(1, Ordering::Relaxed);
            first = false;
        }
        let beats = text.matches("event: heartbeat").count();
        counts.heartbeats.fetch_add(beats, Ordering::Relaxed);
    }
    counts.open.fetch_sub(1, Ordering::Relaxed);
}
