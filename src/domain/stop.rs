//! Stopping and resuming a programme for everybody: what is said in public about it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::account::Role;
use super::id::ProgramId;
use super::invalid::Invalid;
use super::program::ProgramStatus;

/// One change of a programme's status as the ledger has it. Its canonical JSON is the document whose SHA-256 stands in
/// the ledger: it says by which role, never who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusNote {
    /// Which programme.
    pub program: ProgramId,
    /// Its status from then on.
    pub status: ProgramStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// The role of whoever did it.
    pub by: Role,
    /// Why, in words for everybody.
    pub reason: String,
}

/// Why a programme is stopped, in words that everybody concerned reads: 1 to 1000 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopReason(String);

impl StopReason {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::str::FromStr for StopReason {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().replace("\r\n", "\n");
        let plain = |letter: char| letter == '\n' || !letter.is_control();
        let fits = (1..=1000).contains(&text.chars().count()) && text.chars().all(plain);
        if fits {
            Ok(Self(text))
        } else {
            Err(Invalid::new(
                "reason",
                "Say in 1 to 1000 characters why it is paused: everyone concerned reads it.",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_words_that_people_can_read() {
        let reason: StopReason = "  Nine people too many\r\ncould read it. ".parse().unwrap();
        assert_eq!(reason.as_str(), "Nine people too many\ncould read it.");
        for bad in ["", "  \n ", "a\u{7}b", &"x".repeat(1001)] {
            assert!(bad.parse::<StopReason>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_note_names_a_role_and_nobody() {
        let note = StatusNote {
            program: "mci".parse().unwrap(),
            status: ProgramStatus::Paused,
            at: DateTime::from_timestamp(0, 0).unwrap(),
            by: Role::PrivacyOfficer,
            reason: "Closed until explained.".into(),
        };
        assert_eq!(
            serde_json::to_string(&note).unwrap(),
            r#"{"program":"mci","status":"paused","at":"1970-01-01T00:00:00Z","by":"privacy_officer","reason":"Closed until explained."}"#
        );
    }
}
