//! What a person's statement says: JSON in the canonical form of RFC 8785 (JCS), so that it has one spelling.
//!
//! `seq` and `prev` (leaf hash of the same person's statement before) make every person's statements a chain of their
//! own: leaving one out, moving or adding one shows when the chain is disclosed. To add a type: a variant of
//! `Statement` with its struct. What is already written must keep reading back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hash::Hash;
use crate::domain::choice::ChoiceState;
use crate::domain::employee::Locale;
use crate::domain::id::{
    AgentName, CategoryId, DatasetId, NoticeId, ProgramId, RequestId, SubjectId,
};
use crate::domain::request::{Outcome, RequestKind};

/// A statement with its place in the person's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Version of this format: 1.
    pub v: u32,
    /// About whom.
    pub subject: SubjectId,
    /// Position in the person's chain, from 0.
    pub seq: u64,
    /// Leaf hash of the person's statement before; absent in the first one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_hash"
    )]
    pub prev: Option<Hash>,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// By which way: `portal`.
    pub channel: String,
    /// Who acted: `employee` or `system`.
    pub actor: String,
    /// What is said.
    #[serde(flatten)]
    pub statement: Statement,
}

/// What a statement can say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Statement {
    /// A yes or a no.
    Choice(ChoiceStatement),
    /// Something was asked for.
    Request(RequestStatement),
    /// What was asked for has been answered by everyone.
    Completion(CompletionStatement),
}

/// A yes or a no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceStatement {
    /// About which programme.
    pub program: ProgramId,
    /// About which kind of data.
    pub category: CategoryId,
    /// The notice that was shown; absent where the programme had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeId>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_version: Option<u32>,
    /// Index of the ledger entry that published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_leaf: Option<u64>,
    /// SHA-256 of the published document.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_hash"
    )]
    pub notice_sha256: Option<Hash>,
    /// The language in which it was shown.
    pub language: Locale,
    /// What was decided.
    pub decision: ChoiceState,
}

/// Something was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestStatement {
    /// Which request.
    pub request: RequestId,
    /// What kind.
    pub kind: RequestKind,
    /// One programme, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ProgramId>,
    /// One kind of data, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// From when; absent: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Until when.
    pub to: DateTime<Utc>,
}

/// What was asked for has been answered by everyone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletionStatement {
    /// Which request.
    pub request: RequestId,
    /// What each store answered for each dataset.
    pub results: Vec<TaskResult>,
}

/// One store's answer for one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// Which store.
    pub store: AgentName,
    /// Which dataset.
    pub dataset: DatasetId,
    /// What became of the data.
    pub outcome: Outcome,
    /// How many records were erased.
    pub count: u64,
}

/// A payload that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a statement that we know how to read")]
pub struct Unreadable;

impl Statement {
    /// The word of its type.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Choice(_) => "choice",
            Self::Request(_) => "request",
            Self::Completion(_) => "completion",
        }
    }
}

impl Payload {
    /// Reads canonical JSON.
    ///
    /// # Errors
    /// `Unreadable` for anything that this version does not know.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let payload: Self = serde_json::from_slice(bytes).map_err(|_| Unreadable)?;
        if payload.v == 1 {
            Ok(payload)
        } else {
            Err(Unreadable)
        }
    }

    /// Writes canonical JSON (RFC 8785).
    ///
    /// # Errors
    /// `Unreadable` when a value has no canonical form; none of ours lacks one.
    #[cfg(feature = "ssr")]
    pub fn to_jcs(&self) -> Result<Vec<u8>, Unreadable> {
        serde_json_canonicalizer::to_vec(self).map_err(|_| Unreadable)
    }
}

mod optional_hash {
    use super::{Deserialize, Deserializer, Hash, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde asks for")]
    pub(super) fn serialize<S: Serializer>(
        hash: &Option<Hash>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match hash {
            Some(hash) => serializer.serialize_str(&hash.to_base64()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Hash>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let hash = |text: String| {
            Hash::from_base64(&text)
                .ok_or_else(|| serde::de::Error::custom("not a SHA-256 in base64"))
        };
        text.map(hash).transpose()
    }
}
