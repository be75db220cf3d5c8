//! Submissions to a witness (C2SP tlog-witness v1.0.0, `add-checkpoint`): the request, the answers, and the decision.
//!
//! The decision is pure: what was stored and what is asked go in, yes or the exact refusal comes out, checked in the
//! order of the specification. Whoever calls it must check and store in one step that no other request can get between.

use super::checkpoint::{Checkpoint, decimal};
use super::hash::Hash;
use super::key::{Algorithm, VerifierKey};
use super::note::{MAX_NOTE, Note};
use super::proof::{self, Mismatch};
use super::signature::Signature;

/// Most hashes of a consistency proof.
const MAX_PROOF: usize = 63;
/// Longest answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// "My log has grown from `old` to this checkpoint, and here is the proof."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Size of the checkpoint that the witness cosigned last; 0 if none.
    pub old: u64,
    /// RFC 6962 consistency proof from `old`; empty from 0.
    pub proof: Vec<Hash>,
    /// The signed note with the new checkpoint.
    pub checkpoint: String,
}

/// A checkpoint whose log signed it, with what a witness keeps and signs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Origin, size and root.
    pub checkpoint: Checkpoint,
    /// Everything that was signed, extension lines included.
    pub text: String,
    /// The lines by which the log signed it; those of others are dropped.
    pub by_log: Vec<Signature>,
}

/// What a witness cosigned last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not in the form of a request.
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    /// A log that this witness does not follow.
    #[error("this witness does not follow the log {0}")]
    UnknownLog(String),
    /// Not signed by the log, or badly.
    #[error("the checkpoint is not signed by a key that this witness trusts for the log {0}")]
    Untrusted(String),
    /// The proof starts beyond its end.
    #[error("the old size {old} is beyond the checkpoint's size {size}")]
    Backwards {
        /// Size that the proof starts from.
        old: u64,
        /// Size of the checkpoint.
        size: u64,
    },
    /// The proof starts elsewhere than where the witness stands.
    #[error("this witness has cosigned size {0}, so the proof must start there")]
    Stale(u64),
    /// The new checkpoint does not continue what the witness cosigned. This is evidence.
    #[error("the checkpoint does not continue the one of size {seen} that was cosigned before: {mismatch}", seen = .seen.size)]
    Inconsistent {
        /// What was cosigned.
        seen: Seen,
        /// What does not fit.
        mismatch: Box<Mismatch>,
    },
}

impl Seen {
    /// Of a log that was never seen.
    pub const NOTHING: Self = Self {
        size: 0,
        root: Hash::EMPTY_ROOT,
    };
}

impl Refusal {
    /// The HTTP status that says it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::Backwards { .. } => 400,
            Self::Untrusted(_) => 403,
            Self::UnknownLog(_) => 404,
            Self::Stale(_) => 409,
            Self::Inconsistent { .. } => 422,
        }
    }
}

impl Submission {
    /// Longest request, in bytes.
    pub const MAX_BYTES: usize = MAX_NOTE + 4096;

    /// The body of the request.
    pub fn to_text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&hash.to_string());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a request in its one form, without judging it.
    ///
    /// # Errors
    /// `Malformed`, with what is wrong.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let malformed = Refusal::Malformed;
        if text.len() > Self::MAX_BYTES {
            return Err(malformed("it is too long"));
        }
        let (proof, checkpoint) = text
            .split_once("\n\n")
            .ok_or(malformed("no empty line before the checkpoint"))?;
        let mut lines = proof.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(decimal).ok_or(malformed("no old size"))?;
        let proof: Vec<Hash> = lines
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| malformed("a line of the proof is not a hash"))?;
        if proof.len() > MAX_PROOF {
            return Err(malformed("the proof has more hashes than any tree needs"));
        }
        let checkpoint = checkpoint.to_owned();
        Ok(Self {
            old,
            proof,
            checkpoint,
        })
    }

    /// Checks that a log among `keys` (type 01, named as its origin) signed the checkpoint.
    ///
    /// # Errors
    /// `Malformed`, `UnknownLog`, `Untrusted` or `Backwards`, the first that applies.
    pub fn vouched(&self, keys: &[VerifierKey]) -> Result<Vouched, Refusal> {
        let malformed = Refusal::Malformed;
        let note = Note::parse(&self.checkpoint).map_err(|_| malformed("no signed note"))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|_| malformed("no checkpoint"))?;
        let Checkpoint { origin, size, .. } = &checkpoint;
        if i64::try_from(*size).is_err() {
            return Err(malformed("no log is that large"));
        }
        let of_log = |key: &&VerifierKey| {
            key.algorithm() == Algorithm::Ed25519 && key.name() == origin.as_str()
        };
        let trusted: Vec<VerifierKey> = keys.iter().filter(of_log).cloned().collect();
        if trusted.is_empty() {
            return Err(Refusal::UnknownLog(origin.clone()));
        }
        let good = note.verify(&trusted);
        let good = good.map_err(|_| Refusal::Untrusted(origin.clone()))?;
        if self.old > *size {
            let (old, size) = (self.old, *size);
            return Err(Refusal::Backwards { old, size });
        }
        // Every line of a trusted key is good, or `verify` had refused.
        let by_log = note.signatures().iter().filter(|line| {
            let is_by = |key: &VerifierKey| (key.name(), key.id()) == (&line.name, line.key_id);
            good.iter().any(|good| is_by(good.key))
        });
        Ok(Vouched {
            by_log: by_log.cloned().collect(),
            text: note.text().to_owned(),
            checkpoint,
        })
    }

    /// Whether a witness that has `seen` this cosigns: the checkpoint is what [`Self::vouched`] gave.
    ///
    /// # Errors
    /// `Stale` or `Inconsistent`.
    pub fn judge(&self, checkpoint: &Checkpoint, seen: Seen) -> Result<(), Refusal> {
        if self.old != seen.size {
            return Err(Refusal::Stale(seen.size));
        }
        let Checkpoint { size, root, .. } = checkpoint;
        proof::verify_consistency(seen.size, *size, &self.proof, &seen.root, root).map_err(
            |mismatch| Refusal::Inconsistent {
                seen,
                mismatch: Box::new(mismatch),
            },
        )
    }
}

impl Vouched {
    /// The note with the log's good signatures and no other lines.
    pub fn by_log_alone(&self) -> String {
        let by_log: String = self.by_log.iter().map(ToString::to_string).collect();
        format!("{}\n{by_log}", self.text)
    }

    /// The note that a witness keeps and shows: the log's signatures and its own.
    pub fn cosigned(&self, line: &Signature) -> String {
        format!("{}{line}", self.by_log_alone())
    }
}

/// The good cosignature of `witness` in a witness's answer (status 200) to the submission of `checkpoint`, a signed
/// note. Lines of others are ignored.
///
/// # Errors
/// In words, when there is none.
pub fn cosignature(
    checkpoint: &str,
    answer: &str,
    witness: &VerifierKey,
) -> Result<(Signature, u64), &'static str> {
    if answer.len() > MAX_ANSWER {
        return Err("its answer is too long");
    }
    let note = Note::parse(checkpoint).map_err(|_| "the checkpoint is not a note")?;
    let bare = format!("{}\n{answer}", note.text());
    let answered = Note::parse(&bare).map_err(|_| "its answer is not signature lines")?;
    // Or else the answer would have moved the line between text and signatures.
    if answered.text() != note.text() {
        return Err("its answer is not signature lines");
    }
    let good = answered.verify(core::slice::from_ref(witness));
    let good = good.map_err(|_| "its answer has no good signature of its key")?;
    let time = good.iter().find_map(|good| good.time);
    let time = time.ok_or("its key does not cosign")?;
    let by_witness =
        |line: &&Signature| (line.name.as_str(), line.key_id) == (witness.name(), witness.id());
    let line = answered.signatures().iter().find(by_witness);
    line.map(|line| (line.clone(), time))
        .ok_or("its answer has no good signature of its key")
}

/// The size in the body of a 409, where the witness says how far it is.
pub fn stale_size(body: &str) -> Option<u64> {
    decimal(body.strip_suffix('\n')?)
}

#[cfg(test)]
#[path = "submission_tests.rs"]
mod tests;
