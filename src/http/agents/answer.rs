//! The check on the wire: answers in AuthZEN's form.
//!
//! They are written by hand: a check costs little more than its JSON. The structs say what is written, for the API's
//! description and for the tests.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authzen::Semantic;
use super::entities::Fault;
use super::moment::Moments;
use crate::app::check::Decision;
use crate::domain::standing::Reason;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// Whether it is permitted now. Only a literal `true` is a yes.
    pub decision: bool,
    /// Why, since when, and for how long.
    pub context: Context,
}

/// What comes with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Context {
    /// With a decision.
    Standing(StandingContext),
    /// With an item that could not be read; its decision is no.
    Error {
        /// What is wrong with the item.
        error: ItemError,
    },
}

/// What comes with a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StandingContext {
    /// Why.
    #[schema(value_type = String, examples("consent_given"))]
    pub reason: Reason,
    /// Position in the ledger that the answer is based on.
    pub seq: u64,
    /// When it was given.
    pub as_of: DateTime<Utc>,
    /// For how many milliseconds it may be relied on, counted from when it was asked for.
    pub lease_ms: u64,
    /// Since when this has held without a break: what was captured before is not covered.
    pub since: DateTime<Utc>,
}

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemError {
    /// As an HTTP status.
    pub status: u16,
    /// What to do.
    pub message: String,
}

/// Many answers, in the order of the questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answers {
    /// One for each question, up to the one after which to stop.
    pub evaluations: Vec<Answer>,
}

/// Bytes of an answer, and a few to spare.
const LENGTH: usize = 192;

/// Writes answers.
#[derive(Default)]
struct Writer {
    body: Vec<u8>,
    as_of: Moments,
    since: Moments,
}

/// One decision as an answer.
pub fn one(decision: &Decision) -> Response {
    let mut writer = Writer::default();
    writer.body.reserve(LENGTH);
    writer.decision(decision);
    writer.respond()
}

/// Many decisions as an answer, up to the one after which to stop.
pub fn many(items: &[Result<Decision, Fault>], semantic: Semantic) -> Response {
    let items = semantic.cut(items);
    let mut writer = Writer::default();
    writer.body.reserve(LENGTH * (items.len() + 1));
    writer.text(r#"{"evaluations":["#);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            writer.text(",");
        }
        match item {
            Ok(decision) => writer.decision(decision),
            Err(fault) => writer.fault(fault),
        }
    }
    writer.text("]}");
    writer.respond()
}

impl Semantic {
    /// The items up to the one after which to stop.
    pub fn cut(self, items: &[Result<Decision, Fault>]) -> &[Result<Decision, Fault>] {
        let permits = |item: &Result<Decision, _>| {
            item.as_ref()
                .is_ok_and(|decision| decision.standing.permits())
        };
        let last = match self {
            Self::ExecuteAll => None,
            Self::DenyOnFirstDeny => items.iter().position(|item| !permits(item)),
            Self::PermitOnFirstPermit => items.iter().position(permits),
        };
        last.map_or(items, |last| &items[..=last])
    }
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.body.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        let mut digits = [0_u8; 20];
        let mut place = digits.len();
        let mut rest = number;
        loop {
            place -= 1;
            digits[place] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.body.extend_from_slice(&digits[place..]);
    }

    /// A reason is a plain word: nothing in it needs to be escaped.
    fn decision(&mut self, decision: &Decision) {
        self.text(if decision.standing.permits() {
            r#"{"decision":true,"context":{"reason":""#
        } else {
            r#"{"decision":false,"context":{"reason":""#
        });
        self.text(decision.standing.reason.word());
        self.text(r#"","seq":"#);
        self.number(decision.seq);
        self.text(r#","as_of":""#);
        self.as_of.write(decision.as_of, &mut self.body);
        self.text(r#"","lease_ms":"#);
        self.number(decision.lease_ms);
        self.text(r#","since":""#);
        self.since.write(decision.standing.since, &mut self.body);
        self.text(r#""}}"#);
    }

    /// Nor does what we say of a fault.
    fn fault(&mut self, fault: Fault) {
        self.text(r#"{"decision":false,"context":{"error":{"status":400,"message":""#);
        self.text(fault);
        self.text(r#""}}}"#);
    }

    fn respond(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], self.body).into_response()
    }
}
