//! One line of a signed note: who is said to have signed, and the signature, unread.
//!
//! What a signature means is the business of the key that checks it (see `note`).

use core::fmt;

use super::hash::{decode_base64, encode_base64};

/// The first bytes of a hash over a key and its name: tells keys apart, proves nothing. Text form: 8 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub [u8; 4]);

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key that is said to have signed.
    pub name: String,
    /// Its id.
    pub key_id: KeyId,
    /// The signature itself; its form is the algorithm's.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// Reads a line, without its line feed; `None` when it is malformed.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = decode_base64(bytes).ok()?;
        let (key_id, bytes) = bytes.split_first_chunk()?;
        (is_name(name) && !bytes.is_empty()).then(|| Self {
            name: name.to_owned(),
            key_id: KeyId(*key_id),
            bytes: bytes.to_vec(),
        })
    }
}

/// The line, with its line feed.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.0.as_slice(), &self.bytes].concat();
        writeln!(f, "— {} {}", self.name, encode_base64(&bytes))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// Whether a key can have this name: not empty, no white space, no `+`, no control characters.
pub(super) fn is_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    !name.is_empty() && !name.contains(forbidden)
}
