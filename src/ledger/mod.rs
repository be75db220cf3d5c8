//! Proof that it stays true: entries, tree, notes, receipts. Pure; shared by server, browser and gate.
//!
//! Formats are those of c2sp.org (signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-tiles v0.1.0, tlog-proof; text of
//! 2026-07-22) over the tree of RFC 6962 section 2.1. They may move: one file per format.

pub mod checkpoint;
pub mod commitment;
pub mod entry;
pub mod hash;
pub mod note;
pub mod payload;
pub mod receipt;
#[cfg(feature = "ssr")]
pub mod seal;
pub mod tile;
pub mod tree;

#[cfg(test)]
mod receipt_tests;
#[cfg(test)]
mod tests;
