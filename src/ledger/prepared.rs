//! A personal statement, ready for the log: linked to the person's chain, written, committed to and hashed.
//!
//! It is prepared where the request arrives. The writer checks that the chain still ends where it was linked, and hashes
//! the entry again before anything is signed: a bit that flips on the way must not become part of the log.

use chrono::{DateTime, Utc};

use super::commitment::Opening;
use super::entry::Entry;
use super::hash::Hash;
use super::payload::{Payload, PayloadError, Statement};
use crate::domain::id::SubjectId;

/// The end of a person's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Number of the last statement in the chain, from 0.
    pub seq: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// Its moment.
    pub at: DateTime<Utc>,
}

/// A statement about to be made.
#[derive(Debug, Clone)]
pub struct Draft {
    /// About whom.
    pub subject: SubjectId,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// Who acts: `employee` or `system`.
    pub actor: &'static str,
    /// What is said.
    pub statement: Statement,
}

/// A statement that the log can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// About whom.
    pub subject: SubjectId,
    /// Its number in the person's chain.
    pub seq: u64,
    /// Leaf hash of the one before it; none for the first.
    pub prev: Option<Hash>,
    /// The moment that counts.
    pub at: DateTime<Utc>,
    /// The statement's type.
    pub kind: &'static str,
    /// What the entry commits to.
    pub opening: Opening,
    /// Leaf hash of the entry.
    pub leaf: Hash,
}

impl Prepared {
    /// Links a statement to the end of its person's chain. A chain never runs backwards in time, even if the server's
    /// clock does. `r` is fresh from the system's CSPRNG.
    ///
    /// # Errors
    /// When the statement could not be read back.
    pub fn new(link: Option<&Link>, draft: Draft, r: [u8; 64]) -> Result<Self, PayloadError> {
        let (seq, prev, at) = match link {
            Some(link) => (link.seq + 1, Some(link.leaf), link.at.max(draft.at)),
            None => (0, None, draft.at),
        };
        let kind = draft.statement.kind();
        let payload = Payload {
            v: 1,
            subject: draft.subject,
            seq,
            prev,
            at,
            channel: "portal".to_owned(),
            actor: draft.actor.to_owned(),
            statement: draft.statement,
        };
        let opening = Opening {
            r,
            payload: payload.to_jcs()?,
        };
        let leaf = Entry::subject(opening.commitment()).leaf_hash();
        Ok(Self {
            subject: draft.subject,
            seq,
            prev,
            at,
            kind,
            opening,
            leaf,
        })
    }

    /// The end of the chain once this is in the log.
    pub const fn link(&self) -> Link {
        Link {
            seq: self.seq,
            leaf: self.leaf,
            at: self.at,
        }
    }

    /// Whether the chain still ends where this was linked to it.
    pub fn follows(&self, link: Option<&Link>) -> bool {
        match link {
            Some(link) => self.seq == link.seq + 1 && self.prev == Some(link.leaf),
            None => self.seq == 0 && self.prev.is_none(),
        }
    }
}
