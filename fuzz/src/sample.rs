//! Published values to fuzz with: the keys and heads of the three-entry log that the formats are pinned with.

use sayso::ledger::hash::Hash;
use sayso::ledger::key::VerifierKey;

/// The log's key.
pub const LOG: &str = "sayso.example/ledger+c2e40faf+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
/// The witness's key.
pub const WITNESS: &str =
    "council.example/witness+e84cdeca+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
/// The key of the example in the specification of signed notes.
pub const EXAMPLE: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// Signed by the log and cosigned by the witness.
pub const CHECKPOINT: &str = include_str!("../seeds/note/sample");
/// The entry that the sample receipt is about.
pub const ENTRY: &str = "sayso-ledger/v1\nsubject\nR77cMpqVWgpSJL5HhpJcI5LJ0lIYN7tymKgE6FNzOB8=\n";

const ROOTS: [&str; 3] = [
    "B7v/nEFlo6j17kPu3ioBvePAY8U3hbNa7Ar4uS8Sq0s=",
    "k7MxPb7E+w8grJq15SAC8KSdi9OsOOedhb5lJ9WMtaQ=",
    "meh6AQ8emjT4BRj6IG5dXAbnnD21NzUb21I3jwiAlrM=",
];

/// Root of the sample log at `size`; of the empty tree for every size that it never had.
///
/// # Panics
/// Never: the values are given.
pub fn root(size: u64) -> Hash {
    let index = usize::try_from(size.wrapping_sub(1)).unwrap_or(usize::MAX);
    ROOTS
        .get(index)
        .map_or(Hash::EMPTY_ROOT, |root| root.parse().expect("a hash"))
}

/// A key from its text.
///
/// # Panics
/// When it is none: a mistake in this file.
pub fn key(text: &str) -> VerifierKey {
    text.parse().expect("a key")
}

/// The keys of log and witness.
pub fn keys() -> [VerifierKey; 2] {
    [key(LOG), key(WITNESS)]
}
