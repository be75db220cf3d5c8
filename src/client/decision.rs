//! Questions and decisions in AuthZEN 1.0 terms (OpenID Authorization API 1.0, sections 5 to 7).

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::standing::Reason;
use crate::domain::strict::Object;

use super::error::Error;
use super::moment::Moment;
use super::parsed;

/// May I collect this, about this person, for this programme?
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question {
    /// About whom.
    pub employee: ExternalId,
    /// For which programme.
    pub program: ProgramId,
    /// Which kind of data.
    pub category: CategoryId,
    /// In which app, where the programme is limited to some.
    pub app: Option<String>,
}

/// A clean answer.
#[derive(Debug, Clone)]
pub enum Decision {
    /// Yes, for a while.
    Permit(Permit),
    /// No.
    Deny(Denial),
}

/// A yes that runs out.
#[derive(Debug, Clone)]
pub struct Permit {
    /// Since when the yes has held without a break: nothing from before may be captured.
    pub since: DateTime<Utc>,
    /// The ledger position that the answer is based on.
    pub seq: Option<u64>,
    lease: Duration,
    asked: Moment,
}

/// A no.
#[derive(Debug, Clone, Copy)]
pub struct Denial {
    /// Why, if the server said so in a word that is known here.
    pub reason: Option<Reason>,
    /// The ledger position that the answer is based on.
    pub seq: Option<u64>,
}

impl Permit {
    /// Longest lease that is honoured, whatever the server says.
    pub const MAX_LEASE: Duration = Duration::from_secs(30);

    /// Whether the yes still holds at `now`. The lease counts from when the question was sent.
    pub fn holds(&self, now: Moment) -> bool {
        now.since(self.asked) < self.lease
    }

    /// How long it holds, counted from when the question was sent.
    pub const fn lease(&self) -> Duration {
        self.lease
    }
}

impl Decision {
    /// Whether it is a yes that holds at `now`.
    pub fn permits(&self, now: Moment) -> bool {
        matches!(self, Self::Permit(permit) if permit.holds(now))
    }
}

impl Question {
    pub(super) fn request(&self) -> Value {
        let mut resource = json!({ "type": "data_category", "id": self.category });
        if let Some(app) = &self.app {
            resource["properties"] = json!({ "app": app });
        }
        json!({
            "subject": { "type": "employee", "id": self.employee },
            "action": { "name": "collect", "properties": { "program": self.program } },
            "resource": resource,
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    decision: bool,
    context: Option<Object<Context>>,
}

#[derive(Deserialize, Default)]
struct Context {
    reason: Option<String>,
    seq: Option<u64>,
    lease_ms: Option<u64>,
    since: Option<DateTime<Utc>>,
    obligations: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Answers {
    evaluations: Vec<Object<Answer>>,
}

pub(super) fn parse_one(body: &[u8], asked: Moment) -> Result<Decision, Error> {
    parsed::<Answer>(body)?.decision(asked)
}

pub(super) fn parse_many(
    body: &[u8],
    expected: usize,
    asked: Moment,
) -> Result<Vec<Decision>, Error> {
    let answers = parsed::<Answers>(body)?.evaluations;
    if answers.len() != expected {
        return Err(Error::Unclear(
            "another number of decisions than was asked for",
        ));
    }
    let decisions = answers
        .into_iter()
        .map(|Object(answer)| answer.decision(asked));
    decisions.collect()
}

impl Answer {
    fn decision(self, asked: Moment) -> Result<Decision, Error> {
        let context = self.context.unwrap_or_default().0;
        if !self.decision {
            let reason = context.reason.and_then(|reason| reason.parse().ok());
            return Ok(Decision::Deny(Denial {
                reason,
                seq: context.seq,
            }));
        }
        if context.obligations.is_some() {
            return Err(Error::Unclear(
                "a yes with conditions that are not known here",
            ));
        }
        let (Some(lease), Some(since)) = (context.lease_ms, context.since) else {
            return Err(Error::Unclear(
                "a yes without saying since when and for how long",
            ));
        };
        Ok(Decision::Permit(Permit {
            since,
            seq: context.seq,
            lease: Duration::from_millis(lease).min(Permit::MAX_LEASE),
            asked,
        }))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Instant;

    use chrono::TimeDelta;

    use super::*;

    const YES: &str = r#"{"decision":true,"context":{"reason":"consent_given","seq":7,"as_of":"2026-11-23T08:00:00Z","lease_ms":5000,"since":"2026-11-20T08:00:00Z"}}"#;

    /// A yes as the server sends it.
    pub(crate) fn permit(since: DateTime<Utc>, lease_ms: u64, asked: Moment) -> Decision {
        let context = json!({ "lease_ms": lease_ms, "since": since });
        let text = json!({ "decision": true, "context": context }).to_string();
        parse_one(text.as_bytes(), asked).unwrap()
    }

    /// A no as the server sends it.
    pub(crate) fn refusal(reason: &str) -> Decision {
        let text = json!({ "decision": false, "context": { "reason": reason } }).to_string();
        parse_one(text.as_bytes(), start()).unwrap()
    }

    fn start() -> Moment {
        Moment {
            steady: Instant::now(),
            wall: "2026-11-23T08:00:00Z".parse().unwrap(),
        }
    }

    fn later(moment: Moment, steady: u64, wall: i64) -> Moment {
        Moment {
            steady: moment.steady + Duration::from_millis(steady),
            wall: moment.wall + TimeDelta::milliseconds(wall),
        }
    }

    #[test]
    fn a_yes_runs_out_by_either_clock() {
        let asked = start();
        let decision = parse_one(YES.as_bytes(), asked).unwrap();
        assert!(decision.permits(asked));
        assert!(decision.permits(later(asked, 4999, 4999)));
        assert!(!decision.permits(later(asked, 5000, 0)));
        assert!(
            !decision.permits(later(asked, 10, 5000)),
            "the machine slept: only the wall clock ran on"
        );
        assert!(
            !decision.permits(later(asked, 5000, -3_600_000)),
            "a wall clock that was set back prolongs nothing"
        );
    }

    #[test]
    fn a_lease_is_never_longer_than_half_a_minute_here() {
        let asked = start();
        let text = YES.replace("5000", "3600000");
        let decision = parse_one(text.as_bytes(), asked).unwrap();
        assert!(decision.permits(later(asked, 29_999, 0)));
        assert!(!decision.permits(later(asked, 30_000, 0)));
    }

    #[test]
    fn nothing_but_a_clean_yes_is_a_yes() {
        let asked = start();
        for bad in [
            r#"{"decision":"true","context":{"lease_ms":5000,"since":"2026-11-20T08:00:00Z"}}"#
                .to_owned(),
            r#"{"decision":true}"#.to_owned(),
            r#"[true,{"lease_ms":5000,"since":"2026-11-20T08:00:00Z"}]"#.to_owned(),
            YES.replace("\"decision\":true", "\"decision\":false,\"decision\":true"),
            YES.replace("\"seq\":7", "\"seq\":7,\"seq\":7"),
            YES.replace("\"seq\":7", "\"x\":1,\"x\":2"),
            YES.replace("\"lease_ms\":5000", "\"lease_ms\":\"5000\""),
            YES.replace("\"lease_ms\":5000", "\"lease_ms\":-1"),
            YES.replace("\"lease_ms\":5000,", ""),
            YES.replace(",\"since\":\"2026-11-20T08:00:00Z\"", ""),
            YES.replace("\"seq\":7", "\"seq\":7,\"obligations\":[{\"id\":\"mask\"}]"),
            YES[..YES.len() - 1].to_owned(),
        ] {
            let result = parse_one(bad.as_bytes(), asked);
            assert!(!matches!(result, Ok(Decision::Permit(_))), "{bad}");
        }
        let now = parse_one(YES.replace("5000", "0").as_bytes(), asked).unwrap();
        assert!(
            !now.permits(asked),
            "a lease of nothing has run out at once"
        );
    }

    #[test]
    fn a_no_keeps_its_reason_and_needs_no_context() {
        let deny = |text: &str| match parse_one(text.as_bytes(), start()).unwrap() {
            Decision::Deny(denial) => denial.reason,
            Decision::Permit(_) => panic!("{text}"),
        };
        assert_eq!(
            deny(r#"{"decision":false,"context":{"reason":"withdrawn"}}"#),
            Some(Reason::Withdrawn)
        );
        assert_eq!(deny(r#"{"decision":false}"#), None);
        assert_eq!(
            deny(r#"{"decision":false,"context":{"error":{"status":400}}}"#),
            None
        );
    }

    #[test]
    fn a_batch_is_answered_as_a_whole_or_not_at_all() {
        let many = |text: &str, expected| parse_many(text.as_bytes(), expected, start());
        let both = format!(r#"{{"evaluations":[{YES},{{"decision":false}}]}}"#);
        assert_eq!(many(&both, 2).unwrap().len(), 2);
        assert!(many(&both, 1).is_err());
        assert!(many(&both, 3).is_err());
        assert!(many(YES, 1).is_err(), "a single answer to a batch");
        let spoilt = format!(r#"{{"evaluations":[{YES},{{"decision":"false"}}]}}"#);
        assert!(many(&spoilt, 2).is_err());
        let array = r#"{"evaluations":[[true]]}"#;
        assert!(many(array, 1).is_err());
    }

    #[test]
    fn a_question_is_asked_in_authzen_words() {
        let question = Question {
            employee: "E1".parse().unwrap(),
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            app: Some("browser".into()),
        };
        assert_eq!(
            question.request(),
            json!({
                "subject": {"type": "employee", "id": "E1"},
                "action": {"name": "collect", "properties": {"program": "mci"}},
                "resource": {"type": "data_category", "id": "keystrokes", "properties": {"app": "browser"}},
            })
        );
    }
}
