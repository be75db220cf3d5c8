//! Openings at rest: sealed under a key of the person's own (DEK), which is sealed under an epoch key that is kept
//! outside the database. Without the epoch key a copy of the database opens nothing; without the DEK nobody does.
//!
//! XChaCha20-Poly1305; the stored bytes are `nonce[24] ‖ ciphertext`. Server only.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload as Sealing};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use super::commitment::Opening;
use crate::domain::id::SubjectId;

/// The key that wraps people's keys. Lives in a file or the environment, never in a table, log or backup.
pub struct EpochKey {
    epoch: u64,
    key: Key,
}

/// One person's key.
pub struct Dek(Key);

/// Bytes that this key does not open: altered, moved to another place, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this key does not open it")]
pub struct Sealed;

impl EpochKey {
    /// The key of an epoch, from 32 secret bytes.
    pub fn new(epoch: u64, key: [u8; 32]) -> Self {
        Self {
            epoch,
            key: key.into(),
        }
    }

    /// Which epoch it is of.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }
}

impl Dek {
    /// A fresh key from 32 random bytes.
    pub fn from_random(key: [u8; 32]) -> Self {
        Self(key.into())
    }
}

/// Seals an opening for its place in the log.
///
/// # Errors
/// Only when the opening is too large for the cipher.
pub fn seal(dek: &Dek, entry: u64, opening: &Opening, nonce: [u8; 24]) -> Result<Vec<u8>, Sealed> {
    encrypt(&dek.0, &entry.to_be_bytes(), &opening.to_bytes(), nonce)
}

/// Opens what `seal` sealed for the same place.
///
/// # Errors
/// `Sealed`.
pub fn open(dek: &Dek, entry: u64, sealed: &[u8]) -> Result<Opening, Sealed> {
    let bytes = decrypt(&dek.0, &entry.to_be_bytes(), sealed)?;
    Opening::from_bytes(&bytes).ok_or(Sealed)
}

/// Wraps a person's key.
///
/// # Errors
/// Never for a key of ours.
pub fn wrap(
    epoch_key: &EpochKey,
    subject: &SubjectId,
    dek: &Dek,
    nonce: [u8; 24],
) -> Result<Vec<u8>, Sealed> {
    encrypt(
        &epoch_key.key,
        &owner(subject, epoch_key.epoch),
        &dek.0,
        nonce,
    )
}

/// Unwraps a person's key that was wrapped in `epoch`.
///
/// # Errors
/// `Sealed`, also when it is of another epoch than the key.
pub fn unwrap(
    epoch_key: &EpochKey,
    subject: &SubjectId,
    epoch: u64,
    wrapped: &[u8],
) -> Result<Dek, Sealed> {
    if epoch != epoch_key.epoch {
        return Err(Sealed);
    }
    let key: [u8; 32] = decrypt(&epoch_key.key, &owner(subject, epoch), wrapped)?
        .try_into()
        .map_err(|_| Sealed)?;
    Ok(Dek(key.into()))
}

fn owner(subject: &SubjectId, epoch: u64) -> Vec<u8> {
    [subject.as_bytes().as_slice(), &epoch.to_be_bytes()].concat()
}

fn encrypt(key: &Key, aad: &[u8], msg: &[u8], nonce: [u8; 24]) -> Result<Vec<u8>, Sealed> {
    let ciphertext = XChaCha20Poly1305::new(key)
        .encrypt(&XNonce::from(nonce), Sealing { msg, aad })
        .map_err(|_| Sealed)?;
    Ok([nonce.as_slice(), &ciphertext].concat())
}

fn decrypt(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
    let (nonce, msg) = sealed.split_first_chunk::<24>().ok_or(Sealed)?;
    XChaCha20Poly1305::new(key)
        .decrypt(&XNonce::from(*nonce), Sealing { msg, aad })
        .map_err(|_| Sealed)
}
