//! What a browser remembers of a log, and what it makes of the log's next head.
//!
//! The memory is the key that was seen first and the last signed head. The next head must be signed by that key and
//! continue that head; what does not is evidence only when both heads are signed, so damage to the memory or on the
//! way is never called a forgery.

use core::cmp::Ordering;

use super::checkpoint::{Checkpoint, Signed};
use super::hash::Hash;
use super::key::VerifierKey;
use super::note::Note;
use super::proof::{self, Mismatch};

const HEADER: &str = "sayso-memory/v1";

/// What is kept. Text form: a first line, when, the key, the signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// When the head was last seen, as the browser writes times.
    pub seen: String,
    /// The key that was seen first.
    pub key: VerifierKey,
    /// The last head, as it was signed.
    pub note: String,
    /// What that says.
    head: Checkpoint,
}

/// What a new head is to somebody who remembers an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The remembered head, still.
    Same,
    /// Longer; consistent if a proof from the remembered size to this one says so.
    Grown {
        /// The remembered size.
        old: u64,
        /// The new size.
        new: u64,
    },
    /// Shorter: an older head, if the log can prove that it is one.
    Shrunk {
        /// The remembered size.
        old: u64,
        /// The new size.
        new: u64,
    },
    /// A log of another name.
    Successor {
        /// Its name.
        origin: String,
    },
    /// Not a head at all: something on the way answered instead of the log.
    Nothing,
    /// The two cannot both be of one log that only grew.
    Fork(Fork),
}

/// How two heads contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fork {
    /// The new one is not signed by the key that was seen first.
    Key,
    /// One size, two roots.
    Root,
    /// The proof between them does not hold.
    Proof,
    /// The log is shorter than it was.
    Back,
}

impl Memory {
    /// What to keep of a head; `None` unless `key` signed it.
    pub fn of(key: VerifierKey, note: &str, seen: &str) -> Option<Self> {
        let head = opened(&key, note)?.checkpoint;
        Some(Self {
            seen: seen.to_owned(),
            key,
            note: note.to_owned(),
            head,
        })
    }

    /// Reads what was kept; `None` when it was damaged, or the head in it is not signed by the key in it.
    pub fn parse(text: &str) -> Option<Self> {
        let (header, rest) = text.split_once('\n')?;
        let (seen, rest) = rest.split_once('\n')?;
        let (key, note) = rest.split_once('\n')?;
        if header != HEADER {
            return None;
        }
        Self::of(key.parse().ok()?, note, seen)
    }

    /// What to keep.
    pub fn to_text(&self) -> String {
        [
            HEADER,
            "\n",
            &self.seen,
            "\n",
            &self.key.to_string(),
            "\n",
            &self.note,
        ]
        .concat()
    }

    /// Number of entries in the remembered head.
    pub const fn size(&self) -> u64 {
        self.head.size
    }

    /// What `note` is to this memory, as far as can be said without a proof.
    pub fn meet(&self, note: &str) -> Next {
        let Some(new) = claimed(note) else {
            return Next::Nothing;
        };
        if new.origin != self.head.origin {
            return Next::Successor { origin: new.origin };
        }
        if opened(&self.key, note).is_none() {
            return Next::Fork(Fork::Key);
        }
        let old = self.head.size;
        match new.size.cmp(&old) {
            Ordering::Equal if new.root == self.head.root => Next::Same,
            Ordering::Equal => Next::Fork(Fork::Root),
            Ordering::Greater => Next::Grown { old, new: new.size },
            Ordering::Less => Next::Shrunk { old, new: new.size },
        }
    }

    /// Whether `proof` (one hash a line) leads from the smaller of the two heads to the larger.
    ///
    /// # Errors
    /// What does not fit. `Ok(false)`: the text is no proof at all, and proves nothing in either direction.
    pub fn continues(&self, note: &str, proof: &str) -> Result<bool, Mismatch> {
        let path = proof
            .lines()
            .map(str::parse)
            .collect::<Result<Vec<Hash>, _>>();
        let (Ok(path), Some(new)) = (path, claimed(note)) else {
            return Ok(false);
        };
        let (old, new) = if new.size < self.head.size {
            (&new, &self.head)
        } else {
            (&self.head, &new)
        };
        proof::verify_consistency(old.size, new.size, &path, &old.root, &new.root)?;
        Ok(true)
    }
}

/// What a note says, whoever signed it.
fn claimed(note: &str) -> Option<Checkpoint> {
    Checkpoint::parse(Note::parse(note).ok()?.text()).ok()
}

fn opened(key: &VerifierKey, note: &str) -> Option<Signed> {
    Checkpoint::open(note, core::slice::from_ref(key)).ok()
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
