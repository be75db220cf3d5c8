//! Why there is no clean answer. Each of these means no.

use serde::Deserialize;

use crate::domain::strict;

/// No clean answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not asked at all: the address is not one that a key may go to.
    #[error("{0}")]
    Refused(String),
    /// Nobody answered, or not in time.
    #[error("the server does not answer: {0}")]
    NoAnswer(String),
    /// An HTTP status other than 200, with the problem's detail if it had one.
    #[error("the server answered with status {0}{detail}", detail = .1.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Status(u16, Option<String>),
    /// Status 200, but not an answer that can be relied on.
    #[error("the server sent {0}")]
    Unclear(&'static str),
}

impl Error {
    pub(super) fn no_answer(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::NoAnswer("it took too long".into());
        }
        // The innermost cause is the one that says something ("Connection refused").
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        Self::NoAnswer(cause.to_string())
    }
}

/// The `detail` of an RFC 9457 problem, fit for a terminal.
pub(super) fn detail(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Problem {
        detail: String,
    }
    let problem: Problem = strict::from_slice(body).ok()?;
    let text: String = problem
        .detail
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect();
    (!text.is_empty()).then_some(text)
}
