//! `sayso-gate check`: one question, one line, one exit code.

use serde::Serialize;

use crate::client::Client;
use crate::client::decision::{Decision, Question};
use crate::client::moment::Clock;

/// The answer, for people and for programs.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    /// `allow`, `deny` or `cannot_tell`.
    pub answer: &'static str,
    /// Why not, in one of the words of the agent API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Since when the yes has held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<chrono::DateTime<chrono::Utc>>,
    /// For how many milliseconds the yes may be relied on, counted from when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_ms: Option<u128>,
    /// The ledger position that the answer is based on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Asks.
pub async fn run(client: &Client, question: &Question, clock: &Clock) -> Answer {
    match client.evaluate(question).await {
        Ok(Decision::Permit(permit)) if permit.holds(clock()) => Answer {
            answer: "allow",
            since: Some(permit.since),
            lease_ms: Some(permit.lease().as_millis()),
            seq: permit.seq,
            ..Answer::default()
        },
        Ok(Decision::Permit(_)) => {
            Answer::cannot_tell("the answer had run out before it arrived".into())
        }
        Ok(Decision::Deny(denial)) => Answer {
            answer: "deny",
            reason: denial.reason.map(crate::domain::standing::Reason::word),
            seq: denial.seq,
            ..Answer::default()
        },
        Err(error) => Answer::cannot_tell(error.to_string()),
    }
}

impl Answer {
    fn cannot_tell(error: String) -> Self {
        Self {
            answer: "cannot_tell",
            error: Some(error),
            ..Self::default()
        }
    }

    /// 0 allow, 1 deny, 2 cannot tell.
    pub fn exit_code(&self) -> u8 {
        match self.answer {
            "allow" => 0,
            "deny" => 1,
            _ => 2,
        }
    }

    /// One line for people.
    pub fn line(&self) -> String {
        match (self.answer, self.since, self.reason, &self.error) {
            ("allow", Some(since), ..) => {
                let lease = self.lease_ms.unwrap_or_default();
                format!("allow: consent given, unbroken since {since}; ask again within {lease} ms")
            }
            ("deny", _, Some(reason), _) => format!("deny: {}", reason.replace('_', " ")),
            ("deny", ..) => "deny".into(),
            (_, _, _, error) => format!(
                "cannot tell (treat it as a no): {}",
                error.as_deref().unwrap_or_default()
            ),
        }
    }
}
