//! SHA-256 the way RFC 6962 uses it, and base64 with one spelling per value.
//!
//! Leaves and nodes are hashed under different prefixes, so that neither can pass for the other. Base64 that is not
//! canonical is refused everywhere: two spellings of one hash would be two receipts for one thing.

use core::fmt;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 value. Text form: padded base64, as in checkpoints and proofs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// Text that is not the canonical base64 (RFC 4648 section 4, padded) of what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Base64Error {
    /// Wrong alphabet, padding, trailing bits or white space.
    #[error("not canonical base64 (standard alphabet, padded, nothing else in it)")]
    NotCanonical,
    /// Canonical, but not a SHA-256 value.
    #[error("{0} bytes where a SHA-256 value has 32")]
    NotAHash(usize),
}

impl Hash {
    /// Root of the tree without leaves: the SHA-256 of nothing.
    pub const EMPTY_ROOT: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        let [high, low] = [0, 16].map(|from| {
            let bytes = self.0[from..from + 16].iter();
            bytes.fold(0_u128, |number, byte| number << 8 | u128::from(*byte))
        });
        format!("{high:032x}{low:032x}")
    }

    /// From 64 lower-case hexadecimal digits; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let exact = text.len() == 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !exact {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// From exactly 32 bytes; `None` for any other number.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// SHA-256 of `bytes`, without a prefix: for documents.
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// Hash of the leaf that holds `entry` (RFC 6962 section 2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([0])
            .chain_update(entry)
            .finalize()
            .into(),
    )
}

/// Hash of the node above `left` and `right` (RFC 6962 section 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [1; 65];
    input[1..33].copy_from_slice(&left.0);
    input[33..].copy_from_slice(&right.0);
    sha256(&input)
}

/// Canonical base64 of `bytes`.
pub fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes base64, in its one canonical spelling only.
///
/// # Errors
/// When `text` is any other spelling, or not base64 at all.
pub fn decode_base64(text: &str) -> Result<Vec<u8>, Base64Error> {
    // The standard engine wants padding and zero trailing bits, and takes no white space; tested below.
    STANDARD.decode(text).map_err(|_| Base64Error::NotCanonical)
}

impl FromStr for Hash {
    type Err = Base64Error;

    fn from_str(text: &str) -> Result<Self, Base64Error> {
        let bytes = decode_base64(text)?;
        Self::from_slice(&bytes).ok_or(Base64Error::NotAHash(bytes.len()))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_tree_has_the_hash_of_nothing() {
        assert_eq!(Hash::EMPTY_ROOT, sha256(b""));
        assert_eq!(
            Hash::EMPTY_ROOT.to_string(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }

    #[test]
    fn leaves_and_nodes_are_hashed_apart() {
        let (left, right) = (sha256(b"l"), sha256(b"r"));
        let pair = [left.0, right.0].concat();
        assert_ne!(node_hash(&left, &right), leaf_hash(&pair));
        assert_ne!(node_hash(&left, &right), sha256(&pair));
        assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(decode_base64("AAAB").unwrap(), [0, 0, 1]);
        assert_eq!(decode_base64("").unwrap(), b"");
        for bad in [
            "AA", "AA=", "AB==", "AAB=", "AAA\n", "AAAA\r\n", "AA AA", "AAAA====", "-_8=", "=",
            "A===", "AAAA=", "ÄÄÄÄ",
        ] {
            assert_eq!(
                decode_base64(bad),
                Err(Base64Error::NotCanonical),
                "{bad:?}"
            );
        }
        assert_eq!("AAAB".parse::<Hash>(), Err(Base64Error::NotAHash(3)));
    }

    #[test]
    fn a_hash_reads_back_from_every_text_form() {
        let hash = sha256(b"hello\n");
        assert_eq!(
            hash.to_string(),
            "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="
        );
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(Hash::from_hex(&hash.to_hex()), Some(hash));
        assert_eq!(format!("{hash:?}"), hash.to_hex());
        for bad in [
            "",
            &"0".repeat(63),
            &"A".repeat(64),
            &format!("+{}", "0".repeat(63)),
        ] {
            assert_eq!(Hash::from_hex(bad), None, "{bad:?}");
        }
    }
}
