//! Notes: the example of the specification, another implementation, and what must be refused.

use proptest::prelude::*;
use signed_note::{Note as Foreign, StandardVerifier, VerifierList};

use super::*;
use crate::ledger::key::SignerKey;
use crate::ledger::sample;

/// The example of the specification.
const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPEC_NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn verify(note: &str, keys: &[VerifierKey]) -> Result<usize, NoteError> {
    Note::parse(note)?.verify(keys).map(|good| good.len())
}

fn foreign_verify(note: &str, key: &str) -> bool {
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(key).unwrap())]);
    Foreign::from_bytes(note.as_bytes()).is_ok_and(|note| note.verify(&known).is_ok())
}

#[test]
fn the_specifications_example_verifies() {
    let key: VerifierKey = SPEC_KEY.parse().unwrap();
    assert_eq!(key.to_string(), SPEC_KEY);
    let note = Note::parse(SPEC_NOTE).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_string(), SPEC_NOTE);
    assert_eq!(verify(SPEC_NOTE, &[key]), Ok(1));
}

#[test]
fn what_we_sign_another_implementation_accepts() {
    let signer = SignerKey::new("sayso.test/log", [9; 32]).unwrap();
    let vkey = signer.verifier().to_string();
    let note = signer.sign("first line\n\nafter an empty line\n");
    assert_eq!(verify(&note, &[signer.verifier()]), Ok(1));
    assert!(foreign_verify(&note, &vkey));
    assert!(!foreign_verify(&note.replace("first", "fIrst"), &vkey));
}

#[test]
fn unknown_keys_are_ignored_and_bad_signatures_of_known_ones_are_not() {
    let (log, witness) = (sample::log_key(), sample::witness_key());
    let both = [log.clone(), witness.clone()];
    assert_eq!(verify(sample::CHECKPOINT, &both), Ok(2));
    assert_eq!(
        verify(sample::CHECKPOINT, core::slice::from_ref(&log)),
        Ok(1)
    );

    let stranger: VerifierKey = SPEC_KEY.parse().unwrap();
    let unknown = verify(sample::CHECKPOINT, &[stranger]).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "no known key signed this; it is said to be signed by sayso.example/ledger+c2e40faf, council.example/witness+e84cdeca"
    );
    assert!(matches!(
        verify(sample::CHECKPOINT, &[]),
        Err(NoteError::Unknown(_))
    ));

    // The witness's time is signed: change one bit of it.
    let bent = sample::CHECKPOINT.replace("6EzeygAAAABq/Yb", "6EzeygAAAABq/Yf");
    assert_ne!(bent, sample::CHECKPOINT);
    assert_eq!(
        verify(&bent, &both).unwrap_err().to_string(),
        "the signature by council.example/witness+e84cdeca is not good"
    );
    assert_eq!(verify(&bent, &[log]), Ok(1));
    assert!(matches!(
        verify(&bent, &[witness]),
        Err(NoteError::Bad { .. })
    ));
}

#[test]
fn many_and_large_signatures_of_strangers_do_no_harm() {
    let line = |i: u8| Signature {
        name: format!("post-quantum-{i}"),
        key_id: KeyId([6, 0, 0, i]),
        bytes: vec![i; 5000],
    };
    let crowd: String = (0..16).map(|i| line(i).to_string()).collect();
    let note = format!("{}{crowd}", sample::CHECKPOINT);
    assert_eq!(verify(&note, &[sample::log_key()]), Ok(1));
    let flood = format!("{note}{crowd}");
    assert_eq!(Note::parse(&flood), Err(NoteError::TooLong));
}

#[test]
fn malformed_notes_are_refused() {
    let good = "t\n\n— n AAAAAAA=\n";
    assert!(Note::parse(good).is_ok());
    for bad in [
        "",
        "\n",
        "t\n",
        "t\n\n",
        "t\n\n\n",
        "t— n AAAAAAA=\n",
        "t\n— n AAAAAAA=\n",
        "t\n\n— n AAAAAAA=",
        "t\n\n— n AAAAAAA=\n\n",
        "t\n\n— n AAAAAAA=\nx\n",
        "t\n\n- n AAAAAAA=\n",
        "t\n\n—  AAAAAAA=\n",
        "t\n\n—n AAAAAAA=\n",
        "t\n\n— n  AAAAAAA=\n",
        "t\n\n— n AAAAAAA= \n",
        "t\n\n— n+ AAAAAAA=\n",
        "t\n\n— n\u{a0}m AAAAAAA=\n",
        "t\n\n— n AAAAAA==\n",
        "t\n\n— n AAAAAAB=\n",
        "t\n\n— n AAAAAAA\n",
        "t\r\n\n— n AAAAAAA=\n",
        "t\t\n\n— n AAAAAAA=\n",
        "t\0\n\n— n AAAAAAA=\n",
    ] {
        assert!(Note::parse(bad).is_err(), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_read_has_one_spelling_and_is_a_note_for_others_too(
        text in "(a|\n|—| |é){0,12}",
        lines in "((— [a-z+ ]{0,3} [A-Za-z+/=]{4,8})\n){0,3}\n?",
        any in ".*",
    ) {
        for note in [format!("{text}\n\n{lines}"), any] {
            if let Ok(read) = Note::parse(&note) {
                prop_assert_eq!(read.to_string(), note.clone());
                prop_assert!(Foreign::from_bytes(note.as_bytes()).is_ok());
            }
        }
    }

    #[test]
    fn whatever_is_changed_neither_implementation_accepts(at in 0..SPEC_NOTE.len(), bit in 0..7_u32) {
        let mut bytes = SPEC_NOTE.as_bytes().to_vec();
        bytes[at] ^= 1 << bit;
        let ours = core::str::from_utf8(&bytes).is_ok_and(|note| verify(note, &[SPEC_KEY.parse().unwrap()]).is_ok());
        prop_assert!(!ours);
        let theirs = core::str::from_utf8(&bytes).is_ok_and(|note| foreign_verify(note, SPEC_KEY));
        prop_assert!(!theirs);
    }
}
