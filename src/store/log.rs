//! The contract for reading the log as others read it, and for judging what is stored: rows in bulk, as they are.
//!
//! Nothing here is checked or repaired: `ledger::audit` judges. To add something that is judged, add its rows here and
//! its check in `app/fsck.rs`.

use async_trait::async_trait;

use super::error::Error;
use crate::ledger::tile::TileId;

/// The log's own row, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its number in the database.
    pub id: i64,
    /// Position of its first entry.
    pub base: u64,
    /// The log's name.
    pub origin: String,
    /// Number of entries that it claims.
    pub size: u64,
    /// Root hash.
    pub root: Vec<u8>,
    /// Right edge of the tree (`ledger::tree::Frontier`).
    pub frontier: Vec<u8>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// What points at one entry from somebody's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// Position of the entry.
    pub entry: u64,
    /// The leaf hash kept in the chain.
    pub leaf: Vec<u8>,
}

/// A row that points at something that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Its table.
    pub table: &'static str,
    /// The position that it names.
    pub entry: u64,
}

/// The log's rows.
#[async_trait]
pub trait LogRows {
    /// The newest log's own row; `None` before a log was opened.
    async fn log_row(&self) -> Result<Option<LogRow>, Error>;
    /// Entries of a log with an index from `from` up to `to` (not included), in order: index and bytes. Ask for a few
    /// thousand.
    async fn entry_rows(&self, log: i64, from: u64, to: u64) -> Result<Vec<(u64, Vec<u8>)>, Error>;
    /// Tiles of a log as far as they are filled, in one query and in no order; those that are not there are left out. A
    /// proof takes a handful.
    async fn tiles(&self, log: i64, ids: &[TileId]) -> Result<Vec<(TileId, Vec<u8>)>, Error>;
    /// What points from people's chains at positions of a log from `from` up to `to` (not included), in order.
    async fn link_rows(&self, log: i64, from: u64, to: u64) -> Result<Vec<LinkRow>, Error>;
    /// The document of the public entry at a position.
    async fn document_at(&self, log: i64, position: u64) -> Result<Option<String>, Error>;
    /// The first row about a log that lies beyond its size, points at no entry, or holds an opening without its link in a chain.
    async fn stray(&self, log: &LogRow) -> Result<Option<Stray>, Error>;
    /// The first tile that a log's size does not call for: level and number.
    async fn needless_tile(&self, log: &LogRow) -> Result<Option<(u8, u64)>, Error>;
}
