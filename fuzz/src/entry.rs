//! Entries of the log.

use sayso::ledger::entry::Entry;

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    if let Ok(entry) = Entry::parse(data) {
        assert_eq!(entry.to_bytes(), data);
    }
}
