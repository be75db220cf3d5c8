//! The statement behind a personal entry: what was said, by whom, when, about which notice.
//!
//! Canonical JSON (RFC 8785), so that one statement has one spelling and one commitment. `seq` and `prev` chain a
//! person's statements: one left out, moved or slipped in shows as soon as the chain is disclosed.
//!
//! A new kind of statement is a variant of [`Statement`], its fields and two arms in `wire.rs`, and its word in
//! [`Statement::KINDS`]. Older readers then say that they do
//! not know the kind; they never misread it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::hash::Hash;
use super::wire::Wire;
use crate::domain::choice::ChoiceState;
use crate::domain::condition::Conditions;
use crate::domain::employee::Locale;
use crate::domain::id::{
    AgentName, CategoryId, DatasetId, NoticeId, ProgramId, RequestId, SubjectId,
};
use crate::domain::request::{Outcome, RequestKind};

/// Longest statement, in bytes.
pub const MAX_PAYLOAD: usize = 32 * 1024;

/// The version of the form that is written and read here.
const VERSION: u32 = 1;
/// The largest integer that every JSON reader keeps exactly (RFC 8785 section 3.2.2.3).
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// Version of the form: 1.
    pub v: u32,
    /// About whom.
    pub subject: SubjectId,
    /// Number in the person's own chain, from 0.
    pub seq: u64,
    /// Leaf hash of the person's previous entry; none for `seq` 0 only.
    pub prev: Option<Hash>,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// By which way it came, for example `portal`. A word of lower-case letters, digits, `-` and `_`.
    pub channel: String,
    /// Who acted: `employee` or `system`. A word like `channel`.
    pub actor: String,
    /// What was said.
    pub statement: Statement,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// A yes or a no.
    Choice(ChoiceStatement),
    /// A rights request.
    Request(RequestStatement),
    /// What became of a rights request.
    Completion(CompletionStatement),
}

/// A choice about one programme and category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceStatement {
    /// Which programme.
    pub program: ProgramId,
    /// Which kind of data.
    pub category: CategoryId,
    /// The notice that was shown; none where the programme had none.
    pub notice: Option<NoticeId>,
    /// Its version; there if and only if the notice is.
    pub notice_version: Option<u32>,
    /// Index of the public entry with which that version was published.
    pub notice_leaf: Option<u64>,
    /// SHA-256 of the published document; there if and only if the index is.
    pub notice_sha256: Option<Hash>,
    /// The language in which it was shown.
    pub language: Locale,
    /// What the choice became.
    pub decision: ChoiceState,
    /// What narrows a yes. A no has none.
    pub conditions: Conditions,
}

/// A rights request and what it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestStatement {
    /// Its id.
    pub request: RequestId,
    /// What is asked for.
    pub kind: RequestKind,
    /// One programme, or all.
    pub program: Option<ProgramId>,
    /// One kind of data, or all.
    pub category: Option<CategoryId>,
    /// From when, or from the beginning.
    pub from: Option<DateTime<Utc>>,
    /// Until when.
    pub to: DateTime<Utc>,
}

/// The answers of all stores to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionStatement {
    /// Which request.
    pub request: RequestId,
    /// One answer per task.
    pub results: Vec<TaskResult>,
}

/// One store's answer for one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskResult {
    // In alphabetical order, as in `wire.rs`.
    /// How many records.
    pub count: u64,
    /// Which dataset.
    pub dataset: DatasetId,
    /// What became of them.
    pub outcome: Outcome,
    /// Which store.
    pub store: AgentName,
}

/// Why bytes are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Longer than [`MAX_PAYLOAD`].
    #[error("the statement is longer than {MAX_PAYLOAD} bytes")]
    TooLong,
    /// Not JSON, or fields that are missing, unknown or of another type.
    #[error("the statement cannot be read: {0}")]
    Json(String),
    /// Of another version.
    #[error("the statement is of version {0}; a newer version of this program may read it")]
    Version(u32),
    /// Of a kind that this version does not know.
    #[error("the statement is of unknown type {0:?}; a newer version of this program may read it")]
    UnknownType(String),
    /// A field that this type of statement needs.
    #[error("the statement lacks {0}")]
    Missing(&'static str),
    /// A field whose value cannot be.
    #[error("the statement's {0} cannot be right")]
    Field(&'static str),
    /// Not the canonical spelling, or fields that belong to another type of statement.
    #[error("the statement is not in canonical form, or has fields of another type of statement")]
    NotCanonical,
}

impl Statement {
    /// Every `type` that is known here.
    pub const KINDS: [&'static str; 3] = ["choice", "request", "completion"];

    /// The word in the statement's `type`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Choice(_) => "choice",
            Self::Request(_) => "request",
            Self::Completion(_) => "completion",
        }
    }
}

impl Payload {
    /// The canonical JSON, to commit to. The fields of `wire.rs` stand in canonical order, and nothing in them needs to be
    /// spelled in another way than `serde_json` does; tests compare it with a canonicaliser.
    ///
    /// # Errors
    /// When [`Self::parse`] would refuse it: what cannot be read back must not be committed to.
    #[cfg(feature = "ssr")]
    pub fn to_jcs(&self) -> Result<Vec<u8>, PayloadError> {
        if self.v != VERSION {
            return Err(PayloadError::Version(self.v));
        }
        self.check()?;
        let bytes = serde_json::to_vec(&Wire::of(self)).map_err(json)?;
        if bytes.len() > MAX_PAYLOAD {
            return Err(PayloadError::TooLong);
        }
        Ok(bytes)
    }

    /// Reads a statement, in canonical spelling only.
    ///
    /// # Errors
    /// When it is malformed, not canonical, or of a version or type that is not known here.
    pub fn parse(bytes: &[u8]) -> Result<Self, PayloadError> {
        if bytes.len() > MAX_PAYLOAD {
            return Err(PayloadError::TooLong);
        }
        let head: Head = serde_json::from_slice(bytes).map_err(json)?;
        if head.v != VERSION {
            return Err(PayloadError::Version(head.v));
        }
        if !Statement::KINDS.contains(&head.r#type.as_str()) {
            return Err(PayloadError::UnknownType(head.r#type));
        }
        let wire: Wire = serde_json::from_slice(bytes).map_err(json)?;
        let payload = wire.payload()?;
        payload.check()?;
        // Written again it must be the same: no second spelling, no repeated key, no field of another type.
        if serde_json::to_vec(&Wire::of(&payload)).map_err(json)? == bytes {
            Ok(payload)
        } else {
            Err(PayloadError::NotCanonical)
        }
    }

    fn check(&self) -> Result<(), PayloadError> {
        let exact = |number: u64| number <= MAX_INTEGER;
        let numbers = match &self.statement {
            Statement::Choice(choice) => {
                let named = choice.notice.is_some();
                let proven = choice.notice_leaf.is_some();
                if choice.notice_version.is_some() != named
                    || choice.notice_sha256.is_some() != proven
                    || proven && !named
                {
                    return Err(PayloadError::Field("notice"));
                }
                if !choice.conditions.is_empty() && !choice.decision.permits() {
                    return Err(PayloadError::Field("conditions"));
                }
                choice.notice_leaf.is_none_or(exact)
            }
            Statement::Request(_) => true,
            Statement::Completion(completion) => {
                completion.results.iter().all(|result| exact(result.count))
            }
        };
        for (field, good) in [
            ("seq", exact(self.seq)),
            ("prev", self.prev.is_some() == (self.seq > 0)),
            ("channel", is_word(&self.channel)),
            ("actor", is_word(&self.actor)),
            ("numbers", numbers),
        ] {
            if !good {
                return Err(PayloadError::Field(field));
            }
        }
        Ok(())
    }
}

fn is_word(text: &str) -> bool {
    let letter =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(letter)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function in map_err"
)]
fn json(error: serde_json::Error) -> PayloadError {
    PayloadError::Json(error.to_string())
}

/// What is read first, so that a statement of tomorrow is called unknown and not malformed.
#[derive(Deserialize)]
struct Head {
    r#type: String,
    v: u32,
}

#[cfg(test)]
#[path = "payload_tests.rs"]
mod tests;
