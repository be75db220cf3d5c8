//! Keys: those of the pinned sample, cosignatures to the byte, and what must be refused.

use proptest::prelude::*;

use super::*;
use crate::ledger::note::Note;
use crate::ledger::sample;

#[test]
fn the_samples_keys_read_back_and_grow_from_their_seeds() {
    for text in [sample::LOG_VKEY, sample::WITNESS_VKEY] {
        assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
    }
    assert_eq!(sample::log_signer().verifier(), sample::log_key());
    assert_eq!(sample::witness_signer().verifier(), sample::witness_key());
    assert_eq!(sample::witness_key().algorithm(), Algorithm::Cosignature);
}

#[test]
fn a_cosignature_is_the_samples_own_line_to_the_byte() {
    let note = Note::parse(sample::CHECKPOINT).unwrap();
    let line = sample::witness_signer().cosign(note.text(), 1_795_000_000);
    assert_eq!(note.signatures()[1], line);
    assert!(sample::CHECKPOINT.ends_with(&line.to_string()));
}

#[test]
fn a_log_signature_is_not_a_cosignature_even_with_the_same_key_bytes() {
    let (log, witness) = (
        SignerKey::new("w", [7; 32]).unwrap(),
        CosignerKey::new("w", [7; 32]).unwrap(),
    );
    let text = "o\n1\nr\n";
    let timed = witness.cosign(text, 5).bytes;
    let (time, raw) = timed.split_at(8);
    assert_eq!(
        witness.verifier().check(text, &timed).unwrap().time,
        Some(5)
    );
    let early = [4_u64.to_be_bytes().as_slice(), raw].concat();
    assert_eq!(witness.verifier().check(text, &early), None);
    assert_eq!(witness.verifier().check(text, raw), None);
    assert_eq!(witness.verifier().check(text, time), None);
    assert_eq!(log.verifier().check(text, &timed), None);
    assert_eq!(log.verifier().check(text, raw), None);
    let signed = Note::parse(&log.sign(text)).unwrap();
    assert_eq!(
        witness
            .verifier()
            .check(text, &signed.signatures()[0].bytes),
        None
    );
}

/// A key of a type that is not read, with the id that belongs to it.
pub(in crate::ledger) fn post_quantum(name: &str) -> VerifierKey {
    let public = Public::Unread(vec![6; ML_DSA_44]);
    VerifierKey::new(name, Algorithm::MlDsa44, public).unwrap()
}

#[test]
fn a_post_quantum_key_is_read_and_its_lines_are_not() {
    let key = post_quantum("pq.example");
    assert_eq!(key.to_string().parse(), Ok(key.clone()));
    let line = Signature {
        name: "pq.example".into(),
        key_id: key.id(),
        bytes: vec![0; 2428],
    };
    let note = Note::parse(&format!("{}{line}", sample::CHECKPOINT)).unwrap();
    let good = note
        .verify(&[key.clone(), sample::log_key()])
        .map(|good| good.len());
    assert_eq!(good, Ok(1), "neither good nor bad: unread");
    assert!(note.verify(&[key]).is_err(), "alone it opens nothing");
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
    assert_eq!(refused(&good.replace("+AQ", "+Ag")), KeyError::Type(2));
    assert_eq!(refused(&good.replace("+AQ", "+Bg")), KeyError::Point);
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
    let shown = format!("{:?}", sample::witness_signer());
    assert_eq!(shown, format!("CosignerKey({})", sample::WITNESS_VKEY));
}

proptest! {
    #[test]
    fn keys_never_panic(text in ".*", id in "[0-9a-f]{8}", key in "[A-Za-z+/]{0,44}=?") {
        for text in [text, format!("n+{id}+{key}")] {
            if let Ok(key) = text.parse::<VerifierKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
