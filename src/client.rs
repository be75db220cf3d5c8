//! The agents' side of the agent API: ask, report, take tasks, answer them. Fails closed.
//!
//! Only HTTP 200 with a JSON body that says the literal `true`, in a text that cannot be read in two ways, is a yes,
//! and only for as long as its lease runs. Everything else is an error or a no; no error ever turns into a yes.
//! A new call of the agent API becomes a method of [`Client`], its wire types a file under `client/`.

pub mod address;
pub mod decision;
pub mod error;
pub mod log;
pub mod moment;
pub mod pace;
pub mod report;
pub mod task;
pub mod watch;
pub mod witness;

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, Url, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::agent::AgentKey;
use crate::domain::id::TaskId;
use crate::domain::record::Record;
use crate::domain::request::Attestation;
use crate::domain::strict;

use address::{Transport, server_url};
use decision::{Decision, Question};
use error::Error;
use moment::Clock;
use report::ItemResult;
use task::OpenTask;

/// How long a call may take. A call that takes longer counts as no answer.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// Until the answer is read to its end.
    pub total: Duration,
}

impl Default for Timeouts {
    /// Two seconds to connect and four in all: below the default lease, so that a slow yes has not run out already.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            total: Duration::from_secs(4),
        }
    }
}

/// One agent's connection to one server. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    clock: Clock,
}

impl Client {
    /// Most questions in one call of [`Client::evaluations`].
    pub const MAX_QUESTIONS: usize = 100;
    /// Most records in one call of [`Client::report`].
    pub const MAX_RECORDS: usize = 500;
    /// Longest answer that is read, in bytes.
    pub const MAX_ANSWER: usize = 2 * 1024 * 1024;

    /// For the server at `base` (scheme, host, and a path if the portal does not stand at the root).
    ///
    /// # Errors
    /// [`Error::Refused`] when the address is not one that a key may be sent to.
    pub fn new(
        base: &str,
        key: &AgentKey,
        timeouts: Timeouts,
        transport: Transport,
        clock: Clock,
    ) -> Result<Self, Error> {
        let base = server_url(base, transport)?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", key.expose()))
            .map_err(|_| Error::Refused("The key cannot be sent in a header.".into()))?;
        bearer.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, bearer),
            (ACCEPT, HeaderValue::from_static("application/json")),
        ]);
        // Fails only if one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total);
        if base.scheme() == "http" {
            // A proxy would see the key.
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|error| Error::Refused(format!("Cannot set up TLS: {error}")))?;
        Ok(Self { http, base, clock })
    }

    /// Asks one question.
    ///
    /// # Errors
    /// Whenever there is no clean answer: treat it as a no.
    pub async fn evaluate(&self, question: &Question) -> Result<Decision, Error> {
        let asked = (self.clock)();
        let body = self
            .send(
                Method::POST,
                "access/v1/evaluation",
                Some(&question.request()),
            )
            .await?;
        decision::parse_one(&body, asked)
    }

    /// Asks up to [`Client::MAX_QUESTIONS`] questions in one call. The decisions come in the questions' order.
    ///
    /// # Errors
    /// Whenever there is no clean answer to all of them: treat it as a no to each.
    pub async fn evaluations(&self, questions: &[Question]) -> Result<Vec<Decision>, Error> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let asked = (self.clock)();
        let items: Vec<_> = questions.iter().map(Question::request).collect();
        let request = serde_json::json!({ "evaluations": items });
        let body = self
            .send(Method::POST, "access/v1/evaluations", Some(&request))
            .await?;
        decision::parse_many(&body, questions.len(), asked)
    }

    /// Reports up to [`Client::MAX_RECORDS`] records. Sending one again does no harm: its id makes it the same one.
    ///
    /// # Errors
    /// When it is not known which of them arrived; send them again.
    pub async fn report(&self, records: &[Record]) -> Result<Vec<ItemResult>, Error> {
        let request = serde_json::json!({ "records": records });
        let body = self
            .send(Method::POST, "api/v1/records", Some(&request))
            .await?;
        report::parse(&body, records)
    }

    /// The tasks that this store still owes an answer to.
    ///
    /// # Errors
    /// When the server does not answer them.
    pub async fn tasks(&self) -> Result<Vec<OpenTask>, Error> {
        let body = self.send::<()>(Method::GET, "api/v1/tasks", None).await?;
        parsed::<task::List>(&body).map(|list| list.tasks)
    }

    /// Answers a task.
    ///
    /// # Errors
    /// When the server did not take the answer.
    pub async fn attest(&self, task: TaskId, attestation: &Attestation) -> Result<(), Error> {
        let path = format!("api/v1/tasks/{task}/attestation");
        self.send(Method::POST, &path, Some(attestation)).await?;
        Ok(())
    }

    /// The wall clock that the client was given.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)().wall
    }

    fn url(&self, path: &str) -> Result<Url, Error> {
        let url = self.base.join(path);
        url.map_err(|error| Error::Refused(error.to_string()))
    }

    async fn send<B: Serialize>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<Vec<u8>, Error> {
        let mut request = self.http.request(method, self.url(path)?);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(Error::no_answer)?;
        let status = response.status().as_u16();
        let json = is_type(response.headers(), "application/json");
        let body = read(response).await?;
        match status {
            200 if json => Ok(body),
            200 => Err(Error::Unclear("an answer that is not JSON")),
            _ => Err(Error::Status(status, error::detail(&body))),
        }
    }
}

fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let essence = value
        .to_str()
        .ok()
        .and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(expected))
}

async fn read(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::no_answer)? {
        if body.len() + chunk.len() > Client::MAX_ANSWER {
            return Err(Error::Unclear("an answer that is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    strict::from_slice(body).map_err(|_| Error::Unclear("an answer in an unexpected shape"))
}
