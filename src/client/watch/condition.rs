//! Conditions that narrow a yes, as far as they can be judged here.
//!
//! What is stored about people and kinds of data is known to the server alone, and wins there over what a caller says.
//! So a condition on either is not judged here: it is a no, and whoever wants to know asks the server. Apps, hours and
//! what the deed itself is said to be are judged as the server judges them.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::domain::condition::{Circumstances, Condition, Conditions};
use crate::domain::property::{self, Given, Properties};
use crate::domain::standing::Reason;

use super::Ask;

/// The conditions of one choice: `None` where one of them cannot be judged here.
#[derive(Debug)]
pub struct Narrowing(Option<Conditions>);

impl Narrowing {
    /// As the server sends them.
    pub fn of(conditions: &[Map<String, Value>]) -> Self {
        if conditions.is_empty() {
            return Self(Some(Conditions::NONE));
        }
        let conditions = conditions.iter().cloned().map(Value::Object).collect();
        let read = serde_json::from_value::<Conditions>(Value::Array(conditions)).ok();
        Self(read.filter(|conditions| conditions.as_slice().iter().all(is_judged_here)))
    }

    /// Whether they hold at `time`, by the server's clock: since when, where the hour matters.
    ///
    /// # Errors
    /// Why they do not.
    pub fn judge(&self, ask: &Ask, time: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Reason> {
        let conditions = self.0.as_ref().ok_or(Reason::NoChoice)?;
        if conditions.is_empty() {
            return Ok(None);
        }
        let caller = Given {
            action: ask.action,
            ..Given::NOTHING
        };
        let around = Circumstances {
            caller,
            ..Circumstances::in_app(ask.app)
        };
        conditions.judge(&around, time)
    }

    /// How long after `time` the hour may become a wrong one; `None` where it does not matter.
    pub fn hour_ends(&self, time: DateTime<Utc>) -> Option<Duration> {
        self.0
            .as_ref()
            .filter(|conditions| conditions.depend_on_time())?;
        // Hours of the week end with whole minutes.
        let next = DateTime::from_timestamp(time.timestamp().div_euclid(60) * 60, 0)?
            + TimeDelta::minutes(1);
        (next - time).to_std().ok()
    }
}

fn is_judged_here(condition: &Condition) -> bool {
    match condition {
        Condition::Apps(_) | Condition::Hours(_) => true,
        Condition::OnlyIf(test) | Condition::NotIf(test) => {
            test.attribute.to_string().starts_with("action.")
        }
    }
}

/// What JSON says about the deed, in the form in which conditions read it. Names that stand twice have to be refused
/// before.
pub fn properties(said: &Map<String, Value>) -> Properties<'_> {
    const MAX_NUMBER: u64 = (1 << 53) - 1;
    let value = |value: &'_ Value| match value {
        Value::Null => None,
        Value::Bool(flag) => Some(property::Value::Flag(*flag)),
        Value::Number(number) => Some(match number.as_i64() {
            Some(whole) if whole.unsigned_abs() <= MAX_NUMBER => property::Value::Number(whole),
            _ => property::Value::Other,
        }),
        Value::String(text) => Some(property::Value::Text(Cow::Owned(text.clone()))),
        Value::Array(_) | Value::Object(_) => Some(property::Value::Other),
    };
    let pairs = said.iter();
    let said = pairs.filter_map(|(name, said)| Some((Cow::Borrowed(name.as_str()), value(said)?)));
    Properties(said.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Judged = Option<(Option<DateTime<Utc>>, Option<Duration>)>;

    fn judge(condition: &Value, app: Option<&str>, said: &Value) -> Judged {
        let narrowing = Narrowing::of(&[condition.as_object().unwrap().clone()]);
        let said = properties(said.as_object().unwrap());
        let ask = Ask {
            app,
            action: &said,
            ..Ask::new("E1", "mci", "keystrokes")
        };
        let monday_noon = "2026-11-23T12:00:00Z".parse().unwrap();
        let since = narrowing.judge(&ask, monday_noon).ok()?;
        Some((since, narrowing.hour_ends(monday_noon)))
    }

    #[test]
    fn what_is_said_of_the_deed_and_the_app_is_judged_here() {
        let masked = json!({"only_if": {"attribute": "action.masked", "equals": true}});
        assert_eq!(
            judge(&masked, None, &json!({"masked": true})),
            Some((None, None))
        );
        for said in [
            json!({}),
            json!({"masked": false}),
            json!({"masked": "true"}),
            json!({"masked": [true]}),
            json!({"masked": null}),
        ] {
            assert_eq!(judge(&masked, None, &said), None, "{said}");
        }
        let apps = json!({"apps": ["mail"]});
        assert!(judge(&apps, Some("mail"), &json!({})).is_some());
        assert!(judge(&apps, Some("browser"), &json!({})).is_none());
        assert!(judge(&apps, None, &json!({})).is_none());
    }

    #[test]
    fn hours_hold_to_the_minute() {
        let from = |from: &str| json!({"hours": {"utc_offset_minutes": 0, "windows": [{"days": ["mon"], "from": from, "to": "18:00"}]}});
        let (since, ends) = judge(&from("09:00"), None, &json!({})).unwrap();
        let nine = "2026-11-23T09:00:00Z".parse().ok();
        assert_eq!((since, ends), (nine, Some(Duration::from_mins(1))));
        assert!(judge(&from("13:00"), None, &json!({})).is_none());
    }

    #[test]
    fn what_only_the_server_knows_is_a_no_here_whatever_the_caller_says() {
        for elsewhere in [
            json!({"only_if": {"attribute": "subject.role", "equals": "admin"}}),
            json!({"not_if": {"attribute": "resource.status", "equals": "archived"}}),
            json!({"only": "on Mondays"}),
            json!({}),
        ] {
            let said = json!({"role": "admin", "status": "active"});
            assert!(judge(&elsewhere, None, &said).is_none(), "{elsewhere}");
        }
    }
}
