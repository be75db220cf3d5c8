//! A person's receipts as a whole: none is missing, moved or added.
//!
//! Each statement carries its number (`seq`) and the leaf hash of the one before (`prev`). Checked together, and each
//! against the log, receipts can therefore not be left out of the middle, put into another order or slipped in. What
//! was cut off at the end shows only in a receipt that the person kept: the chain cannot know of it.
//!
//! The caller reads the statements, because the browser has a JSON reader of its own and need not load ours.

use serde::Deserialize;

use super::checkpoint::{Checkpoint, Signed};
use super::hash::Hash;
use super::key::VerifierKey;
use super::payload::{Payload, PayloadError};
use super::receipt::{HEADER, Receipt, ReceiptError, Verified};

/// What a statement says about its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// Number in the person's own chain, from 0.
    pub seq: u64,
    /// Leaf hash of the person's previous entry; none for `seq` 0 only.
    #[serde(default)]
    pub prev: Option<Hash>,
    /// Whose chain.
    pub subject: String,
    /// When, as it was sealed: RFC 3339 in UTC, ending in `Z`.
    pub at: String,
}

/// A chain that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// How many receipts it has.
    pub receipts: u64,
    /// How many different checkpoints they are proven against. Each one's signatures were checked once.
    pub checkpoints: u64,
}

/// The first receipt that breaks the chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("receipt {number} of the chain{}: {fault}", .entry.map(|entry| format!(" (entry {entry})")).unwrap_or_default())]
pub struct Broken {
    /// Where it stands among the receipts, from 1.
    pub number: u64,
    /// Its index in the log, as far as it could be read.
    pub entry: Option<u64>,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What breaks a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no receipt, or does not verify.
    #[error("{0}")]
    Receipt(Box<ReceiptError>),
    /// Its statement cannot be read.
    #[error("its statement cannot be read: {0}")]
    Unreadable(String),
    /// A number was left out.
    #[error("statement {expected} is missing, the next one here is {found}")]
    Missing {
        /// Which number belongs here.
        expected: u64,
        /// Which number stands here.
        found: u64,
    },
    /// A number stands here again, or in the wrong place.
    #[error("statement {found} stands where {expected} belongs: it was repeated or moved")]
    Moved {
        /// Which number belongs here.
        expected: u64,
        /// Which number stands here.
        found: u64,
    },
    /// It does not continue the one before.
    #[error(
        "it continues {}, but the receipt before it is of {}",
        leaf(.says.as_ref()),
        leaf(.before.as_ref())
    )]
    Link {
        /// Leaf hash that it names.
        says: Option<Hash>,
        /// Leaf hash of the receipt before it.
        before: Option<Hash>,
    },
    /// It is about somebody else.
    #[error("it belongs to the chain of another person")]
    Subject,
    /// It is older than the one before.
    #[error("its time {at} is before {before}, the time of the receipt before it")]
    Time {
        /// Its time.
        at: String,
        /// The time before.
        before: String,
    },
    /// It stands before its predecessor in the same log.
    #[error("entry {entry} stands before entry {before}, which it continues")]
    Order {
        /// Its entry.
        entry: u64,
        /// The entry before.
        before: u64,
    },
}

fn leaf(hash: Option<&Hash>) -> String {
    hash.map_or_else(|| "nothing".to_owned(), |hash| format!("leaf {hash}"))
}

/// The link that the next receipt must continue.
struct Last {
    place: Place,
    index: u64,
    leaf: Hash,
    origin: String,
}

/// Checks that `files`, oldest first, are all receipts of one person from the first on. The log, as one of `keys`,
/// must have signed each checkpoint. `read` reads the place in the bytes of a statement.
///
/// # Errors
/// The first receipt that does not hold, and why.
pub fn check<'f>(
    files: impl IntoIterator<Item = &'f str>,
    keys: &[VerifierKey],
    mut read: impl FnMut(&[u8]) -> Result<Place, String>,
) -> Result<Whole, Broken> {
    let mut opener = Opener { keys, last: None };
    let mut last: Option<Last> = None;
    let mut whole = Whole {
        receipts: 0,
        checkpoints: 0,
    };
    for file in files {
        let number = whole.receipts + 1;
        let broken = |entry, fault| Broken {
            number,
            entry,
            fault,
        };
        let receipt = Receipt::parse(file).map_err(|error| broken(None, error.into()))?;
        let entry = Some(receipt.index);
        let (signed, new) = opener
            .open(&receipt.checkpoint)
            .map_err(|error| broken(entry, error.into()))?;
        let (verified, statement) = receipt
            .verify_under(signed)
            .map_err(|error| broken(entry, error.into()))?;
        let place = read(statement).map_err(|reason| broken(entry, Fault::Unreadable(reason)))?;
        let next = link(whole.receipts, last.as_ref(), place, verified);
        last = Some(next.map_err(|fault| broken(entry, fault))?);
        whole.receipts = number;
        whole.checkpoints += u64::from(new);
    }
    Ok(whole)
}

/// The receipts in a file that holds one after the other.
pub fn split(file: &str) -> impl Iterator<Item = &str> {
    let mut rest = file;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = rest
            .match_indices(HEADER)
            .map(|(at, _)| at)
            .find(|&at| at > 0 && rest.as_bytes()[at - 1] == b'\n');
        let (one, others) = rest.split_at(next.unwrap_or(rest.len()));
        rest = others;
        Some(one)
    })
}

impl Place {
    /// Reads a whole statement, in canonical spelling only, for the place in it.
    ///
    /// # Errors
    /// When [`Payload::parse`] refuses it.
    pub fn read(statement: &[u8]) -> Result<Self, PayloadError> {
        Payload::parse(statement)?;
        serde_json::from_slice(statement).map_err(|error| PayloadError::Json(error.to_string()))
    }

    /// When, in a spelling that sorts as time does: fractions have no more digits than they need, and without the
    /// `Z` the shorter one comes first.
    fn moment(&self) -> Option<&str> {
        let moment = self.at.strip_suffix('Z')?;
        (moment.len() >= "2026-11-23T09:00:00".len() && moment.is_ascii()).then_some(moment)
    }
}

fn link(
    expected: u64,
    last: Option<&Last>,
    place: Place,
    verified: Verified,
) -> Result<Last, Fault> {
    let found = place.seq;
    if found > expected {
        return Err(Fault::Missing { expected, found });
    }
    if found < expected {
        return Err(Fault::Moved { expected, found });
    }
    let before = last.map(|last| last.leaf);
    if place.prev != before {
        return Err(Fault::Link {
            says: place.prev,
            before,
        });
    }
    let moment = place
        .moment()
        .ok_or_else(|| Fault::Unreadable(format!("{:?} is not a time", place.at)))?;
    let (index, origin) = (verified.index, verified.checkpoint.origin);
    if let Some(last) = last {
        if place.subject != last.place.subject {
            return Err(Fault::Subject);
        }
        if last.place.moment().is_some_and(|before| moment < before) {
            return Err(Fault::Time {
                at: place.at,
                before: last.place.at.clone(),
            });
        }
        // A log that succeeds another counts from the beginning.
        if origin == last.origin && index <= last.index {
            return Err(Fault::Order {
                entry: index,
                before: last.index,
            });
        }
    }
    Ok(Last {
        place,
        index,
        leaf: verified.leaf,
        origin,
    })
}

/// Opens checkpoints; one that comes again at once is not checked again.
struct Opener<'k> {
    keys: &'k [VerifierKey],
    last: Option<(String, Signed)>,
}

impl Opener<'_> {
    /// What was signed, and whether it is another checkpoint than the last.
    fn open(&mut self, note: &str) -> Result<(Signed, bool), ReceiptError> {
        if let Some((last, signed)) = &self.last
            && last == note
        {
            return Ok((signed.clone(), false));
        }
        let signed = Checkpoint::open(note, self.keys)?;
        self.last = Some((note.to_owned(), signed.clone()));
        Ok((signed, true))
    }
}

impl From<ReceiptError> for Fault {
    fn from(error: ReceiptError) -> Self {
        Self::Receipt(Box::new(error))
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
