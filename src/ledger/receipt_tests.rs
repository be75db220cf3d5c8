//! Receipts: what they prove, and what each refusal says.

use proptest::prelude::*;

use super::*;
use crate::ledger::entry::PublicType;
use crate::ledger::sample::{self, STATEMENT, keys, personal};

#[test]
fn the_sample_receipt_verifies_with_its_entry() {
    let text = sample::receipt();
    let receipt = Receipt::parse(&text).unwrap();
    assert_eq!(receipt.to_text(), text);
    assert_eq!(receipt.index, 1);
    let bytes = sample::ENTRIES[1].0.as_bytes();
    let verified = receipt.verify_entry(bytes, &keys()).unwrap();
    assert_eq!(
        verified.entry,
        Entry::subject(sample::COMMITMENT.parse().unwrap())
    );
    assert_eq!(verified.leaf, sample::leaf(1));
    assert_eq!(verified.checkpoint.root, sample::root(3));
    assert_eq!(verified.witnesses.len(), 1);
    assert_eq!(receipt.verify(&keys()), Err(ReceiptError::NoOpening));
}

#[test]
fn the_sample_opening_leads_to_the_sample_root_but_its_short_payload_is_no_statement() {
    let receipt = Receipt {
        opening: Some(sample::opening()),
        ..Receipt::parse(&sample::receipt()).unwrap()
    };
    let receipt = Receipt::parse(&receipt.to_text()).unwrap();
    let error = receipt.verify(&keys()).unwrap_err();
    assert!(
        matches!(error, ReceiptError::Unreadable { index: 1, .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("entry 1 is in the log, but the statement cannot be read")
    );
    let entry = sample::ENTRIES[1].0.as_bytes();
    assert_eq!(
        receipt.verify_entry(entry, &keys()),
        Err(ReceiptError::NeedlessOpening)
    );
}

#[test]
fn a_personal_receipt_gives_the_statement_and_hides_it_from_debug_output() {
    let receipt = Receipt::parse(&personal(STATEMENT).to_text()).unwrap();
    assert_eq!(receipt, personal(STATEMENT));
    let verified = receipt.verify(&keys()).unwrap();
    assert_eq!(
        verified.payload,
        Some(Payload::parse(STATEMENT.as_bytes()).unwrap())
    );
    let (unread, statement) = receipt.verify_unread(&keys()).unwrap();
    assert_eq!(statement, STATEMENT.as_bytes());
    let payload = verified.payload.clone();
    assert_eq!(Verified { payload, ..unread }, verified);
    assert_eq!(verified.signed_by, ["sayso.example/ledger"]);
    assert_eq!((verified.index, verified.checkpoint.size), (1, 2));
    for shown in [format!("{verified:?}"), format!("{receipt:?}")] {
        assert!(
            !shown.contains("withdrawn") && !shown.contains("demo"),
            "{shown}"
        );
    }
}

#[test]
fn a_receipt_from_a_newer_version_is_called_unreadable_not_false() {
    let payload = STATEMENT.replace(r#""type":"choice""#, r#""type":"oath""#);
    let error = personal(&payload).verify(&keys()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "entry 1 is in the log, but the statement is of unknown type \"oath\"; a newer version of this program may read it"
    );
}

#[test]
fn a_refusal_carries_the_evidence() {
    let honest = personal(STATEMENT);
    let mut forged = honest.clone();
    forged.opening = Some(Opening {
        r: [0x5a; 64],
        payload: STATEMENT.replace("withdrawn", "given").into(),
    });
    assert!(matches!(
        forged.verify_unread(&keys()),
        Err(ReceiptError::NotIncluded { index: 1, .. })
    ));
    let Err(ReceiptError::NotIncluded {
        index: 1,
        checkpoint,
        mismatch,
        ..
    }) = forged.verify(&keys())
    else {
        panic!("a forged statement must not verify")
    };
    assert!(
        matches!(*mismatch, Mismatch::Root { size: 2, signed, .. } if signed == checkpoint.root)
    );

    let late = Receipt {
        index: 2,
        ..honest.clone()
    };
    let late = late.verify(&keys()).unwrap_err();
    assert!(
        late.to_string()
            .ends_with("there is no index 2 in a tree of size 2"),
        "{late}"
    );

    let other: VerifierKey =
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
            .parse()
            .unwrap();
    assert!(matches!(
        honest.verify(&[other]),
        Err(ReceiptError::Checkpoint(CheckpointError::Note(
            NoteError::Unknown(_)
        )))
    ));
}

#[test]
fn a_public_receipt_does_not_take_another_entry() {
    let receipt = Receipt::parse(&sample::receipt()).unwrap();
    let entry = Entry::public(PublicType::LogOpened, b"hello\n").to_bytes();
    assert!(matches!(
        receipt.verify_entry(&entry, &keys()),
        Err(ReceiptError::NotIncluded { .. })
    ));
    assert!(receipt.verify_entry(b"", &keys()).is_err());
}

#[test]
fn malformed_receipts_are_refused() {
    let (good, entry) = (sample::receipt(), sample::ENTRIES[1].0.as_bytes());
    for (from, to) in [
        ("@v1", "@v2"),
        ("index 1", "index 01"),
        ("index 1", "index +1"),
        ("index 1", "index -1"),
        ("index 1", "Index 1"),
        ("index 1", "index 18446744073709551616"),
        ("index 1", "index 1\nindex 1"),
        ("index 1\n", ""),
        ("index 1", "extra\nindex 1"),
        ("index 1", "extra \nindex 1"),
        ("index 1", "extra AAAA\nindex 1"),
        ("B7v/", " B7v/"),
        ("B7v/", "B7v/\n"),
        ("Sq0s=\n", "Sq0s=\r\n"),
        ("Sq0s=\n", "Sq0t=\n"),
        ("\n\nsayso", "\nsayso"),
        ("\n\nsayso", "\n\n\nsayso"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let verified = Receipt::parse(&text).and_then(|read| read.verify_entry(entry, &keys()));
        assert!(verified.is_err(), "{text}");
    }
    let long = format!("{}\n", Hash([0; 32])).repeat(MAX_PATH + 1);
    assert!(Receipt::parse(&good.replacen("B7v/", &format!("{long}B7v/"), 1)).is_err());
    let huge = good.replacen(
        "index",
        &format!("extra {}\nindex", "A".repeat(Receipt::MAX_BYTES)),
        1,
    );
    assert_eq!(Receipt::parse(&huge), Err(ReceiptError::TooLong));
}

#[test]
fn a_tree_of_one_has_a_receipt_without_hashes() {
    let entry = Entry::public(PublicType::LogOpened, b"hello\n");
    let checkpoint = Checkpoint {
        origin: "sayso.example/ledger".into(),
        size: 1,
        root: entry.leaf_hash(),
    };
    let receipt = Receipt {
        opening: None,
        index: 0,
        path: Vec::new(),
        checkpoint: checkpoint.sign(&sample::log_signer()).unwrap(),
    };
    let read = Receipt::parse(&receipt.to_text()).unwrap();
    assert_eq!(read, receipt);
    assert_eq!(
        read.verify_entry(&entry.to_bytes(), &keys()).unwrap().entry,
        entry
    );
}

proptest! {
    #[test]
    fn whatever_is_read_has_one_spelling(any in ".*", lines in "(extra [A-Z]{4}\n)?(index [0-9]{1,3}\n)?([A-Za-z=]{43}=\n|\n){0,3}") {
        for text in [any, format!("{HEADER}{lines}{}", sample::CHECKPOINT)] {
            if let Ok(receipt) = Receipt::parse(&text) {
                prop_assert_eq!(receipt.to_text(), text);
            }
        }
    }
}
