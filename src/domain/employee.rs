//! A person in the directory.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::SubjectId;
use super::invalid::Invalid;
use super::line::is_plain;

/// The number or name by which HR and agents know a person. 1 to 64 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

/// A work e-mail address, lower-cased: the sign-in name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// The language in which a person reads. Notices come in any of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English
    En,
    /// German
    De,
    /// French
    Fr,
    /// Spanish
    Es,
}

/// One person of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// Random id; leaves the store only in the person's own receipts.
    pub subject: SubjectId,
    /// HR number; what agents call the person.
    pub external_id: ExternalId,
    /// Full name as the directory has it.
    pub name: String,
    /// Work address, the sign-in name.
    pub email: Email,
    /// Organisational unit.
    pub unit: String,
    /// Language of notices.
    pub locale: Locale,
}

impl FromStr for ExternalId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "external_id",
                "Use 1 to 64 letters, digits and signs, without spaces.",
            ))
        }
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let whole = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        match text.rsplit_once('@') {
            Some((local, host))
                if whole && !local.is_empty() && !local.contains('@') && is_host(host) =>
            {
                Ok(Self(text.to_lowercase()))
            }
            _ => Err(Invalid::new(
                "email",
                "Enter an address like name@company.example.",
            )),
        }
    }
}

fn is_host(host: &str) -> bool {
    host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

impl Locale {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::En, Self::De, Self::Fr, Self::Es];

    /// BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    /// The language's own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
        }
    }
}

impl FromStr for Locale {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|locale| locale.tag() == text)
            .ok_or_else(|| Invalid::new("locale", "Use en, de, fr or es."))
    }
}

/// A name or unit: 1 to 200 characters, no control characters, surrounding space removed.
///
/// # Errors
/// `Invalid` on `field`.
pub fn parse_label(field: &'static str, text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    let fits = (1..=200).contains(&text.chars().count()) && is_plain(text);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new(
            field,
            "Enter 1 to 200 characters on one line.",
        ))
    }
}

macro_rules! text_newtype {
    ($($name:ident)*) => {$(
        impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_newtype! { ExternalId Email }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_lower_cased_and_has_a_host() {
        assert_eq!(
            " Marit.O@Brackwater.example "
                .parse::<Email>()
                .unwrap()
                .as_str(),
            "marit.o@brackwater.example"
        );
        for bad in [
            "",
            "a",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.d",
            "a@b..c",
            "a@@b.c",
            "a@b.c\nBcc: x@y.z",
            &format!("{}@b.c", "a".repeat(260)),
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_external_id_has_no_spaces() {
        assert!("E-1001".parse::<ExternalId>().is_ok());
        for bad in ["", "E 1", "É1", "E\t1", &"1".repeat(65)] {
            assert!(bad.parse::<ExternalId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn labels_are_trimmed_and_single_line() {
        assert_eq!(
            parse_label("name", "  Marit Osterkamp ").unwrap(),
            "Marit Osterkamp"
        );
        assert!(parse_label("name", "  ").is_err());
        assert!(parse_label("name", "a\nb").is_err());
    }
}
