//! Numbers for requests that bring none: a mark of this process, and a count. They join the lines of one request in the
//! log and tell nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderValue, Request};
use tower_http::request_id::{MakeRequestId, RequestId};

/// The numbers of one process.
#[derive(Clone)]
pub struct Numbers {
    mark: u64,
    next: Arc<AtomicU64>,
}

impl Numbers {
    /// With a random mark.
    pub fn new(mark: [u8; 8]) -> Self {
        Self {
            mark: u64::from_le_bytes(mark),
            next: Arc::new(AtomicU64::new(1)),
        }
    }
}

impl MakeRequestId for Numbers {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = HeaderValue::try_from(format!("{:016x}-{number}", self.mark));
        id.ok().map(RequestId::new)
    }
}
