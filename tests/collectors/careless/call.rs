//! One HTTP call at a time, by hand: no library would make these mistakes easy.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Args;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// The whole answer, head and body, if it comes in time.
pub fn post(args: &Args, path: &str, body: &Value) -> Option<String> {
    let body = body.to_string();
    let rest = format!(
        "Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = open(args, "POST", path, &rest)?;
    let began = Instant::now();
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    while began.elapsed() < PATIENCE {
        match socket.read(&mut bytes) {
            Ok(0) => return String::from_utf8(answer).ok(),
            Ok(count) => answer.extend_from_slice(&bytes[..count]),
            Err(_) => return None,
        }
    }
    None
}

/// A connection on which the request has been sent.
pub fn open(args: &Args, method: &str, path: &str, rest: &str) -> Option<TcpStream> {
    let host = args.server.strip_prefix("http://")?;
    let mut socket = TcpStream::connect(host).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n{rest}",
        args.key
    );
    socket.write_all(request.as_bytes()).ok()?;
    Some(socket)
}
