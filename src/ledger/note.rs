//! Signed notes (C2SP signed-note v1.0.0): a text with signature lines, and the keys that make and check them.
//!
//! Ed25519 (0x01) is signed and checked; the cosignature of a witness (0x04, tlog-cosignature v1.0.1) is checked.
//! A new algorithm is a variant of [`Algorithm`] with its arms in [`VerifierKey`]. Lines of unknown keys are skipped
//! unread, whatever their type, so that post-quantum signatures of others do no harm.

use core::fmt;
use core::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use super::hash::{decode_base64, encode_base64, sha256};
use super::signature::{KeyId, Signature, is_name};

/// Longest note, in bytes: room for more than 16 post-quantum signatures of about 5 kB.
pub const MAX_NOTE: usize = 128 * 1024;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Over the text.
    Ed25519 = 0x01,
    /// Over a time and the text; what witnesses sign checkpoints with.
    Cosignature = 0x04,
}

/// A public key with its name. Text form: `<name>+<key id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    algorithm: Algorithm,
    key: VerifyingKey,
}

/// A private Ed25519 key with its name.
pub struct SignerKey {
    key: SigningKey,
    verifier: VerifierKey,
}

/// A text and the lines that sign it; none of them checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A signature that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Good<'k> {
    /// Who signed.
    pub key: &'k VerifierKey,
    /// When, in POSIX seconds, if it is a cosignature.
    pub time: Option<u64>,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, or has a space or a plus sign.
    #[error("a key's name must not be empty nor have spaces, line breaks or + in it")]
    Name,
    /// Not the form of a verifier key.
    #[error("a verifier key looks like name+0123abcd+base64; copy it whole")]
    Format,
    /// The id does not belong to name and key: a typing error, or a key that was put under another name.
    #[error("the key's id does not fit its name and its key; copy it whole")]
    Id,
    /// A type of key that is not read here.
    #[error("keys of type 0x{0:02x} are not supported; use Ed25519 (01) or a witness key (04)")]
    Type(u8),
    /// Not an Ed25519 public key, or one that many signatures would fit.
    #[error("not a usable Ed25519 public key")]
    Point,
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

impl VerifierKey {
    /// The key's name: for a log, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it signs.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn new(name: &str, algorithm: Algorithm, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let tail = [&[b'\n', algorithm as u8], key.as_bytes().as_slice()].concat();
        let [a, b, c, d, ..] = sha256(&[name.as_bytes(), &tail].concat()).0;
        Ok(Self {
            name: name.to_owned(),
            id: KeyId([a, b, c, d]),
            algorithm,
            key,
        })
    }

    /// Checks one signature over `text`; `None` when it does not hold.
    fn check(&self, text: &str, signature: &[u8]) -> Option<Good<'_>> {
        let (time, message, signature) = match self.algorithm {
            Algorithm::Ed25519 => (None, text.to_owned(), signature),
            Algorithm::Cosignature => {
                let (time, signature) = signature.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                let message = format!("cosignature/v1\ntime {time}\n{text}");
                (Some(time), message, signature)
            }
        };
        let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
        let good = self.key.verify_strict(message.as_bytes(), &signature);
        good.ok().map(|()| Good { key: self, time })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.algorithm as u8], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, encode_base64(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Format)?;
        let (id, key) = rest.split_once('+').ok_or(KeyError::Format)?;
        let key = decode_base64(key).map_err(|_| KeyError::Format)?;
        let (kind, key) = key.split_first().ok_or(KeyError::Format)?;
        let algorithm = match kind {
            0x01 => Algorithm::Ed25519,
            0x04 => Algorithm::Cosignature,
            _ => return Err(KeyError::Type(*kind)),
        };
        let key = VerifyingKey::try_from(key).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        let key = Self::new(name, algorithm, key)?;
        if key.id.to_string() == id {
            Ok(key)
        } else {
            Err(KeyError::Id)
        }
    }
}

impl SignerKey {
    /// The Ed25519 key that grows from `seed`, under `name`.
    ///
    /// # Errors
    /// When `name` cannot be a key's name.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(&seed);
        let verifier = VerifierKey::new(name, Algorithm::Ed25519, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// Its name: the log's origin.
    pub fn name(&self) -> &str {
        &self.verifier.name
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        self.verifier.clone()
    }

    /// The note that says `text`, signed. `text` ends in a line feed and has no other control characters; a note of
    /// any other text is refused by every reader.
    pub fn sign(&self, text: &str) -> String {
        let signature = Signature {
            name: self.verifier.name.clone(),
            key_id: self.verifier.id,
            bytes: self.key.sign(text.as_bytes()).to_bytes().to_vec(),
        };
        format!("{text}\n{signature}")
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.verifier)
    }
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
                .filter(|key| key.name == *name && key.id == *key_id);
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
