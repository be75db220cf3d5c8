//! What holds for the one person of a case, as the agent API tells it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// The one person's standing, as the contract tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The choice that permits, if there is one.
    pub permit: Option<Permit>,
    /// The programme's status.
    pub status: &'static str,
}

/// A choice that permits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Since when.
    pub since: String,
    /// When it ends, if that is known.
    pub until: Option<DateTime<Utc>>,
    /// Whether a condition comes with it that no collector knows.
    pub conditional: bool,
}

impl Standing {
    /// Whether it permits at `now`, conditions aside.
    pub fn permits(&self, now: DateTime<Utc>) -> bool {
        let permit = self.permit.as_ref();
        let open = permit.is_some_and(|permit| permit.until.is_none_or(|until| now < until));
        self.status == "active" && open
    }
}

impl Permit {
    /// As a change tells it.
    pub fn told(&self) -> Value {
        let conditions = if self.conditional {
            json!([{ "type": "conformance.unknown", "value": "If you do not know this, it is a no." }])
        } else {
            json!([])
        };
        json!({ "since": self.since, "until": self.until.map(moment), "conditions": conditions })
    }
}

/// RFC 3339 with milliseconds, in UTC.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
