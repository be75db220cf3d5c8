//! The commitment in a personal entry, and its opening.
//!
//! `SHA-256("sayso-ledger/commit/v1\n" ‖ r ‖ payload)` with 64 fresh random bytes `r`. It binds: nobody can open an
//! entry to another text. It hides: without `r` the entry says nothing about the payload, so that shredding the
//! opening leaves nothing personal in the log.

use core::fmt;

use sha2::{Digest as _, Sha256};

use super::hash::Hash;
use super::payload::MAX_PAYLOAD;

/// Bytes of `r`.
pub const R: usize = 64;

/// What a commitment commits to. Secret: whoever has it can read the entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// From the system's CSPRNG, never used twice.
    pub r: [u8; R],
    /// The statement, as it was written (see `payload`).
    pub payload: Vec<u8>,
}

impl Opening {
    /// The commitment, for [`super::entry::Entry::subject`].
    pub fn commitment(&self) -> Hash {
        Hash(
            Sha256::new()
                .chain_update(b"sayso-ledger/commit/v1\n")
                .chain_update(self.r)
                .chain_update(&self.payload)
                .finalize()
                .into(),
        )
    }

    /// `r ‖ payload`.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.r.as_slice(), &self.payload].concat()
    }

    /// Reads `r ‖ payload`; `None` when there is no payload, or it is longer than [`MAX_PAYLOAD`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (r, payload) = bytes.split_first_chunk()?;
        (1..=MAX_PAYLOAD).contains(&payload.len()).then(|| Self {
            r: *r,
            payload: payload.to_vec(),
        })
    }
}

/// Prints nothing of it: debug output ends up in logs.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sample;

    #[test]
    fn the_sample_opens_to_its_commitment() {
        assert_eq!(sample::PAYLOAD.len(), 110);
        assert_eq!(
            sample::opening().commitment().to_string(),
            sample::COMMITMENT
        );
    }

    #[test]
    fn every_bit_of_an_opening_counts() {
        let opening = sample::opening();
        let bytes = opening.to_bytes();
        assert_eq!(Opening::from_bytes(&bytes).as_ref(), Some(&opening));
        for i in 0..bytes.len() {
            let mut other = bytes.clone();
            other[i] ^= 1;
            let other = Opening::from_bytes(&other).unwrap();
            assert_ne!(other.commitment(), opening.commitment(), "byte {i}");
        }
    }

    #[test]
    fn an_opening_has_a_payload_of_bounded_length_and_no_debug_output() {
        for length in [0, R - 1, R, R + MAX_PAYLOAD + 1] {
            assert_eq!(Opening::from_bytes(&vec![0; length]), None);
        }
        assert!(Opening::from_bytes(&vec![0; R + MAX_PAYLOAD]).is_some());
        assert_eq!(format!("{:?}", sample::opening()), "Opening(..)");
    }
}
