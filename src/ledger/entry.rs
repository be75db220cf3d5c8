//! Ledger entries: what a leaf holds. Two kinds only, and every personal one looks like every other.
//!
//! A subject entry is a commitment and nothing else: no person, no time, no kind. A public entry names its kind and
//! a document that is served in clear. To add a public kind, add it to [`PublicType`]; a third kind of entry would
//! tell personal events apart, so there is none.

use core::fmt;

use super::hash::{Hash, leaf_hash, sha256};

/// Longest entry that a log can hold, in bytes (its length is a `u16` in entry bundles).
pub const MAX_ENTRY: usize = 65_535;

const HEADER: &str = "sayso-ledger/v1\n";

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Something was said by or about a person.
    /// It holds a commitment to what was said (see `commitment`) and nothing else.
    Subject(Hash),
    /// Something that concerns everybody.
    Public {
        /// What happened.
        kind: PublicType,
        /// SHA-256 of the document that says it.
        document: Hash,
    },
}

/// What a public entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublicType {
    /// A version of a notice.
    NoticePublished,
    /// Collection for a programme was stopped.
    ProgramPaused,
    /// Collection for a programme may start again.
    ProgramResumed,
    /// Employees were told of an incident.
    IncidentNotice,
    /// The log signs with another key from here on.
    KeyRotated,
    /// A witness was added or removed.
    WitnessChanged,
    /// The first entry.
    LogOpened,
    /// The last entry.
    LogClosed,
    /// How many openings were shredded.
    ErasureCount,
}

/// Why bytes are not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Not of this form, or of a later version of it.
    #[error("not an entry of the form sayso-ledger/v1")]
    Malformed,
    /// A kind of public entry that this version does not know.
    #[error("a public entry of unknown kind {0:?}; a newer version of this program may know it")]
    UnknownType(String),
}

impl PublicType {
    /// Every kind.
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

    /// The word in the entry.
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

impl fmt::Display for PublicType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Entry {
    /// A personal entry.
    pub const fn subject(commitment: Hash) -> Self {
        Self::Subject(commitment)
    }

    /// A public entry about `document`, which is served in clear: no personal data in it.
    pub fn public(kind: PublicType, document: &[u8]) -> Self {
        let document = sha256(document);
        Self::Public { kind, document }
    }

    /// The bytes in the log.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Subject(commitment) => format!("{HEADER}subject\n{commitment}\n"),
            Self::Public { kind, document } => format!("{HEADER}public\n{kind}\n{document}\n"),
        }
        .into_bytes()
    }

    /// Hash of the leaf that holds it.
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }

    /// Reads the bytes of an entry, in their one form.
    ///
    /// # Errors
    /// When they are anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let text = core::str::from_utf8(bytes).map_err(|_| EntryError::Malformed)?;
        let body = text
            .strip_prefix(HEADER)
            .and_then(|body| body.strip_suffix('\n'));
        let mut lines = body.ok_or(EntryError::Malformed)?.split('\n');
        let fields = (lines.next(), lines.next(), lines.next(), lines.next());
        let hash = |text: &str| text.parse().map_err(|_| EntryError::Malformed);
        match fields {
            (Some("subject"), Some(commitment), None, _) => Ok(Self::subject(hash(commitment)?)),
            (Some("public"), Some(word), Some(document), None) => {
                let document = hash(document)?;
                let kind = PublicType::ALL.into_iter().find(|kind| kind.word() == word);
                let kind = kind.ok_or_else(|| EntryError::UnknownType(word.to_owned()))?;
                Ok(Self::Public { kind, document })
            }
            _ => Err(EntryError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::sample;

    #[test]
    fn the_samples_entries_have_their_bytes_and_leaf_hashes() {
        let entries = [
            Entry::public(PublicType::LogOpened, b"hello\n"),
            Entry::subject(sample::COMMITMENT.parse().unwrap()),
            Entry::subject(Hash([0; 32])),
        ];
        for (entry, (bytes, leaf)) in entries.iter().zip(sample::ENTRIES) {
            assert_eq!(entry.to_bytes(), bytes.as_bytes());
            assert_eq!(entry.leaf_hash().to_hex(), leaf);
            assert_eq!(Entry::parse(bytes.as_bytes()).as_ref(), Ok(entry));
        }
    }

    #[test]
    fn every_personal_entry_is_69_bytes_long() {
        for byte in [0, 0x5a, 0xff] {
            assert_eq!(Entry::subject(Hash([byte; 32])).to_bytes().len(), 69);
        }
    }

    #[test]
    fn every_public_kind_reads_back() {
        for kind in PublicType::ALL {
            let entry = Entry::public(kind, b"document");
            assert_eq!(Entry::parse(&entry.to_bytes()), Ok(entry));
        }
        let unknown = format!("{HEADER}public\nparty\n{}\n", Hash([1; 32]));
        assert_eq!(
            Entry::parse(unknown.as_bytes()),
            Err(EntryError::UnknownType("party".into()))
        );
    }

    #[test]
    fn no_other_spelling_is_an_entry() {
        for (bytes, _) in sample::ENTRIES {
            for end in 0..bytes.len() {
                assert!(Entry::parse(&bytes.as_bytes()[..end]).is_err());
            }
            for more in ["\n", " ", "x\n", "\0"] {
                assert!(Entry::parse(format!("{bytes}{more}").as_bytes()).is_err());
            }
            assert!(Entry::parse(bytes.replace('\n', "\r\n").as_bytes()).is_err());
            assert!(Entry::parse(bytes.replace("v1", "v2").as_bytes()).is_err());
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_has_one_spelling(tail in ".*", bytes in any::<Vec<u8>>()) {
            for bytes in [bytes, format!("{HEADER}{tail}").into_bytes()] {
                if let Ok(entry) = Entry::parse(&bytes) {
                    prop_assert_eq!(entry.to_bytes(), bytes);
                }
            }
        }
    }
}
