//! What hides a personal statement in the ledger: `C = SHA256("sayso-ledger/commit/v1\n" ‖ r[64] ‖ payload)`.
//!
//! Binding is collision resistance, hiding rests on 64 fresh random bytes: once payload and randomness are gone, the
//! commitment tells nothing.

use sha2::{Digest as _, Sha256};

use super::hash::Hash;

const PREFIX: &[u8] = b"sayso-ledger/commit/v1\n";

/// A commitment to one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub Hash);

/// What opens a commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// Fresh from the system's CSPRNG for every statement.
    pub r: [u8; 64],
    /// The statement's canonical JSON.
    pub payload: Vec<u8>,
}

impl Opening {
    /// The commitment that this opens.
    pub fn commitment(&self) -> Commitment {
        let digest = Sha256::new_with_prefix(PREFIX)
            .chain_update(self.r)
            .chain_update(&self.payload)
            .finalize();
        Commitment(Hash(digest.into()))
    }

    /// `r ‖ payload`: what is sealed, and what rides in a receipt.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.r.as_slice(), &self.payload].concat()
    }

    /// Reads `r ‖ payload`.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (r, payload) = bytes.split_first_chunk::<64>()?;
        Some(Self {
            r: *r,
            payload: payload.to_vec(),
        })
    }
}

/// Never prints what it opens.
impl core::fmt::Debug for Opening {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Opening(..)")
    }
}
