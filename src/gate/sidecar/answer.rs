//! AuthZEN 1.0 answers.

use std::sync::atomic::Ordering;

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::client::watch::Ask;
use crate::client::watch::permit::Permit;
use crate::domain::standing::Reason;

use super::Sidecar;
use super::question::{self, Asked, Semantic};
use super::serve::{self, Answer};

/// Answers a call.
pub(super) fn answer(sidecar: &Sidecar, body: &[u8], many: bool) -> Answer {
    let body = match question::read(body, many) {
        Ok(Asked::One(question)) => sidecar.evaluation(&question.ask()),
        Ok(Asked::Many(questions, semantic)) => {
            let mut answers = Vec::with_capacity(questions.len());
            for question in questions {
                let answer = match question {
                    Ok(question) => sidecar.evaluation(&question.ask()),
                    Err(message) => {
                        json!({"decision": false, "context": {"error": {"status": 400, "message": message}}})
                    }
                };
                let decision = answer["decision"] == true;
                answers.push(answer);
                let last = match semantic {
                    Semantic::ExecuteAll => false,
                    Semantic::DenyOnFirstDeny => !decision,
                    Semantic::PermitOnFirstPermit => decision,
                };
                if last {
                    break;
                }
            }
            json!({ "evaluations": answers })
        }
        Err(message) => return serve::problem(StatusCode::BAD_REQUEST, message),
    };
    serve::json(StatusCode::OK, &body)
}

impl Sidecar {
    /// Decides, and counts. A yes that is handed out for a while is noted: a stop waits for it.
    pub(super) fn decide(&self, ask: &Ask) -> Result<Permit, Reason> {
        let permit = self.watch.permit(ask);
        let count = if permit.is_ok() {
            &self.allowed
        } else {
            &self.denied
        };
        count.fetch_add(1, Ordering::Relaxed);
        permit
    }

    fn evaluation(&self, ask: &Ask) -> Value {
        let as_of = (self.clock)().wall;
        let permit = self.decide(ask);
        if let Ok(permit) = &permit {
            // Noted first: if it was stopped in between, it does not hold below; if not, the stop sees the note.
            self.handed.note(ask, permit.left());
        }
        match permit {
            Ok(permit) if permit.holds() => json!({"decision": true, "context": {
                "reason": Reason::ConsentGiven, "seq": permit.seq(), "as_of": as_of,
                "lease_ms": u64::try_from(permit.left().as_millis()).unwrap_or_default(), "since": permit.since(),
            }}),
            other => {
                let status = self.watch.status();
                let reason = other.err().unwrap_or(Reason::ProjectionStale);
                let lease = u64::try_from(status.lease_left.as_millis()).unwrap_or_default();
                json!({"decision": false, "context": {
                    "reason": reason, "seq": status.seq.unwrap_or_default(), "as_of": as_of, "lease_ms": lease,
                }})
            }
        }
    }
}
