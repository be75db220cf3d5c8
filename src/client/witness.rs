//! A log's side of the witness protocol (C2SP tlog-witness v1.0.0): submit a checkpoint, and ask for the latest one.
//!
//! Nothing here is secret and nothing is believed: what comes back counts by its signatures only, which the caller
//! checks. Plain HTTP is therefore as good as HTTPS, but for whoever wants to silence a witness.

use std::time::Duration;

use reqwest::{Response, StatusCode, Url, header, redirect};

use super::error::Error;
use crate::ledger::hash::sha256;
use crate::ledger::submission::{Submission, stale_size};

/// Longest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// A connection to one witness. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Witness {
    http: reqwest::Client,
    submission: Url,
    monitoring: Url,
}

/// What a witness says to a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Status 200: signature lines, unread.
    Cosigned(String),
    /// Status 409 with the size that it has cosigned.
    Stale(u64),
    /// Any other status, with its words.
    Refused(u16, String),
}

impl Witness {
    /// For a witness at these prefixes. Each call takes `timeout` at most.
    ///
    /// # Errors
    /// [`Error::Refused`] when a prefix is not the address of a witness.
    pub fn new(submission: &str, monitoring: &str, timeout: Duration) -> Result<Self, Error> {
        // Fails only if one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            .timeout(timeout)
            .build()
            .map_err(|error| Error::Refused(format!("Cannot set up TLS: {error}")))?;
        Ok(Self {
            http,
            submission: prefix(submission)?,
            monitoring: prefix(monitoring)?,
        })
    }

    /// Submits a checkpoint.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] or [`Error::Unclear`] when nothing can be made of it.
    pub async fn add_checkpoint(&self, submission: &Submission) -> Result<Reply, Error> {
        let url = join(&self.submission, "add-checkpoint")?;
        let request = self.http.post(url).body(submission.to_text());
        let response = request.send().await.map_err(Error::no_answer)?;
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE);
        let sized = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/x.tlog.size"));
        let body = read(response).await?;
        Ok(match status {
            StatusCode::OK => Reply::Cosigned(body),
            StatusCode::CONFLICT if sized => {
                let size = stale_size(&body);
                Reply::Stale(size.ok_or(Error::Unclear("a size that is not one"))?)
            }
            status => Reply::Refused(status.as_u16(), plain(&body)),
        })
    }

    /// The checkpoint of the log `origin` that it cosigned last; `None` when it never did.
    ///
    /// # Errors
    /// When there is no clear answer.
    pub async fn checkpoint(&self, origin: &str) -> Result<Option<String>, Error> {
        let path = format!("{}/checkpoint", sha256(origin.as_bytes()).to_hex());
        let request = self.http.get(join(&self.monitoring, &path)?);
        let response = request.send().await.map_err(Error::no_answer)?;
        match response.status() {
            StatusCode::OK => read(response).await.map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(Error::Status(status.as_u16(), None)),
        }
    }
}

/// A prefix as a base to join paths to.
///
/// # Errors
/// [`Error::Refused`], in words, when it is none.
pub fn prefix(text: &str) -> Result<Url, Error> {
    let refuse = || {
        Error::Refused(format!(
            "{text} is not the address of a witness. Use one like https://witness.council.example, without user name, \
             query or fragment."
        ))
    };
    let mut url = Url::parse(text).map_err(|_| refuse())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !plain || !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refuse());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn join(base: &Url, path: &str) -> Result<Url, Error> {
    let url = base.join(path);
    url.map_err(|error| Error::Refused(error.to_string()))
}

async fn read(mut response: Response) -> Result<String, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::no_answer)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Error::Unclear("an answer that is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| Error::Unclear("an answer that is not text"))
}

/// Somebody else's words, fit for a log and a page.
fn plain(body: &str) -> String {
    let words = body.chars().filter(|c| !c.is_control()).take(300);
    words.collect()
}
