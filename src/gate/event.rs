//! One capture event: a JSON object on a line. Who, for what, what kind, in which app, when; whatever else it holds is
//! passed on unread.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::client::decision::Question;
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::strict;

/// What holds where an event does not say it.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// About whom.
    pub employee: Option<ExternalId>,
    /// For which programme.
    pub program: Option<ProgramId>,
    /// Which kind of data.
    pub category: Option<CategoryId>,
    /// In which app.
    pub app: Option<String>,
}

/// What the gate needs to know of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What has to be asked about it.
    pub question: Question,
    /// When it was captured.
    pub at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Fields {
    employee: Option<String>,
    program: Option<String>,
    category: Option<String>,
    app: Option<String>,
    at: Option<String>,
}

impl Defaults {
    /// Reads one line. `now` is when it was read: the time of an event that names none.
    /// `None` for anything that is not an event: no object, a name twice, an unreadable value, something missing.
    pub fn event(&self, line: &[u8], now: DateTime<Utc>) -> Option<Event> {
        let fields: Fields = strict::from_slice(line).ok()?;
        let app = fields.app.or_else(|| self.app.clone());
        if app.as_deref().is_some_and(|app| !is_app(app)) {
            return None;
        }
        let question = Question {
            employee: named(fields.employee, self.employee.as_ref())?,
            program: named(fields.program, self.program.as_ref())?,
            category: named(fields.category, self.category.as_ref())?,
            app,
        };
        let at = match fields.at {
            Some(at) => DateTime::parse_from_rfc3339(&at).ok()?.to_utc(),
            None => now,
        };
        Some(Event { question, at })
    }
}

/// Whether `app` can stand in a record: 1 to 100 bytes on one line.
pub fn is_app(app: &str) -> bool {
    (1..=100).contains(&app.len()) && !app.chars().any(char::is_control)
}

fn named<T: std::str::FromStr + Clone>(text: Option<String>, default: Option<&T>) -> Option<T> {
    match text {
        Some(text) => text.parse().ok(),
        None => default.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T08:00:00Z".parse().unwrap()
    }

    fn defaults() -> Defaults {
        Defaults {
            employee: Some("E1".parse().unwrap()),
            program: Some("mci".parse().unwrap()),
            category: None,
            app: Some("browser".into()),
        }
    }

    #[test]
    fn an_event_says_what_differs_from_the_defaults() {
        let line = br#"{"category":"keystrokes","x":1,"y":[2],"at":"2026-11-23T09:00:00.5+01:00"}"#;
        let event = defaults().event(line, now()).unwrap();
        assert_eq!(event.question.employee.as_str(), "E1");
        assert_eq!(event.question.category.as_str(), "keystrokes");
        assert_eq!(event.question.app.as_deref(), Some("browser"));
        assert_eq!(event.at.to_rfc3339(), "2026-11-23T08:00:00.500+00:00");
        let line = br#"{"employee":"E2","category":"mouse_movement","app":"mail","at":null}"#;
        let event = defaults().event(line, now()).unwrap();
        assert_eq!(event.question.employee.as_str(), "E2");
        assert_eq!(event.question.app.as_deref(), Some("mail"));
        assert_eq!(event.at, now());
    }

    #[test]
    fn what_is_not_clearly_an_event_is_none() {
        for bad in [
            "",
            "\n",
            "[]",
            "{}",
            r#"["E1","mci","keystrokes"]"#,
            r#"{"category":"keystrokes""#,
            r#"{"category":"keystrokes"} {"category":"keystrokes"}"#,
            r#"{"category":"keystrokes","category":"mouse_movement"}"#,
            r#"{"category":"keystrokes","employee":"E2","employee":"E1"}"#,
            r#"{"category":"Keystrokes"}"#,
            r#"{"category":"keystrokes","employee":7}"#,
            r#"{"category":"keystrokes","employee":""}"#,
            r#"{"category":"keystrokes","app":""}"#,
            r#"{"category":"keystrokes","app":"a\nb"}"#,
            r#"{"category":"keystrokes","at":"yesterday"}"#,
            r#"{"category":"keystrokes","at":1764000000}"#,
            r#"{"category":"keystrokes","at":"2026-11-23T09:00:00"}"#,
        ] {
            assert_eq!(defaults().event(bad.as_bytes(), now()), None, "{bad}");
        }
    }
}
