//! The text of checkpoints, against `tlog_tiles`; and whole ones, opened with the sample's keys.

use sayso::ledger::checkpoint::Checkpoint;

use crate::sample;

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let theirs = tlog_tiles::Checkpoint::from_bytes(data);
    let Ok(text) = core::str::from_utf8(data) else {
        assert!(theirs.is_err());
        return;
    };
    match (Checkpoint::parse(text), theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(ours.origin, theirs.origin());
            assert_eq!(ours.size, theirs.size());
            assert_eq!(ours.root.0, theirs.hash().0);
            assert_eq!(ours.to_text() + theirs.extension(), text);
        }
        (ours, theirs) => assert_eq!(ours.is_ok(), theirs.is_ok()),
    }
    if let Ok(signed) = Checkpoint::open(text, &sample::keys()) {
        assert_eq!(signed.checkpoint.origin, "sayso.example/ledger");
        // Nobody but the log can sign, and it signed one head.
        assert_eq!(signed.checkpoint.size, 3);
        assert_eq!(signed.checkpoint.root, sample::root(3));
    }
}
