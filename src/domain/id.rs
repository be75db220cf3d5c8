//! Identifiers: slugs that people choose, and random ids that tell nothing.
//!
//! To add one, name it in one of the two macro calls below.

use core::fmt;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::invalid::Invalid;

/// The random 128-bit name of a person, known to the store and to the person's own receipts only.
/// Text form: 22 characters of unpadded base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId([u8; 16]);

impl SubjectId {
    /// From 16 bytes of the system's CSPRNG.
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// Never prints the id: debug output ends up in logs.
impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectId(..)")
    }
}

impl FromStr for SubjectId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Self)
            .ok_or_else(|| Invalid::new("subject", "A subject id is 22 characters of base64url."))
    }
}

impl Serialize for SubjectId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SubjectId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

macro_rules! slugs {
    ($($(#[$doc:meta])* $name:ident = $field:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 64 characters: lower-case letters, digits, `-` and `_`, the first one a letter or digit.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The slug as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                if is_slug(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid::new($field, "Use 1 to 64 lower-case letters, digits, - and _, and begin with a letter or digit."))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(slug: $name) -> Self {
                slug.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

fn is_slug(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letter = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=64).contains(&bytes.len())
        && letter(&bytes[0])
        && bytes
            .iter()
            .all(|byte| letter(byte) || matches!(byte, b'-' | b'_'))
}

slugs! {
    /// Names one program, for example `mci`.
    ProgramId = "program";
    /// Names one category of data, for example `mouse_movement`.
    CategoryId = "category";
    /// Names one notice, for example `mci`.
    NoticeId = "notice";
    /// Names one dataset, for example `mci-pointer`.
    DatasetId = "dataset";
    /// Names one agent, for example `desk-collector`.
    AgentName = "agent";
}

macro_rules! random_ids {
    ($($(#[$doc:meta])* $name:ident = $field:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// 128 random bits; text form 32 lower-case hexadecimal digits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u128);

        impl $name {
            /// From 16 random bytes.
            pub const fn from_random(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                parse_hex(text).map(Self).ok_or_else(|| Invalid::new($field, "Use 32 lower-case hexadecimal digits."))
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }
    )*};
}

fn parse_hex(text: &str) -> Option<u128> {
    let exact = text.len() == 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    exact.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

impl FormId {
    /// A mark made at `at`: its milliseconds since 1970 in the first 48 bits, then 80 random ones. Forms that are posted
    /// around the same time then lie side by side in their table.
    pub const fn new(at: DateTime<Utc>, random: [u8; 16]) -> Self {
        let [_, _, moment @ ..] = at.timestamp_millis().to_be_bytes();
        let mut bytes = random;
        bytes.split_at_mut(moment.len()).0.copy_from_slice(&moment);
        Self::from_random(bytes)
    }
}

random_ids! {
    /// Names one record; chosen by the collector, so that sending it twice stores it once.
    RecordId = "id";
    /// Names one rights request.
    RequestId = "request";
    /// Names one task of a request.
    TaskId = "task";
    /// Marks one rendered form, so that posting it twice acts once.
    FormId = "once";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_take_what_urls_and_files_can_carry_and_nothing_else() {
        for good in ["mci", "mouse_movement", "a", "9-lives", &"x".repeat(64)] {
            assert_eq!(good.parse::<ProgramId>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "-a",
            "_a",
            "Mci",
            "a b",
            "a/b",
            "ä",
            "a\n",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<ProgramId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn random_ids_have_one_spelling() {
        let id = RequestId::from_random([0xab; 16]);
        assert_eq!(id.to_string(), "ab".repeat(16));
        assert_eq!(id.to_string().parse::<RequestId>().unwrap(), id);
        for bad in [
            "",
            "AB",
            &"AB".repeat(16),
            &"a".repeat(31),
            &"a".repeat(33),
            &format!("+{}", "a".repeat(31)),
        ] {
            assert!(bad.parse::<RequestId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_subject_id_reads_back_and_never_shows_in_debug_output() {
        let id = SubjectId::from_random(*b"0123456789abcdef");
        assert_eq!(id.to_string().parse::<SubjectId>().unwrap(), id);
        assert_eq!(id.to_string().len(), 22);
        assert_eq!(format!("{id:?}"), "SubjectId(..)");
        assert!(
            "AAAAAAAAAAAAAAAAAAAAAB".parse::<SubjectId>().is_err(),
            "trailing bits must be zero"
        );
    }
}
