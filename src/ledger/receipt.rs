//! Receipts: a file that proves, to anyone and offline, that an entry stands in the log (C2SP tlog-proof).
//!
//! It holds the inclusion proof and the signed checkpoint; for a personal entry also the opening of its commitment
//! (the `extra` line), without which the entry would say nothing. The opening is the person's own: whoever gets the
//! whole file can read the statement.

use core::fmt;

use super::checkpoint::{Checkpoint, CheckpointError, Signed, Witnessed, decimal};
use super::commitment::Opening;
use super::entry::{Entry, EntryError};
use super::hash::{Hash, decode_base64, encode_base64};
use super::key::{KeyError, VerifierKey};
use super::note::{Note, NoteError};
use super::payload::{Payload, PayloadError};
use super::proof::{self, Mismatch};

/// Longest inclusion proof: one hash per level of the largest tree.
const MAX_PATH: usize = 64;

/// The first line of a receipt.
pub(super) const HEADER: &str = "c2sp.org/tlog-proof@v1\n";

/// A receipt as it stands in a file: read, but not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the entry commits to; none in the receipt of a public entry.
    pub opening: Option<Opening>,
    /// Index of the entry in the log.
    pub index: u64,
    /// Inclusion proof, from the leaf upwards.
    pub path: Vec<Hash>,
    /// The signed note with the checkpoint, unchanged.
    pub checkpoint: String,
}

/// What a verified receipt proves.
#[derive(Clone, PartialEq, Eq)]
pub struct Verified {
    /// What was said; none for a public entry, and where it was left unread.
    pub payload: Option<Payload>,
    /// The entry.
    pub entry: Entry,
    /// Its index in the log.
    pub index: u64,
    /// Hash of its leaf.
    pub leaf: Hash,
    /// The checkpoint that the log signed.
    pub checkpoint: Checkpoint,
    /// Names of all known keys, log and witnesses, that signed the checkpoint.
    pub signed_by: Vec<String>,
    /// The known witnesses that cosigned it, and when.
    pub witnesses: Vec<Witnessed>,
}

/// Why a receipt is refused, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Longer than [`Receipt::MAX_BYTES`].
    #[error("the file is longer than {max} bytes, so it is not a receipt", max = Receipt::MAX_BYTES)]
    TooLong,
    /// Not in the form of a receipt.
    #[error("the receipt is malformed: {0}")]
    Malformed(&'static str),
    /// The checkpoint in it is not a signed note.
    #[error("the receipt is malformed: {0}")]
    Note(#[from] NoteError),
    /// The key to verify with cannot be used.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The checkpoint does not open.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// A receipt of a public entry, which takes the entry's bytes to verify.
    #[error(
        "the receipt has no opening (no extra line); it can only be verified together with the entry itself"
    )]
    NoOpening,
    /// An opening beside the entry's own bytes: it would be neither needed nor checked.
    #[error("the receipt has an opening (an extra line), but is verified as one of a public entry")]
    NeedlessOpening,
    /// The bytes given as the entry are none.
    #[error("{0}")]
    Entry(#[from] EntryError),
    /// The proof does not lead from the entry to the signed root.
    #[error("entry {index} with leaf hash {leaf} is not in the log of {origin}: {mismatch}", origin = .checkpoint.origin)]
    NotIncluded {
        /// Index in the receipt.
        index: u64,
        /// Hash of the leaf that the opening, or the entry, makes.
        leaf: Hash,
        /// The checkpoint that the log signed.
        checkpoint: Checkpoint,
        /// What does not fit.
        mismatch: Box<Mismatch>,
    },
    /// Everything holds, but the statement cannot be read here.
    #[error("entry {index} is in the log, but {reason}")]
    Unreadable {
        /// Index of the entry.
        index: u64,
        /// Hash of its leaf.
        leaf: Hash,
        /// Why.
        reason: PayloadError,
    },
}

impl Receipt {
    /// Longest receipt, in bytes.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Reads a receipt in its one form, without verifying it.
    ///
    /// # Errors
    /// When it is too long or malformed.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let malformed = ReceiptError::Malformed;
        if text.len() > Self::MAX_BYTES {
            return Err(ReceiptError::TooLong);
        }
        let body = text.strip_prefix(HEADER);
        let body = body.ok_or(malformed("its first line is not c2sp.org/tlog-proof@v1"))?;
        let (proof, checkpoint) = body
            .split_once("\n\n")
            .ok_or(malformed("no empty line before the checkpoint"))?;
        let mut lines = proof.split('\n').peekable();
        let extra = lines.peek().and_then(|line| line.strip_prefix("extra "));
        let opening = extra.map(opening).transpose()?;
        if opening.is_some() {
            lines.next();
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal).ok_or(malformed("no index line"))?;
        let path = lines.map(str::parse).collect::<Result<Vec<Hash>, _>>();
        let path = path.map_err(|_| malformed("a line of the proof is not a hash"))?;
        if path.len() > MAX_PATH {
            return Err(malformed("the proof has more hashes than any tree needs"));
        }
        Note::parse(checkpoint)?;
        Ok(Self {
            opening,
            index,
            path,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// The file (`*.tlog-proof`).
    pub fn to_text(&self) -> String {
        let extra = self.opening.as_ref().map(|opening| {
            let extra = encode_base64(&opening.to_bytes());
            format!("extra {extra}\n")
        });
        let extra = extra.unwrap_or_default();
        let mut text = format!("{HEADER}{extra}index {}\n", self.index);
        for hash in &self.path {
            text.push_str(&hash.to_string());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Verifies the receipt of a personal entry: the log, as one of `keys`, signed a tree in which the entry that
    /// commits to the statement stands at the index. Known witnesses among `keys` must be good too where they signed.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Verified, ReceiptError> {
        let (mut verified, statement) = self.verify_unread(keys)?;
        let payload = Payload::parse(statement);
        verified.payload = Some(payload.map_err(|reason| ReceiptError::Unreadable {
            index: verified.index,
            leaf: verified.leaf,
            reason,
        })?);
        Ok(verified)
    }

    /// As [`Self::verify`], but hands out the bytes of the statement beside the proof, for the caller to compare or to
    /// read; `payload` stays empty. For the browser, where reading statements would weigh more than proving them.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify_unread(&self, keys: &[VerifierKey]) -> Result<(Verified, &[u8]), ReceiptError> {
        self.verify_under(Checkpoint::open(&self.checkpoint, keys)?)
    }

    /// As [`Self::verify_unread`], where `signed` is what [`Checkpoint::open`] made of this receipt's own checkpoint:
    /// many receipts of one checkpoint take one check of its signatures.
    pub(super) fn verify_under(&self, signed: Signed) -> Result<(Verified, &[u8]), ReceiptError> {
        let opening = self.opening.as_ref().ok_or(ReceiptError::NoOpening)?;
        let verified = self.included(Entry::subject(opening.commitment()), signed)?;
        Ok((verified, &opening.payload))
    }

    /// Verifies the receipt of an entry whose bytes are known: a public one, or somebody else's.
    ///
    /// # Errors
    /// The first thing that does not hold. An opening in the receipt is refused, as nothing would check it.
    pub fn verify_entry(
        &self,
        entry: &[u8],
        keys: &[VerifierKey],
    ) -> Result<Verified, ReceiptError> {
        if self.opening.is_some() {
            return Err(ReceiptError::NeedlessOpening);
        }
        let entry = Entry::parse(entry)?;
        self.included(entry, Checkpoint::open(&self.checkpoint, keys)?)
    }

    fn included(&self, entry: Entry, signed: Signed) -> Result<Verified, ReceiptError> {
        let (index, leaf) = (self.index, entry.leaf_hash());
        let Checkpoint { size, root, .. } = &signed.checkpoint;
        match proof::verify_inclusion(&leaf, index, *size, &self.path, root) {
            Ok(()) => Ok(Verified {
                payload: None,
                entry,
                index,
                leaf,
                checkpoint: signed.checkpoint,
                signed_by: signed.signed_by,
                witnesses: signed.witnesses,
            }),
            Err(mismatch) => Err(ReceiptError::NotIncluded {
                index,
                leaf,
                checkpoint: signed.checkpoint,
                mismatch: Box::new(mismatch),
            }),
        }
    }
}

fn opening(extra: &str) -> Result<Opening, ReceiptError> {
    let bytes = decode_base64(extra).ok();
    let opening = bytes.and_then(|bytes| Opening::from_bytes(&bytes));
    opening.ok_or(ReceiptError::Malformed("the extra line is not an opening"))
}

/// Leaves out what was said: debug output ends up in logs.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("index", &self.index)
            .field("leaf", &self.leaf)
            .field("checkpoint", &self.checkpoint)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "receipt_change_tests.rs"]
mod change_tests;

#[cfg(test)]
#[path = "receipt_field_tests.rs"]
mod field_tests;
