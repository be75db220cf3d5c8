//! Notes, entries and receipts against published values, a foreign implementation, and every changed byte.

use super::checkpoint::Checkpoint;
use super::commitment::Opening;
use super::entry::{Entry, PublicType};
use super::hash::{empty_root, leaf_hash};
use super::note::{Note, NoteError, SignerKey, VerifierKey};
use super::receipt::{Receipt, ReceiptError};
use super::tests::{bytes, leaves, oracle, stored};
use super::tile;
use super::tree::{self, Frontier};

#[test]
fn the_note_of_the_specification_verifies() {
    let key: VerifierKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        .parse()
        .unwrap();
    let text = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = Note::parse(text).unwrap();
    assert_eq!(
        note.verify(std::slice::from_ref(&key)).unwrap(),
        ["example.com/foo"]
    );
    let changed = Note::parse(&text.replace("example message", "other message")).unwrap();
    assert_eq!(
        changed.verify(&[key]),
        Err(NoteError::BadSignature("example.com/foo".into()))
    );
}

#[test]
fn a_foreign_implementation_reads_our_notes() {
    use signed_note::{StandardVerifier, VerifierList};

    let signer = SignerKey::new("sayso.example/ledger", bytes(0)).unwrap();
    let note = signer.sign(
        &Checkpoint {
            origin: "sayso.example/ledger".into(),
            size: 0,
            root: empty_root(),
        }
        .to_text(),
    );
    let verifier = StandardVerifier::new(&signer.verifier().to_string()).unwrap();
    let read = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    let (verified, unverified) = read
        .verify(&VerifierList::new(vec![Box::new(verifier)]))
        .unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
}

const LOG_KEY: &str = "sayso.example/ledger+c2e40faf+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const RECEIPT: &str = "c2sp.org/tlog-proof@v1
index 1
B7v/nEFlo6j17kPu3ioBvePAY8U3hbNa7Ar4uS8Sq0s=
qtChA+V+SVCyANUpqba94mHqwBjtRXv58GrG9R+zN4M=

sayso.example/ledger
3
meh6AQ8emjT4BRj6IG5dXAbnnD21NzUb21I3jwiAlrM=

— sayso.example/ledger wuQPr/in35JX3COMUYjBtZYsWh/FRABzhuhMbUO21AIJh4gDaTXzJMk3ncRXJZ/UDNGgQ2oPzlEyJESP5LjV4q3LdA4=
— council.example/witness 6EzeygAAAABq/YbAIsNJ4CN1BrH12GAWYm/eBt6lGzGfy/5WdiqrnOXoMl+hT2TFJlziaXEk3AXX4KXIF+D5fhT02lgUEetGho3ADg==
";

#[test]
fn the_three_entry_log_comes_out() {
    let payload = br#"{"at":"2026-11-23T09:00:00Z","decision":"withdrawn","program":"demo","subject":"AAAAAAAAAAAAAAAAAAAAAA","v":1}"#;
    let opening = Opening {
        r: bytes(0),
        payload: payload.to_vec(),
    };
    assert_eq!(
        opening.commitment().0.to_base64(),
        "R77cMpqVWgpSJL5HhpJcI5LJ0lIYN7tymKgE6FNzOB8="
    );
    let opened = Entry::public(PublicType::LogOpened, b"hello\n");
    assert_eq!(
        opened.to_bytes(),
        b"sayso-ledger/v1\npublic\nlog-opened\nWJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=\n"
    );
    let withdrawn = Entry::subject(opening.commitment());
    assert_eq!(withdrawn.to_bytes().len(), 69);
    let third = b"sayso-ledger/v1\nsubject\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let mut frontier = Frontier::default();
    let entries = [opened.to_bytes(), withdrawn.to_bytes(), third.to_vec()];
    let roots = [
        "B7v/nEFlo6j17kPu3ioBvePAY8U3hbNa7Ar4uS8Sq0s=",
        "k7MxPb7E+w8grJq15SAC8KSdi9OsOOedhb5lJ9WMtaQ=",
        "meh6AQ8emjT4BRj6IG5dXAbnnD21NzUb21I3jwiAlrM=",
    ];
    for (entry, root) in entries.iter().zip(roots) {
        assert_eq!(Entry::parse(entry).unwrap().to_bytes(), *entry);
        frontier.append(leaf_hash(entry));
        assert_eq!(frontier.root().to_base64(), root);
    }
    let signer = SignerKey::new("sayso.example/ledger", bytes(0)).unwrap();
    assert_eq!(signer.verifier().to_string(), LOG_KEY);
    let receipt = Receipt::parse(RECEIPT).unwrap();
    assert_eq!(receipt.to_text(), RECEIPT);
    let verified = receipt
        .verify_entry(&entries[1], &[LOG_KEY.parse().unwrap()])
        .unwrap();
    assert_eq!((verified.index, verified.checkpoint.size), (1, 3));
    let own = signer.sign(&verified.checkpoint.to_text());
    assert!(
        RECEIPT.contains(&own),
        "the same text under the same key gives the same signature"
    );
}

fn receipt_with_opening() -> (String, VerifierKey) {
    let payload = r#"{"actor":"employee","at":"2026-11-23T09:00:00Z","category":"keystrokes","channel":"portal","decision":"withdrawn","language":"en","program":"mci","seq":0,"subject":"AAAAAAAAAAAAAAAAAAAAAA","type":"choice","v":1}"#;
    let opening = Opening {
        r: bytes(9),
        payload: payload.as_bytes().to_vec(),
    };
    let mut leaves = leaves(5);
    leaves[3] = leaf_hash(&Entry::subject(opening.commitment()).to_bytes());
    let tiles = stored(&leaves, 5);
    let mut read =
        |level, index| tile::subtree_hash(level, index, |id| tiles.get(&id).map(Vec::as_slice));
    let path = tree::inclusion_path(3, 5, &mut read).unwrap();
    let signer = SignerKey::new("sayso.example/ledger", bytes(0)).unwrap();
    let checkpoint = signer.sign(
        &Checkpoint {
            origin: "sayso.example/ledger".into(),
            size: 5,
            root: oracle(&leaves),
        }
        .to_text(),
    );
    (
        Receipt {
            opening: Some(opening),
            index: 3,
            path,
            checkpoint,
        }
        .to_text(),
        signer.verifier(),
    )
}

#[test]
fn a_receipt_verifies_and_with_any_byte_changed_dropped_or_added_it_does_not() {
    let (text, key) = receipt_with_opening();
    let keys = [key];
    let verified = Receipt::parse(&text).unwrap().verify(&keys).unwrap();
    assert_eq!(verified.payload.unwrap().seq, 0);
    let fails = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => Receipt::parse(text)
            .and_then(|receipt| receipt.verify(&keys))
            .is_err(),
        Err(_) => true,
    };
    for index in 0..text.len() {
        for flip in [1, 2, 4, 8, 16, 32, 64, 128] {
            let mut bytes = text.clone().into_bytes();
            bytes[index] ^= flip;
            assert!(
                fails(&bytes),
                "byte {index} with {flip}: {:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
        assert!(fails(&text.as_bytes()[..index]), "cut at {index}");
        let mut without = text.clone().into_bytes();
        without.remove(index);
        assert!(fails(&without), "without byte {index}");
        let mut with = text.clone().into_bytes();
        with.insert(index, b'\n');
        assert!(fails(&with), "a line feed at {index}");
    }
    assert!(fails(format!("{text}\n").as_bytes()));
}

#[test]
fn a_receipt_of_another_log_or_without_its_opening_proves_nothing() {
    let (text, key) = receipt_with_opening();
    let other = SignerKey::new("sayso.example/ledger", bytes(1))
        .unwrap()
        .verifier();
    let receipt = Receipt::parse(&text).unwrap();
    assert!(matches!(
        receipt.verify(&[other]),
        Err(ReceiptError::Checkpoint(NoteError::Unsigned))
    ));
    let without = Receipt {
        opening: None,
        ..receipt.clone()
    };
    assert_eq!(
        without.verify(std::slice::from_ref(&key)),
        Err(ReceiptError::NoOpening)
    );
    let moved = Receipt {
        index: 2,
        ..receipt
    };
    assert!(matches!(
        moved.verify(&[key]),
        Err(ReceiptError::WrongRoot {
            index: 2,
            size: 5,
            ..
        })
    ));
}

#[cfg(feature = "ssr")]
#[test]
fn a_sealed_opening_opens_at_its_place_under_its_key_only() {
    use super::seal::{Dek, EpochKey, open, seal, unwrap, wrap};
    use crate::domain::id::SubjectId;

    let (subject, other) = (
        SubjectId::from_random([1; 16]),
        SubjectId::from_random([2; 16]),
    );
    let opening = Opening {
        r: bytes(0),
        payload: b"{}".to_vec(),
    };
    let dek = Dek::from_random([3; 32]);
    let sealed = seal(&dek, 7, &opening, [4; 24]).unwrap();
    assert!(open(&dek, 7, &sealed).unwrap() == opening);
    assert!(open(&dek, 8, &sealed).is_err(), "moved to another entry");
    assert!(open(&Dek::from_random([9; 32]), 7, &sealed).is_err());
    let epoch = EpochKey::new(1, [5; 32]);
    let wrapped = wrap(&epoch, &subject, &dek, [6; 24]).unwrap();
    let unwrapped = unwrap(&epoch, &subject, 1, &wrapped).unwrap();
    assert!(open(&unwrapped, 7, &sealed).unwrap() == opening);
    assert!(
        unwrap(&epoch, &other, 1, &wrapped).is_err(),
        "somebody else's"
    );
    assert!(
        unwrap(&epoch, &subject, 2, &wrapped).is_err(),
        "another epoch"
    );
    assert!(unwrap(&EpochKey::new(1, [7; 32]), &subject, 1, &wrapped).is_err());
}

proptest::proptest! {
    #[test]
    fn no_parser_panics(text in "\\PC{0,200}", lines in "(c2sp\\.org/tlog-proof@v1|index [0-9]{0,20}|extra [A-Za-z0-9+/=]{0,20}|— [a-z]{0,3} [A-Za-z0-9+/=]{0,20}|\n|[A-Za-z0-9+/=]{44}){0,12}") {
        for text in [text, lines] {
            let _ = Receipt::parse(&text).map(|receipt| receipt.verify(&[LOG_KEY.parse().unwrap()]));
            let _ = Note::parse(&text);
            let _ = Checkpoint::parse(&text);
            let _ = Entry::parse(text.as_bytes());
            let _ = text.parse::<VerifierKey>();
        }
    }
}
