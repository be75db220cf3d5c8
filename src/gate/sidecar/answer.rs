//! AuthZEN 1.0 answers.

use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::client::watch::Ask;
use crate::client::watch::permit::Permit;
use crate::domain::standing::Reason;

use super::Sidecar;
use super::question::{self, Asked, Question, Semantic};
use super::serve::{self, Answer};

/// How long a position is waited for that is not known yet.
const BEHIND: Duration = Duration::from_millis(50);
const LOOK: Duration = Duration::from_millis(5);

/// Answers a call.
pub(super) async fn answer(sidecar: &Sidecar, body: &[u8], many: bool) -> Answer {
    let body = match question::read(body, many) {
        Ok(Asked::One(question)) => sidecar.evaluation(&question).await,
        Ok(Asked::Many(questions, semantic)) => {
            let mut answers = Vec::with_capacity(questions.len());
            for question in questions {
                let answer = match question {
                    Ok(question) => sidecar.evaluation(&question).await,
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

    async fn evaluation(&self, question: &Question) -> Value {
        if let Some(seq) = question.min_seq
            && !self.reaches(seq).await
        {
            return self.no(Reason::ReplicaBehind);
        }
        question.put(|ask| self.judge(ask))
    }

    /// Waits a little until that position is known.
    async fn reaches(&self, seq: u64) -> bool {
        let mut changes = self.watch.changes();
        let known = async {
            while self.watch.seq() < Some(seq) {
                // A heartbeat moves the position too, and tells nobody.
                let _ = tokio::time::timeout(LOOK, changes.changed()).await;
            }
        };
        tokio::time::timeout(BEHIND, known).await.is_ok()
    }

    fn judge(&self, ask: &Ask) -> Value {
        let permit = match self.decide(ask) {
            Ok(permit) => permit,
            Err(reason) => return self.no(reason),
        };
        // Noted first: if it was stopped in between, it does not hold below; if not, the stop sees the note.
        self.handed.note(ask, permit.left());
        if !permit.holds() {
            return self.no(Reason::ProjectionStale);
        }
        let lease = u64::try_from(permit.left().as_millis()).unwrap_or_default();
        json!({"decision": true, "context": {
            "reason": Reason::ConsentGiven, "seq": permit.seq(), "as_of": (self.clock)().wall,
            "lease_ms": lease, "since": permit.since(),
        }})
    }

    fn no(&self, reason: Reason) -> Value {
        let left = self.watch.lease_left();
        let lease = u64::try_from(left.as_millis()).unwrap_or_default();
        json!({"decision": false, "context": {
            "reason": reason, "seq": self.watch.seq().unwrap_or_default(), "as_of": (self.clock)().wall,
            "lease_ms": lease,
        }})
    }
}
