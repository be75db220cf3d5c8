//! Signed notes (C2SP signed-note v1.0.0): a text with signature lines.
//!
//! Lines of unknown keys are skipped unread, whatever their type, so that post-quantum signatures of others do no
//! harm; so are those of known keys whose signatures are not read here. Keys stand in `key`.

use core::fmt;

use super::key::{Good, VerifierKey};
use super::signature::{KeyId, Signature};

/// Longest note, in bytes: room for more than 16 post-quantum signatures of about 5 kB.
pub const MAX_NOTE: usize = 128 * 1024;

/// A text and the lines that sign it; none of them checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// Why a note is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`MAX_NOTE`].
    #[error("the note is longer than {MAX_NOTE} bytes")]
    TooLong,
    /// A control character other than a line feed.
    #[error("the note has a control character in it")]
    Control,
    /// No text, empty line and signature lines.
    #[error("the note is not a text, an empty line and signature lines")]
    Shape,
    /// A signature line that is not one; counted from 1.
    #[error("signature line {0} of the note is malformed")]
    Line(usize),
    /// A known key did not sign this text.
    #[error("the signature by {name}+{key_id} is not good")]
    Bad {
        /// Name of the key.
        name: String,
        /// Its id.
        key_id: KeyId,
    },
    /// Nobody known signed. Names those who are said to have.
    #[error("no known key signed this; it is said to be signed by {}", .0.join(", "))]
    Unknown(Vec<String>),
}

impl Note {
    /// Reads a note, without checking its signatures. The text goes up to the *last* empty line.
    ///
    /// # Errors
    /// When it is too long or malformed.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE {
            return Err(NoteError::TooLong);
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Control);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Shape)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Shape)?;
        let lines = lines.split('\n').enumerate();
        let signatures = lines
            .map(|(i, line)| Signature::parse(line).ok_or(NoteError::Line(i + 1)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// What is signed, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Checks the signatures of known keys, and ignores those of others.
    ///
    /// # Errors
    /// When a signature of a known key is bad, or none of a known key is there.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Good<'k>>, NoteError> {
        let mut good = Vec::new();
        for signature in &self.signatures {
            let Signature {
                name,
                key_id,
                bytes,
            } = signature;
            let known = keys
                .iter()
                .filter(|key| key.name() == name && key.id() == *key_id && key.is_read());
            let mut known = known.peekable();
            if known.peek().is_none() {
                continue;
            }
            let found = known.find_map(|key| key.check(&self.text, bytes));
            good.push(found.ok_or_else(|| NoteError::Bad {
                name: name.clone(),
                key_id: *key_id,
            })?);
        }
        if good.is_empty() {
            let signer = |line: &Signature| format!("{}+{}", line.name, line.key_id);
            let signers = self.signatures.iter().map(signer).collect();
            return Err(NoteError::Unknown(signers));
        }
        Ok(good)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| line.fmt(f))
    }
}

#[cfg(test)]
#[path = "note_tests.rs"]
mod tests;
