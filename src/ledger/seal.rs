//! Openings at rest: sealed under a key per person, which is itself wrapped under a key that no database holds.
//!
//! XChaCha20-Poly1305 both times. A sealed opening is bound to its ledger index, a wrapped key to its person and
//! epoch, so that neither can be put in another's place. Deleting the wrapped key, and at the end of the epoch the
//! epoch key, makes every copy in write-ahead logs and backups worthless. Nonces are parameters: fresh random bytes,
//! never used twice (with 192 bits, random is enough).

use core::fmt;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use sha2::{Digest as _, Sha256};

use super::commitment::Opening;
use crate::domain::id::SubjectId;

/// Bytes of a nonce.
pub const NONCE: usize = 24;

/// The key of one person's openings (data encryption key). Overwritten when dropped.
pub struct Dek([u8; 32]);

/// The key that wraps people's keys during one epoch. Lives outside the database. Overwritten when dropped.
pub struct EpochKey {
    epoch: u64,
    key: [u8; 32],
}

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Wrong key, wrong place, or changed bytes; which of them cannot be told.
    #[error("the sealed bytes do not open with this key at this place")]
    Closed,
    /// Wrapped under the key of another epoch.
    #[error(
        "the key was wrapped in epoch {wrapped}, but the key of epoch {held} is at hand; provide the right epoch key"
    )]
    Epoch {
        /// When it was wrapped.
        wrapped: u64,
        /// Which epoch's key was given.
        held: u64,
    },
    /// Too long to seal.
    #[error("too long to seal")]
    TooLong,
}

impl Dek {
    /// From 32 bytes of the system's CSPRNG.
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl EpochKey {
    /// The key of `epoch`.
    pub const fn new(epoch: u64, key: [u8; 32]) -> Self {
        Self { epoch, key }
    }

    /// Number of the epoch, to be stored beside what is wrapped in it.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// What the database keeps of the key, to notice a wrong one: part of a hash of 32 random bytes, which tells
    /// nothing about them.
    pub fn check_value(&self) -> [u8; 16] {
        let hash = Sha256::new()
            .chain_update(b"sayso-ledger/epoch-key/v1\n")
            .chain_update(self.key)
            .finalize();
        core::array::from_fn(|index| hash[index])
    }
}

/// Seals the opening of entry `index`: `nonce ‖ ciphertext ‖ tag`.
///
/// # Errors
/// When it is too long, which no [`Opening`] of a readable statement is.
pub fn seal(
    dek: &Dek,
    index: u64,
    opening: &Opening,
    nonce: [u8; NONCE],
) -> Result<Vec<u8>, SealError> {
    encrypt(&dek.0, &opening.to_bytes(), &index.to_be_bytes(), nonce)
}

/// Opens what [`seal`] sealed for entry `index`.
///
/// # Errors
/// When key, index or bytes are not the same.
pub fn open(dek: &Dek, index: u64, sealed: &[u8]) -> Result<Opening, SealError> {
    let opening = decrypt(&dek.0, sealed, &index.to_be_bytes())?;
    Opening::from_bytes(&opening).ok_or(SealError::Closed)
}

/// Wraps a person's key under the epoch key.
///
/// # Errors
/// Never in practice; the cipher refuses only what is longer than 256 GiB.
pub fn wrap(
    epoch_key: &EpochKey,
    subject: &SubjectId,
    dek: &Dek,
    nonce: [u8; NONCE],
) -> Result<Vec<u8>, SealError> {
    encrypt(
        &epoch_key.key,
        &dek.0,
        &place(subject, epoch_key.epoch),
        nonce,
    )
}

/// Unwraps what [`wrap`] wrapped for `subject` in `epoch`.
///
/// # Errors
/// When it is another epoch's key, or subject or bytes are not the same.
pub fn unwrap(
    epoch_key: &EpochKey,
    subject: &SubjectId,
    epoch: u64,
    wrapped: &[u8],
) -> Result<Dek, SealError> {
    if epoch != epoch_key.epoch {
        return Err(SealError::Epoch {
            wrapped: epoch,
            held: epoch_key.epoch,
        });
    }
    let key = decrypt(&epoch_key.key, wrapped, &place(subject, epoch))?;
    key.try_into().map(Dek).map_err(|_| SealError::Closed)
}

fn place(subject: &SubjectId, epoch: u64) -> Vec<u8> {
    [subject.as_bytes().as_slice(), &epoch.to_be_bytes()].concat()
}

fn encrypt(
    key: &[u8; 32],
    msg: &[u8],
    aad: &[u8],
    nonce: [u8; NONCE],
) -> Result<Vec<u8>, SealError> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(&nonce.into(), Payload { msg, aad });
    let sealed = sealed.map_err(|_| SealError::TooLong)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn decrypt(key: &[u8; 32], sealed: &[u8], aad: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, msg) = sealed
        .split_first_chunk::<NONCE>()
        .ok_or(SealError::Closed)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let opened = cipher.decrypt(&(*nonce).into(), Payload { msg, aad });
    opened.map_err(|_| SealError::Closed)
}

/// Overwrites a key, and asks the compiler not to leave that out because nobody reads it afterwards.
fn forget(key: &mut [u8; 32]) {
    key.fill(0);
    core::hint::black_box(key);
}

impl Drop for Dek {
    fn drop(&mut self) {
        forget(&mut self.0);
    }
}

impl Drop for EpochKey {
    fn drop(&mut self) {
        forget(&mut self.key);
    }
}

impl fmt::Debug for Dek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dek(..)")
    }
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EpochKey({}, ..)", self.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sample;

    const SUBJECT: SubjectId = SubjectId::from_random([9; 16]);

    #[test]
    fn an_opening_opens_with_its_key_at_its_index_only() {
        let dek = Dek::from_random([1; 32]);
        let sealed = seal(&dek, 7, &sample::opening(), [2; NONCE]).unwrap();
        assert_eq!(sealed[..NONCE], [2; NONCE]);
        assert_eq!(sealed.len(), NONCE + 64 + sample::PAYLOAD.len() + 16);
        assert_eq!(open(&dek, 7, &sealed), Ok(sample::opening()));
        assert_eq!(open(&dek, 8, &sealed), Err(SealError::Closed));
        let other = Dek::from_random([3; 32]);
        assert_eq!(open(&other, 7, &sealed), Err(SealError::Closed));
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 0x40;
            assert_eq!(open(&dek, 7, &changed), Err(SealError::Closed), "byte {i}");
            assert_eq!(open(&dek, 7, &sealed[..i]), Err(SealError::Closed));
        }
    }

    #[test]
    fn a_sealed_opening_shows_nothing_of_itself() {
        let sealed = seal(
            &Dek::from_random([1; 32]),
            7,
            &sample::opening(),
            [2; NONCE],
        )
        .unwrap();
        for plain in [&b"withdrawn"[..], b"demo", &sample::opening().r[..8]] {
            assert!(sealed.windows(plain.len()).all(|window| window != plain));
        }
    }

    #[test]
    fn a_persons_key_unwraps_for_that_person_and_epoch_only() {
        let (epoch, dek) = (EpochKey::new(4, [5; 32]), Dek::from_random([6; 32]));
        let wrapped = wrap(&epoch, &SUBJECT, &dek, [8; NONCE]).unwrap();
        assert!(wrapped.windows(4).all(|window| window != [6; 4]));
        assert_eq!(unwrap(&epoch, &SUBJECT, 4, &wrapped).unwrap().0, dek.0);

        let closed = |result: Result<Dek, SealError>| result.unwrap_err();
        let somebody = SubjectId::from_random([10; 16]);
        assert_eq!(
            closed(unwrap(&epoch, &somebody, 4, &wrapped)),
            SealError::Closed
        );
        let stolen = EpochKey::new(4, [7; 32]);
        assert_eq!(
            closed(unwrap(&stolen, &SUBJECT, 4, &wrapped)),
            SealError::Closed
        );
        let renumbered = EpochKey::new(5, [5; 32]);
        assert_eq!(
            closed(unwrap(&renumbered, &SUBJECT, 5, &wrapped)),
            SealError::Closed
        );
        let next = SealError::Epoch {
            wrapped: 4,
            held: 5,
        };
        assert_eq!(closed(unwrap(&renumbered, &SUBJECT, 4, &wrapped)), next);
    }

    #[test]
    fn keys_never_show_in_debug_output() {
        assert_eq!(format!("{:?}", Dek::from_random([1; 32])), "Dek(..)");
        assert_eq!(
            format!("{:?}", EpochKey::new(4, [5; 32])),
            "EpochKey(4, ..)"
        );
    }
}
