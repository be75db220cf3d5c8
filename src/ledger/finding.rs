//! What is wrong with a log, and where: the words of whoever judges it.
//!
//! A finding carries its evidence: what was found, and what belongs there. A new kind of place is a variant of [`Place`]
//! with its name.

use core::fmt;
use core::num::NonZeroU8;

use super::bundle;
use super::tile::{TileId, WIDTH};

/// Where in a log something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The signed checkpoint.
    Checkpoint,
    /// A tile, of some width.
    Tile(TileId, Option<NonZeroU8>),
    /// An entry bundle, of some width.
    Bundle(u64, Option<NonZeroU8>),
    /// An entry, by its index.
    Entry(u64),
    /// The document of the public entry with this index.
    Document(u64),
    /// A row of this table that speaks of the entry with this index.
    Row(&'static str, u64),
    /// The log's own row in the database, and the column.
    Log(&'static str),
}

/// The first wrong thing: where, what was found there, and what belongs there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: found {found}, where {expected} belongs")]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What was found.
    pub found: String,
    /// What belongs there.
    pub expected: String,
}

/// Why a log does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault<E> {
    /// Something in it is wrong.
    Wrong(Finding),
    /// It cannot be read, so nothing is known.
    Unreadable(E),
}

impl<E> From<Finding> for Fault<E> {
    fn from(finding: Finding) -> Self {
        Self::Wrong(finding)
    }
}

impl Finding {
    /// A finding.
    pub fn new(place: Place, found: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Self {
            place,
            found: found.to_string(),
            expected: expected.to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Checkpoint => f.write_str("the checkpoint"),
            Self::Tile(id, width) => write!(f, "{}", id.path(width)),
            Self::Bundle(n, width) => f.write_str(&bundle::path(n, width)),
            Self::Entry(index) => {
                let bundle = bundle::path(index / WIDTH as u64, None);
                write!(f, "entry {index} (in {bundle})")
            }
            Self::Document(index) => write!(f, "documents/{index}"),
            Self::Row(table, index) => write!(f, "the row of table {table} for entry {index}"),
            Self::Log(column) => write!(f, "column {column} of the log's row"),
        }
    }
}
