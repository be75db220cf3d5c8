//! Proof that it stays true: byte formats and verification, pure and shared by server, browser and gate.
//!
//! A C2SP tlog-tiles log over an RFC 6962 tree: signed-note v1.0.0, tlog-checkpoint v1.0.0,
//! tlog-cosignature v1.0.1, tlog-witness v1.0.0, tlog-tiles v0.1.0, tlog-proof and tlog-policy, all in the text of 2026-07-22 (c2sp.org). They still
//! move, so each format has one file and none stands anywhere else. Nothing here reads a clock, a file or a random
//! number, and nothing here panics on what a stranger sends.
//!
//! A new format is a new file with its test values; a new kind of personal statement is a variant of
//! [`payload::Statement`], a new kind of public entry one of [`entry::PublicType`].

pub mod audit;
pub mod bundle;
pub mod chain;
pub mod checkpoint;
pub mod commitment;
pub mod compare;
pub mod entry;
pub mod finding;
pub mod hash;
pub mod key;
pub mod memory;
pub mod note;
pub mod payload;
pub mod policy;
#[cfg(feature = "ssr")]
pub mod prepared;
pub mod proof;
pub mod receipt;
#[cfg(feature = "ssr")]
pub mod seal;
pub mod signature;
pub mod submission;
pub mod tile;
pub mod tree;
mod wire;

#[cfg(test)]
mod foreign_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod vector_tests;
