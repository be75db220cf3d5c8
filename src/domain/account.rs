//! What a person may do in the portal, and what a password must be.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::invalid::Invalid;

/// A hat on top of being an employee. No role can read another person's records, choices or accesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// HR: writes and publishes notices.
    Publisher,
    /// Declares and pauses programs, handles incidents and requests.
    PrivacyOfficer,
    /// The employees' elected voice.
    Representative,
    /// Reads the ledger and the audit trail.
    Auditor,
    /// Accounts, agents, settings.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Publisher,
        Self::PrivacyOfficer,
        Self::Representative,
        Self::Auditor,
        Self::Operator,
    ];

    /// The role's one word, in commands, tables and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::PrivacyOfficer => "privacy_officer",
            Self::Representative => "representative",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|role| role.word() == text)
            .ok_or_else(|| {
                Invalid::new(
                    "role",
                    "Use publisher, privacy_officer, representative, auditor or operator.",
                )
            })
    }
}

/// A password that may be set. NIST SP 800-63B-4: length, no composition rules, paste allowed.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// Shortest password, in characters.
    pub const MIN: usize = 12;
    /// Longest password, in bytes; more would only feed the hash function.
    pub const MAX: usize = 1024;

    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for NewPassword {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let count = text.chars().count();
        let dull = text
            .chars()
            .next()
            .is_some_and(|first| text.chars().all(|c| c == first));
        if count < Self::MIN {
            Err(Invalid::new(
                "password",
                "Use at least 12 characters. Three or four words that mean something to you only are good.",
            ))
        } else if text.len() > Self::MAX {
            Err(Invalid::new("password", "Use at most 1024 characters."))
        } else if dull {
            Err(Invalid::new("password", "Use more than one character."))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_word() {
        for role in Role::ALL {
            assert_eq!(role.word().parse::<Role>().unwrap(), role);
        }
        assert!("admin".parse::<Role>().is_err(), "there is no super-user");
    }

    #[test]
    fn a_password_is_judged_by_length_alone() {
        assert!("correct horse battery".parse::<NewPassword>().is_ok());
        for bad in [
            "",
            "short",
            "eleven char",
            "aaaaaaaaaaaaaaa",
            &"xy".repeat(600),
        ] {
            assert!(bad.parse::<NewPassword>().is_err(), "{bad:?}");
        }
        assert_eq!(
            format!(
                "{:?}",
                "correct horse battery".parse::<NewPassword>().unwrap()
            ),
            "NewPassword(..)"
        );
    }
}
