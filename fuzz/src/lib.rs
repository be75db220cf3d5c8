//! Fuzzing of every parser of the ledger: what a stranger sends must not panic, must have one spelling, and must get the
//! verdict that other people's libraries give, except where a difference is named beside the comparison.
//!
//! One file per format with one function `run`. `cargo test` runs each over its seeds (`seeds/`) and random changes of
//! them; `make fuzz` runs each with libFuzzer. For another parser: a file here, a line in [`TARGETS`], three lines in
//! `fuzz_targets/` and `Cargo.toml`, and its seeds.

pub mod bundle;
pub mod checkpoint;
pub mod cosignature;
pub mod entry;
pub mod note;
pub mod payload;
pub mod policy;
pub mod receipt;
pub mod sample;
pub mod submission;
pub mod tile_path;

/// What a target does with its input: panic, or not.
pub type Body = fn(&[u8]);

/// Every target by name.
pub const TARGETS: [(&str, Body); 10] = [
    ("bundle", bundle::run),
    ("checkpoint", checkpoint::run),
    ("cosignature", cosignature::run),
    ("entry", entry::run),
    ("note", note::run),
    ("payload", payload::run),
    ("policy", policy::run),
    ("receipt", receipt::run),
    ("submission", submission::run),
    ("tile_path", tile_path::run),
];
