//! Entries: the bytes of a leaf. Two kinds only. A personal one is a commitment and 69 bytes long, always: opt-in,
//! opt-out, request and completion all look alike. A public one names its type and its document's hash.

use super::commitment::Commitment;
use super::hash::Hash;

const VERSION: &str = "sayso-ledger/v1";

/// What a public entry is about. Its document is served in clear and holds nothing personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicType {
    /// A version of a notice.
    NoticePublished,
    /// A programme stopped for everyone.
    ProgramPaused,
    /// A programme runs again.
    ProgramResumed,
    /// An incident was made public.
    IncidentNotice,
    /// The signing key changed.
    KeyRotated,
    /// A witness came or went.
    WitnessChanged,
    /// The first entry of a log.
    LogOpened,
    /// The last entry of a log.
    LogClosed,
    /// How many erasures there were in a day.
    ErasureCount,
}

impl PublicType {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::NoticePublished,
        Self::ProgramPaused,
        Self::ProgramResumed,
        Self::IncidentNotice,
        Self::KeyRotated,
        Self::WitnessChanged,
        Self::LogOpened,
        Self::LogClosed,
        Self::ErasureCount,
    ];

    /// Its word in the entry.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoticePublished => "notice-published",
            Self::ProgramPaused => "program-paused",
            Self::ProgramResumed => "program-resumed",
            Self::IncidentNotice => "incident-notice",
            Self::KeyRotated => "key-rotated",
            Self::WitnessChanged => "witness-changed",
            Self::LogOpened => "log-opened",
            Self::LogClosed => "log-closed",
            Self::ErasureCount => "erasure-count",
        }
    }
}

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// About a person: nothing but a commitment.
    Subject(Commitment),
    /// About everyone.
    Public {
        /// What it is about.
        kind: PublicType,
        /// SHA-256 of the document.
        document: Hash,
    },
}

/// Bytes that are not an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an entry of a sayso-ledger/v1 log")]
pub struct NotAnEntry;

impl Entry {
    /// An entry about a person.
    pub const fn subject(commitment: Commitment) -> Self {
        Self::Subject(commitment)
    }

    /// An entry about everyone.
    pub fn public(kind: PublicType, document: &[u8]) -> Self {
        Self::Public {
            kind,
            document: Hash::of(document),
        }
    }

    /// The bytes that are hashed into the leaf.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = match self {
            Self::Subject(Commitment(hash)) => format!("{VERSION}\nsubject\n{hash}\n"),
            Self::Public { kind, document } => {
                format!("{VERSION}\npublic\n{}\n{document}\n", kind.word())
            }
        };
        text.into_bytes()
    }

    /// Reads an entry; any other spelling than `to_bytes` writes is refused.
    ///
    /// # Errors
    /// `NotAnEntry`.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAnEntry> {
        let text = core::str::from_utf8(bytes).map_err(|_| NotAnEntry)?;
        let lines: Vec<&str> = text
            .strip_suffix('\n')
            .ok_or(NotAnEntry)?
            .split('\n')
            .collect();
        let hash = |text: &str| Hash::from_base64(text).ok_or(NotAnEntry);
        match lines.as_slice() {
            [VERSION, "subject", commitment] => Ok(Self::Subject(Commitment(hash(commitment)?))),
            [VERSION, "public", word, document] => {
                let kind = PublicType::ALL
                    .into_iter()
                    .find(|kind| kind.word() == *word)
                    .ok_or(NotAnEntry)?;
                Ok(Self::Public {
                    kind,
                    document: hash(document)?,
                })
            }
            _ => Err(NotAnEntry),
        }
    }
}
