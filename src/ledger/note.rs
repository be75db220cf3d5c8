//! Signed notes (c2sp.org/signed-note v1.0.0): a text, an empty line, signature lines.

use core::fmt;
use core::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::hash::{decode, encode};

/// Signature type of an Ed25519 signature over the text.
const ED25519: u8 = 0x01;
/// Largest note that is read, in bytes: room for many post-quantum signatures.
pub const MAX_BYTES: usize = 1 << 20;
/// Most signature lines that are read.
const MAX_SIGNATURES: usize = 100;

/// Why a note does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not a signed note.
    #[error("this is not a signed note: {0}")]
    Malformed(&'static str),
    /// A trusted key's signature is wrong.
    #[error("the signature of {0} is wrong")]
    BadSignature(String),
    /// No trusted key has signed.
    #[error("none of the trusted keys has signed this")]
    Unsigned,
    /// A key cannot be read.
    #[error("this is not a verifier key (name+hash+base64)")]
    BadKey,
    /// A name cannot be used for a key.
    #[error("a key's name has no spaces, no + and is not empty")]
    BadName,
}

/// What verifies a note: name and public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// What signs a note.
pub struct SignerKey {
    name: String,
    id: [u8; 4],
    key: SigningKey,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    /// Name of the key.
    pub name: String,
    /// First bytes of the key's hash.
    pub id: [u8; 4],
    /// What follows them.
    pub signature: Vec<u8>,
}

/// A note as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, its last line feed included.
    pub text: String,
    /// The signature lines, in their order.
    pub signatures: Vec<SignatureLine>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// `Malformed`, with what is wrong.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_BYTES {
            return Err(NoteError::Malformed("too large"));
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed("control characters"));
        }
        let end = note
            .rfind("\n\n")
            .ok_or(NoteError::Malformed("no empty line"))?;
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteError::Malformed("no line feed at the end"))?;
        let signatures = lines
            .split('\n')
            .map(signature_line)
            .collect::<Option<Vec<_>>>();
        let signatures = signatures.ok_or(NoteError::Malformed("a signature line"))?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Malformed("too many signatures"));
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// Checks the signatures of trusted keys; lines of others are ignored. The names of those that have signed.
    ///
    /// # Errors
    /// `BadSignature` when a trusted key's signature is wrong, `Unsigned` when there is none.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<String>, NoteError> {
        let mut signed = Vec::new();
        for line in &self.signatures {
            let Some(key) = keys
                .iter()
                .find(|key| key.name == line.name && key.id == line.id)
            else {
                continue;
            };
            let signature = Signature::from_slice(&line.signature).ok();
            let good = signature.is_some_and(|signature| {
                key.key
                    .verify_strict(self.text.as_bytes(), &signature)
                    .is_ok()
            });
            if !good {
                return Err(NoteError::BadSignature(line.name.clone()));
            }
            signed.push(line.name.clone());
        }
        if signed.is_empty() {
            Err(NoteError::Unsigned)
        } else {
            Ok(signed)
        }
    }
}

fn signature_line(line: &str) -> Option<SignatureLine> {
    let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
    if !is_name(name) {
        return None;
    }
    let bytes = decode(signature)?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (!signature.is_empty()).then(|| SignatureLine {
        name: name.to_owned(),
        id: *id,
        signature: signature.to_vec(),
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '+')
}

fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let hash = Sha256::new_with_prefix(name)
        .chain_update([b'\n', ED25519])
        .chain_update(key.as_bytes())
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

impl SignerKey {
    /// A key from its name and 32 secret bytes.
    ///
    /// # Errors
    /// `BadName`.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::BadName);
        }
        let key = SigningKey::from_bytes(&seed);
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, &key.verifying_key()),
            key,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What verifies its signatures.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey {
            name: self.name.clone(),
            id: self.id,
            key: self.key.verifying_key(),
        }
    }

    /// The note of a text, which must end in a line feed, with this key's signature.
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        format!(
            "{text}\n— {} {}\n",
            self.name,
            encode(&[self.id.as_slice(), &signature].concat())
        )
    }
}

impl VerifierKey {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id);
        let key = encode(&[&[ED25519], self.key.as_bytes().as_slice()].concat());
        write!(f, "{}+{id:08x}+{key}", self.name)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        // The base64 may hold a +, the name may not.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::BadKey);
        };
        let bytes = decode(key).ok_or(NoteError::BadKey)?;
        let (&kind, key) = bytes.split_first().ok_or(NoteError::BadKey)?;
        let key = key
            .try_into()
            .ok()
            .and_then(|key| VerifyingKey::from_bytes(key).ok())
            .ok_or(NoteError::BadKey)?;
        let key = Self {
            name: name.to_owned(),
            id: key_id(name, &key),
            key,
        };
        if kind == ED25519 && is_name(name) && key.to_string() == text {
            Ok(key)
        } else {
            Err(NoteError::BadKey)
        }
    }
}
