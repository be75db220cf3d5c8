//! Signature lines, against `signed_note`; and as the answer of a witness.

use sayso::ledger::signature::Signature;
use sayso::ledger::submission::{cosignature, stale_size};

use crate::sample::{self, CHECKPOINT, WITNESS};

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let theirs = signed_note::Signature::from_bytes(data);
    let Ok(text) = core::str::from_utf8(data) else {
        assert!(theirs.is_err());
        return;
    };
    if let Some(ours) = Signature::parse(text) {
        assert_eq!(ours.to_string(), format!("{text}\n"));
        let theirs = theirs.expect("they read it too");
        assert_eq!(ours.name, theirs.name());
        assert_eq!(ours.key_id.0, theirs.id().to_be_bytes());
        assert_eq!(ours.bytes, theirs.signature());
    } else if let Ok(theirs) = theirs {
        // Known difference: they look for control characters in whole notes only.
        assert!(theirs.name().contains(|c: char| c < ' '), "{text:?}");
    }
    if let Ok((line, time)) = cosignature(CHECKPOINT, text, &sample::key(WITNESS)) {
        assert!(text.contains(&line.to_string()));
        // It signed one head, once.
        assert_eq!(time, 1_795_000_000);
    }
    if let Some(size) = stale_size(text) {
        assert_eq!(format!("{size}\n"), text);
    }
}
