//! The JSON of a statement: one flat object with every field of every type, and the way to and from [`Payload`].
//!
//! Fields stand in alphabetical order; written in this order without spaces, the JSON is canonical (RFC 8785), which
//! lets the browser check the spelling without a canonicaliser. A new field goes to its alphabetical place.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::hash::Hash;
use super::payload::{
    ChoiceStatement, CompletionStatement, Payload, PayloadError, RequestStatement, Statement,
    TaskResult,
};
use crate::domain::choice::ChoiceState;
use crate::domain::condition::Conditions;
use crate::domain::employee::Locale;
use crate::domain::id::{CategoryId, NoticeId, ProgramId, RequestId, SubjectId};
use crate::domain::request::RequestKind;

/// All fields; those of other types of statement are absent.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    actor: String,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<CategoryId>,
    channel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<Conditions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<ChoiceState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<RequestKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Locale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<NoticeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_leaf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_sha256: Option<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<ProgramId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<Vec<TaskResult>>,
    seq: u64,
    subject: SubjectId,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<DateTime<Utc>>,
    r#type: String,
    v: u32,
}

impl Wire {
    /// What to write for `payload`.
    pub(super) fn of(payload: &Payload) -> Self {
        let mut wire = Self {
            actor: payload.actor.clone(),
            at: payload.at,
            category: None,
            channel: payload.channel.clone(),
            conditions: None,
            decision: None,
            from: None,
            kind: None,
            language: None,
            notice: None,
            notice_leaf: None,
            notice_sha256: None,
            notice_version: None,
            prev: payload.prev,
            program: None,
            request: None,
            results: None,
            seq: payload.seq,
            subject: payload.subject,
            to: None,
            r#type: payload.statement.kind().to_owned(),
            v: payload.v,
        };
        match payload.statement.clone() {
            Statement::Choice(choice) => {
                wire.program = Some(choice.program);
                wire.category = Some(choice.category);
                wire.notice = choice.notice;
                wire.notice_version = choice.notice_version;
                wire.notice_leaf = choice.notice_leaf;
                wire.notice_sha256 = choice.notice_sha256;
                wire.language = Some(choice.language);
                wire.decision = Some(choice.decision);
                wire.conditions =
                    Some(choice.conditions).filter(|conditions| !conditions.is_empty());
            }
            Statement::Request(request) => {
                wire.request = Some(request.request);
                wire.kind = Some(request.kind);
                wire.program = request.program;
                wire.category = request.category;
                wire.from = request.from;
                wire.to = Some(request.to);
            }
            Statement::Completion(completion) => {
                wire.request = Some(completion.request);
                wire.results = Some(completion.results);
            }
        }
        wire
    }

    /// What was read. Fields that do not belong to the type are lost here; the caller notices by writing it again.
    pub(super) fn payload(self) -> Result<Payload, PayloadError> {
        let statement = match self.r#type.as_str() {
            "choice" => Statement::Choice(ChoiceStatement {
                program: needed(self.program, "program")?,
                category: needed(self.category, "category")?,
                notice: self.notice,
                notice_version: self.notice_version,
                notice_leaf: self.notice_leaf,
                notice_sha256: self.notice_sha256,
                language: needed(self.language, "language")?,
                decision: needed(self.decision, "decision")?,
                conditions: self.conditions.unwrap_or_default(),
            }),
            "request" => Statement::Request(RequestStatement {
                request: needed(self.request, "request")?,
                kind: needed(self.kind, "kind")?,
                program: self.program,
                category: self.category,
                from: self.from,
                to: needed(self.to, "to")?,
            }),
            "completion" => Statement::Completion(CompletionStatement {
                request: needed(self.request, "request")?,
                results: needed(self.results, "results")?,
            }),
            _ => return Err(PayloadError::UnknownType(self.r#type)),
        };
        Ok(Payload {
            v: self.v,
            subject: self.subject,
            seq: self.seq,
            prev: self.prev,
            at: self.at,
            channel: self.channel,
            actor: self.actor,
            statement,
        })
    }
}

fn needed<T>(field: Option<T>, name: &'static str) -> Result<T, PayloadError> {
    field.ok_or(PayloadError::Missing(name))
}
