//! Problems (RFC 9457): every answer of the agent API that is not a success.
//!
//! The `type` URIs are stable; programs may rely on them. A detail says what to do and never repeats what was sent,
//! which may be somebody's data. To add a kind, add a constructor.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::error::{Conflict, Error};
use crate::domain::invalid::Invalid;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem.
    #[serde(rename = "type")]
    #[schema(examples("urn:sayso:problem:malformed"))]
    pub kind: String,
    /// The same, for people.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// Single inputs that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One wrong input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// JSON pointer to it.
    #[schema(examples("/count"))]
    pub pointer: String,
    /// What to do about it.
    pub detail: String,
}

impl Problem {
    fn new(status: StatusCode, name: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:sayso:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// 400: the request is not what the API documents.
    pub fn malformed(detail: impl Into<String>) -> Self {
        let title = "The request is malformed";
        Self::new(StatusCode::BAD_REQUEST, "malformed", title, detail)
    }

    /// 400, with the inputs that are wrong.
    pub fn invalid(faults: &[Invalid]) -> Self {
        let errors = faults.iter().map(|invalid| Fault {
            pointer: format!("/{}", invalid.field),
            detail: invalid.message.clone(),
        });
        Self {
            errors: errors.collect(),
            ..Self::malformed(
                "Mend what is named in errors and send it again. Nothing was changed.",
            )
        }
    }

    /// 401: no key, or none that is known.
    pub fn unauthenticated() -> Self {
        let detail = "Send the agent's key as Authorization: Bearer sayso_agent_…";
        let title = "The agent is not known";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", title, detail)
    }

    /// 403: known, but not for this.
    pub fn denied() -> Self {
        let detail =
            "This agent is not registered for that: collectors ask and report, stores take tasks.";
        Self::new(
            StatusCode::FORBIDDEN,
            "denied",
            "Not for this agent",
            detail,
        )
    }

    /// 404.
    pub fn not_found() -> Self {
        let detail = "There is nothing under this address for this agent.";
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        let detail = "Use one of the methods in the Allow header.";
        let title = "The method is not allowed";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            title,
            detail,
        )
    }

    /// 413.
    pub fn too_large() -> Self {
        let detail = "Send fewer items at once.";
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The request is too large",
            detail,
        )
    }

    fn conflict(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Busy => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Too busy",
                "Try again in a while.",
            ),
            Conflict::AlreadyAnswered => Self::new(
                StatusCode::CONFLICT,
                "already-answered",
                "The task is already answered",
                "A different final answer stands. Attestations cannot be changed.",
            ),
            Conflict::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                "The key came with another body",
                "Choose a new Idempotency-Key for each new body. Nothing was changed.",
            ),
            Conflict::UnderWay => Self::new(
                StatusCode::CONFLICT,
                "under-way",
                "The first is still under way",
                "Send the same again in a moment.",
            ),
            Conflict::Replayed
            | Conflict::NoticeOutdated { .. }
            | Conflict::VersionTaken
            | Conflict::NameTaken => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "It collides with what holds",
                "Look again at what holds now.",
            ),
        }
    }

    /// 408: the body did not come in time.
    pub fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "The request came too slowly",
            "Send the whole body within ten seconds. Nothing was changed.",
        )
    }

    /// 503: this server does not know the ledger's head well enough to be relied on.
    pub fn not_ready() -> Self {
        let detail =
            "This server has no fresh view of the ledger. Treat it as a no, and try again.";
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-ready",
            "Not ready",
            detail,
        )
    }

    /// 500. The cause has been logged; it is not for the caller.
    pub fn internal() -> Self {
        let detail =
            "The failure is on this side and has been logged. Treat it as a no, and try again.";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            detail,
        )
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(faults) => Self::invalid(&faults),
            Error::Denied => Self::denied(),
            Error::NotFound => Self::not_found(),
            Error::Conflict(conflict) => Self::conflict(conflict),
            Error::Internal(cause) => {
                tracing::error!(cause, "agent call failed");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let passes = status == StatusCode::SERVICE_UNAVAILABLE || self.kind.ends_with(":under-way");
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer realm=\"sayso\"");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        if passes {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
