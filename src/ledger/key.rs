//! Keys of notes (C2SP signed-note v1.0.0): the names they go by, and how they sign and check.
//!
//! Ed25519 (0x01) is what a log signs with, cosignature/v1 (0x04, tlog-cosignature v1.0.1) what a witness does.
//! ML-DSA-44 (0x06) keys are read, so that a policy may name them, but their lines are not: nothing they sign counts
//! here. A new algorithm is a variant of [`Algorithm`] with its arms in [`VerifierKey`].

use core::fmt;
use core::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use super::hash::{decode_base64, encode_base64, sha256};
use super::signature::{KeyId, Signature, is_name};

/// Bytes of an ML-DSA-44 public key.
const ML_DSA_44: usize = 1312;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Over the text.
    Ed25519 = 0x01,
    /// Over a time and the text; what witnesses sign checkpoints with.
    Cosignature = 0x04,
    /// Post-quantum cosignatures: the key is read, its signatures are not.
    MlDsa44 = 0x06,
}

/// A public key with its name. Text form: `<name>+<key id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    algorithm: Algorithm,
    public: Public,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Public {
    Ed25519(VerifyingKey),
    Unread(Vec<u8>),
}

/// A private Ed25519 key with its name: a log's.
pub struct SignerKey {
    key: SigningKey,
    verifier: VerifierKey,
}

/// A private cosigning key with its name: a witness's.
pub struct CosignerKey {
    key: SigningKey,
    verifier: VerifierKey,
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
    /// Not a public key of its type, or one that many signatures would fit.
    #[error("not a usable public key")]
    Point,
}

impl VerifierKey {
    /// The key's name: for a log, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells it from other keys of its name, in signature lines.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// How it signs.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether signatures of this key are read at all.
    pub const fn is_read(&self) -> bool {
        matches!(self.public, Public::Ed25519(_))
    }

    /// Whether it is the same public key, perhaps under another name or for another use.
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.public == other.public
    }

    fn new(name: &str, algorithm: Algorithm, public: Public) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let tail = [&[b'\n', algorithm as u8], public.bytes()].concat();
        let [a, b, c, d, ..] = sha256(&[name.as_bytes(), &tail].concat()).0;
        Ok(Self {
            name: name.to_owned(),
            id: KeyId([a, b, c, d]),
            algorithm,
            public,
        })
    }

    /// Checks one signature over `text`; `None` when it does not hold, or is not read.
    pub(super) fn check(&self, text: &str, signature: &[u8]) -> Option<Good<'_>> {
        let Public::Ed25519(public) = &self.public else {
            return None;
        };
        let (time, message, signature) = match self.algorithm {
            Algorithm::Ed25519 => (None, text.to_owned(), signature),
            Algorithm::Cosignature => {
                let (time, signature) = signature.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                (Some(time), cosigned(text, time), signature)
            }
            Algorithm::MlDsa44 => return None,
        };
        let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
        let good = public.verify_strict(message.as_bytes(), &signature);
        good.ok().map(|()| Good { key: self, time })
    }
}

impl Public {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key.as_bytes(),
            Self::Unread(bytes) => bytes,
        }
    }
}

/// What a witness signs at `time`: the name is not in it, so each witness needs a key of its own.
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.algorithm as u8], self.public.bytes()].concat();
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
            0x06 => Algorithm::MlDsa44,
            _ => return Err(KeyError::Type(*kind)),
        };
        let public = match algorithm {
            Algorithm::MlDsa44 if key.len() == ML_DSA_44 => Public::Unread(key.to_vec()),
            Algorithm::MlDsa44 => return Err(KeyError::Point),
            Algorithm::Ed25519 | Algorithm::Cosignature => {
                let key = VerifyingKey::try_from(key).map_err(|_| KeyError::Point)?;
                if key.is_weak() {
                    return Err(KeyError::Point);
                }
                Public::Ed25519(key)
            }
        };
        let key = Self::new(name, algorithm, public)?;
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
        let public = Public::Ed25519(key.verifying_key());
        let verifier = VerifierKey::new(name, Algorithm::Ed25519, public)?;
        Ok(Self { key, verifier })
    }

    /// The same key under another name: a log that succeeds another keeps its key.
    ///
    /// # Errors
    /// When `name` cannot be a key's name.
    pub fn under(&self, name: &str) -> Result<Self, KeyError> {
        Self::new(name, self.key.to_bytes())
    }

    /// Its name: the log's origin.
    pub fn name(&self) -> &str {
        &self.verifier.name
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        self.verifier.clone()
    }

    /// A secret that only its holder can tell, for `purpose` and nothing else.
    #[cfg(feature = "ssr")]
    pub fn secret_for(&self, purpose: &str) -> [u8; 32] {
        let seed = self.key.to_bytes();
        sha256(&[b"sayso secret for ", purpose.as_bytes(), b"\n", &seed].concat()).0
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

impl CosignerKey {
    /// The cosigning key that grows from `seed`, under `name`.
    ///
    /// # Errors
    /// When `name` cannot be a key's name.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(&seed);
        let public = Public::Ed25519(key.verifying_key());
        let verifier = VerifierKey::new(name, Algorithm::Cosignature, public)?;
        Ok(Self { key, verifier })
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        self.verifier.clone()
    }

    /// The line that vouches at `time` (POSIX seconds) for a checkpoint's whole `text`, its last line feed included.
    pub fn cosign(&self, text: &str, time: u64) -> Signature {
        let signature = self.key.sign(cosigned(text, time).as_bytes()).to_bytes();
        Signature {
            name: self.verifier.name.clone(),
            key_id: self.verifier.id,
            bytes: [time.to_be_bytes().as_slice(), &signature].concat(),
        }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.verifier)
    }
}

impl fmt::Debug for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CosignerKey({})", self.verifier)
    }
}

#[cfg(test)]
pub(super) use tests::post_quantum;

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
