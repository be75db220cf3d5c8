//! Receipts. One that verifies, verifies with `signed_note` and `tlog_tiles` as well.

use sayso::ledger::receipt::Receipt;
use signed_note::{Note, StandardVerifier, VerifierList};

use crate::sample::{ENTRY, LOG, keys};

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let Ok(receipt) = Receipt::parse(text) else {
        return;
    };
    assert_eq!(receipt.to_text(), text);
    let verified = if receipt.opening.is_some() {
        receipt.verify_unread(&keys()).map(|(verified, _)| verified)
    } else {
        receipt.verify_entry(ENTRY.as_bytes(), &keys())
    };
    let Ok(verified) = verified else {
        return;
    };
    let note = Note::from_bytes(receipt.checkpoint.as_bytes()).expect("a note");
    let verifier = StandardVerifier::new(LOG).expect("a key");
    note.verify(&VerifierList::new(vec![Box::new(verifier)]))
        .expect("signed by the log");
    let head = tlog_tiles::Checkpoint::from_bytes(note.text()).expect("a checkpoint");
    let path = receipt.path.iter().map(|hash| tlog_tiles::Hash(hash.0));
    let leaf = tlog_tiles::Hash(verified.leaf.0);
    let path = path.collect();
    tlog_tiles::check_record(&path, head.size(), *head.hash(), receipt.index, leaf)
        .expect("in the log");
}
