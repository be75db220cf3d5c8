//! Receipts (c2sp.org/tlog-proof@v1): index, audit path and checkpoint in one file, the opening of the commitment as
//! `extra`. Anybody with the log's key can check one offline.

use super::checkpoint::{Checkpoint, NotACheckpoint, decimal};
use super::commitment::Opening;
use super::entry::Entry;
use super::hash::{Hash, decode, encode, leaf_hash};
use super::note::{Note, NoteError, VerifierKey};
use super::payload::{Payload, Unreadable};
use super::tree::root_from_inclusion;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// One receipt as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Opens the entry's commitment; absent for public entries.
    pub opening: Option<Opening>,
    /// Index of the entry.
    pub index: u64,
    /// Audit path, from the leaf upwards.
    pub path: Vec<Hash>,
    /// The signed checkpoint, unchanged.
    pub checkpoint: String,
}

/// What a receipt has proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What was said; absent for public entries.
    pub payload: Option<Payload>,
    /// Index of the entry.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The head that it was proven against.
    pub checkpoint: Checkpoint,
    /// Names of the trusted keys that have signed that head.
    pub signed_by: Vec<String>,
}

/// Why a receipt proves nothing. Carries the evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It is not a receipt.
    #[error("this is not a receipt: {0}")]
    Malformed(&'static str),
    /// Its checkpoint does not count.
    #[error("checkpoint: {0}")]
    Checkpoint(#[from] NoteError),
    /// The checkpoint's text is none.
    #[error(transparent)]
    NotACheckpoint(#[from] NotACheckpoint),
    /// The key that signed is not that of the log which the checkpoint names.
    #[error("the checkpoint is of {origin}, but that log has not signed it")]
    ForeignLog {
        /// What the checkpoint names.
        origin: String,
    },
    /// The path does not fit index and size.
    #[error("the path does not lead from entry {index} to a tree of {size} entries")]
    WrongPath {
        /// Index of the entry.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The statement is not the one that stands in the ledger.
    #[error(
        "entry {index} with leaf {leaf} leads to root {computed}, but the signed root of size {size} is {signed}"
    )]
    WrongRoot {
        /// Index of the entry.
        index: u64,
        /// Size of the tree.
        size: u64,
        /// Leaf that the opening gives.
        leaf: Hash,
        /// Root that the path leads to.
        computed: Hash,
        /// Root that was signed.
        signed: Hash,
    },
    /// There is no statement in it.
    #[error("the receipt carries no statement, so there is nothing to check")]
    NoOpening,
    /// The statement cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Receipt {
    /// Largest receipt that is read, in bytes.
    pub const MAX_BYTES: usize = 2 << 20;

    /// The file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        if let Some(opening) = &self.opening {
            text += &format!("extra {}\n", encode(&opening.to_bytes()));
        }
        text += &format!("index {}\n", self.index);
        for hash in &self.path {
            text += &format!("{hash}\n");
        }
        text + "\n" + &self.checkpoint
    }

    /// Reads a file.
    ///
    /// # Errors
    /// `Malformed`, with what is wrong.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        use ReceiptError::Malformed;
        if text.len() > Self::MAX_BYTES {
            return Err(Malformed("too large"));
        }
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or(Malformed("no empty line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(Malformed("the first line"));
        }
        let extra = lines
            .next_if(|line| line.starts_with("extra "))
            .and_then(|line| line.strip_prefix("extra "));
        let opening = match extra {
            Some(extra) => {
                let opening = decode(extra).and_then(|bytes| Opening::from_bytes(&bytes));
                Some(opening.ok_or(Malformed("the line extra"))?)
            }
            None => None,
        };
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal);
        let index = index.ok_or(Malformed("the line index"))?;
        let path = lines
            .map(Hash::from_base64)
            .collect::<Option<Vec<_>>>()
            .ok_or(Malformed("a hash of the path"))?;
        if path.len() > 63 {
            return Err(Malformed("the path is too long"));
        }
        Ok(Self {
            opening,
            index,
            path,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks the statement that the receipt carries against the checkpoint, and the checkpoint against trusted keys.
    ///
    /// # Errors
    /// The first thing that does not fit, with its evidence.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Verified, ReceiptError> {
        let opening = self.opening.as_ref().ok_or(ReceiptError::NoOpening)?;
        let mut verified =
            self.verify_entry(&Entry::subject(opening.commitment()).to_bytes(), keys)?;
        verified.payload = Some(Payload::parse(&opening.payload)?);
        Ok(verified)
    }

    /// The same for an entry whose bytes are known by another way (a public one).
    ///
    /// # Errors
    /// The first thing that does not fit, with its evidence.
    pub fn verify_entry(
        &self,
        entry: &[u8],
        keys: &[VerifierKey],
    ) -> Result<Verified, ReceiptError> {
        let note = Note::parse(&self.checkpoint)?;
        let signed_by = note.verify(keys)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        if !signed_by.contains(&checkpoint.origin) {
            return Err(ReceiptError::ForeignLog {
                origin: checkpoint.origin,
            });
        }
        let (index, size, leaf) = (self.index, checkpoint.size, leaf_hash(entry));
        let computed = root_from_inclusion(leaf, index, size, &self.path)
            .ok_or(ReceiptError::WrongPath { index, size })?;
        if computed != checkpoint.root {
            return Err(ReceiptError::WrongRoot {
                index,
                size,
                leaf,
                computed,
                signed: checkpoint.root,
            });
        }
        Ok(Verified {
            payload: None,
            index,
            leaf,
            checkpoint,
            signed_by,
        })
    }
}
