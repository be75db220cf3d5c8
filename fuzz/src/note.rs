//! Signed notes, against `signed_note`.

use sayso::ledger::note::{MAX_NOTE, Note};
use signed_note::{Note as Foreign, StandardVerifier, VerifierList};

use crate::sample::{self, EXAMPLE};

/// How many signatures `signed_note` takes; we bound the bytes instead.
const THEIR_SIGNATURES: usize = 100;

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let theirs = Foreign::from_bytes(data);
    let Ok(text) = core::str::from_utf8(data) else {
        assert!(theirs.is_err());
        return;
    };
    let Ok(ours) = Note::parse(text) else {
        // Known difference: they take notes of a million bytes.
        assert!(theirs.is_err() || text.len() > MAX_NOTE);
        return;
    };
    assert_eq!(ours.to_string(), text);
    let Ok(theirs) = theirs else {
        assert!(ours.signatures().len() > THEIR_SIGNATURES);
        return;
    };
    assert_eq!(ours.text().as_bytes(), theirs.text());
    assert_eq!(theirs.to_bytes(), data);

    let verifier = StandardVerifier::new(EXAMPLE).expect("a key");
    let known = VerifierList::new(vec![Box::new(verifier)]);
    let keys = [sample::key(EXAMPLE)];
    let key = &keys[0];
    let lines = ours.signatures().iter();
    let by_key = lines.filter(|line| (line.name.as_str(), line.key_id) == (key.name(), key.id()));
    let by_key = by_key.count();
    let (ours, theirs) = (ours.verify(&keys), theirs.verify(&known));
    // Known difference: of several lines by one key they look at the first only, we want all of them good.
    if by_key < 2 {
        assert_eq!(ours.is_ok(), theirs.is_ok());
    } else {
        assert!(ours.is_err() || theirs.is_ok());
    }
}
