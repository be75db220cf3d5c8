//! Notes and keys: the example of the specification, another implementation, and what must be refused.

use proptest::prelude::*;
use signed_note::{Note as Foreign, StandardVerifier, VerifierList};

use super::*;
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
fn the_samples_keys_read_back_and_grow_from_their_seeds() {
    for text in [sample::LOG_VKEY, sample::WITNESS_VKEY] {
        assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
    }
    assert_eq!(sample::log_signer().verifier(), sample::log_key());
    assert_eq!(sample::witness_key().algorithm(), Algorithm::Cosignature);
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
fn a_log_signature_is_not_a_cosignature_even_with_the_same_key_bytes() {
    let signer = sample::log_signer();
    let key = VerifierKey::new("w", Algorithm::Cosignature, signer.verifier().key).unwrap();
    let text = "o\n1\nr\n";
    let cosigned = format!("cosignature/v1\ntime 5\n{text}");
    let raw = signer.key.sign(cosigned.as_bytes()).to_bytes();
    let timed = [5_u64.to_be_bytes().as_slice(), &raw].concat();
    assert_eq!(key.check(text, &timed).unwrap().time, Some(5));
    let early = [4_u64.to_be_bytes().as_slice(), &raw].concat();
    assert_eq!(key.check(text, &early), None);
    assert_eq!(key.check(text, &raw), None);
    assert_eq!(signer.verifier().check(text, &timed), None);
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

#[test]
fn malformed_keys_are_refused() {
    let good = sample::LOG_VKEY;
    let refused = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    assert_eq!(refused(""), KeyError::Format);
    assert_eq!(refused("name"), KeyError::Format);
    assert_eq!(refused(&good.replace("sayso", "Sayso")), KeyError::Id);
    assert_eq!(refused(&good.replace("c2e4", "C2E4")), KeyError::Id);
    assert_eq!(refused(&good.replace("c2e40faf", "c2e40fa")), KeyError::Id);
    assert_eq!(refused(&good.replace("sayso", "say so")), KeyError::Name);
    assert_eq!(
        refused(&good.replace("sayso.example/ledger", "")),
        KeyError::Name
    );
    assert_eq!(refused(&format!("{good}\n")), KeyError::Format);
    assert_eq!(refused(&good.replace("+AQ", "+Bg")), KeyError::Type(6));
    assert_eq!(refused("n+00000000+AQAA"), KeyError::Point);
    // The neutral element, under which one signature fits every text.
    let weak = [&[1, 1][..], &[0; 31]].concat();
    assert_eq!(
        refused(&format!("n+00000000+{}", encode_base64(&weak))),
        KeyError::Point
    );
    for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b"] {
        assert_eq!(SignerKey::new(name, [1; 32]).unwrap_err(), KeyError::Name);
    }
}

#[test]
fn a_signers_seed_never_shows_in_debug_output() {
    let shown = format!("{:?}", sample::log_signer());
    assert_eq!(shown, format!("SignerKey({})", sample::LOG_VKEY));
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

    #[test]
    fn keys_never_panic(text in ".*", id in "[0-9a-f]{8}", key in "[A-Za-z+/]{0,44}=?") {
        for text in [text, format!("n+{id}+{key}")] {
            if let Ok(key) = text.parse::<VerifierKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
