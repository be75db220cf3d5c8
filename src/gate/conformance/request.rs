//! Reads one HTTP/1.1 request (RFC 9112), within bounds, and no more of it than the mock server needs.

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Longest request line and headers, in bytes.
const MAX_HEAD: usize = 32 * 1024;
/// Longest body, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// One request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
    /// The body; empty if there is none.
    pub body: Vec<u8>,
    headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The value of a parameter of the query, as it stands there.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn parse(head: &[u8]) -> Option<Self> {
        let head = std::str::from_utf8(head).ok()?;
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Some(Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            body: Vec::new(),
            headers: headers.collect(),
        })
    }
}

/// The next request on a connection; `None` when the other side has closed it.
///
/// # Errors
/// When the connection breaks, or what comes is no request that the mock server takes: bodies need a `Content-Length`.
pub async fn read(socket: &mut BufReader<TcpStream>) -> Result<Option<Request>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let room = (MAX_HEAD - head.len().min(MAX_HEAD)) as u64;
        let count = (&mut *socket)
            .take(room)
            .read_until(b'\n', &mut head)
            .await?;
        if count == 0 {
            return Ok(None);
        }
    }
    let invalid = |what| Error::new(ErrorKind::InvalidData, what);
    let mut request = Request::parse(&head).ok_or_else(|| invalid("not an HTTP request"))?;
    if request.header("transfer-encoding").is_some() {
        return Err(invalid("a body without Content-Length"));
    }
    let length = request.header("content-length").unwrap_or("0").parse();
    let length = length.map_err(|_| invalid("not a Content-Length"))?;
    if length > MAX_BODY {
        return Err(invalid("a body that is too long"));
    }
    if request.header("expect").is_some() {
        socket.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    request.body = vec![0; length];
    socket.read_exact(&mut request.body).await?;
    Ok(Some(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_its_method_path_query_and_headers() {
        let head = b"GET /api/v1/changes?after=7&wait=25 HTTP/1.1\r\nHost: x\r\nLast-Event-ID:  9 \r\n\r\n";
        let request = Request::parse(head).unwrap();
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("GET", "/api/v1/changes")
        );
        assert_eq!(request.parameter("after"), Some("7"));
        assert_eq!(request.parameter("wait"), Some("25"));
        assert_eq!(request.parameter("employees"), None);
        assert_eq!(request.header("last-event-id"), Some("9"));
        for bad in [
            &b""[..],
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"\xff / HTTP/1.1\r\n",
        ] {
            assert_eq!(Request::parse(bad), None);
        }
    }
}
