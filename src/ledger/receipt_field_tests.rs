//! Every field of a receipt, changed on purpose and put together again as a well-formed file: none verifies.
//!
//! Changes of single bytes are in `receipt_change_tests`; here are those that a forger would make.

use super::*;
use crate::ledger::key::SignerKey;
use crate::ledger::sample::{self, STATEMENT, Subtrees, keys, log_signer};
use crate::ledger::signature::Signature;

/// A receipt of the personal entry at `index` in a log of `size` entries, where every other leaf is made up.
fn receipt(index: u64, size: u64) -> Receipt {
    let opening = Opening {
        r: [0x5a; 64],
        payload: STATEMENT.into(),
    };
    let mut leaves = sample::leaves(size);
    leaves[usize::try_from(index).unwrap()] = Entry::subject(opening.commitment()).leaf_hash();
    let root = *sample::roots(&leaves).last().unwrap();
    let subtrees = Subtrees::over(leaves);
    Receipt {
        opening: Some(opening),
        index,
        path: crate::ledger::tree::inclusion_path(index, size, &mut subtrees.reader()).unwrap(),
        checkpoint: Checkpoint {
            origin: "sayso.example/ledger".into(),
            size,
            root,
        }
        .sign(&log_signer())
        .unwrap(),
    }
}

fn verify(receipt: &Receipt) -> Result<Verified, ReceiptError> {
    // By way of the file: what cannot be written and read is no forgery.
    Receipt::parse(&receipt.to_text())?.verify(&keys())
}

#[track_caller]
fn refused(receipt: &Receipt, what: &str) {
    let verdict = verify(receipt);
    assert!(verdict.is_err(), "{what}: {}", receipt.to_text());
}

const SHAPES: [(u64, u64); 9] = [
    (0, 1),
    (0, 2),
    (1, 2),
    (2, 3),
    (4, 7),
    (6, 7),
    (100, 255),
    (255, 256),
    (299, 300),
];

#[test]
fn every_other_index_is_refused() {
    for (index, size) in SHAPES {
        let honest = receipt(index, size);
        assert_eq!(verify(&honest).unwrap().index, index);
        let far = [index ^ (1 << 32), index + size, u64::MAX];
        for other in (0..=size).chain(far).filter(|other| *other != index) {
            let forged = Receipt {
                index: other,
                ..honest.clone()
            };
            refused(&forged, &format!("{index} as {other} of {size}"));
        }
    }
}

#[test]
fn every_change_of_a_hash_of_their_number_and_of_their_order_is_refused() {
    for (index, size) in SHAPES {
        let honest = receipt(index, size);
        let with = |path: Vec<Hash>| Receipt {
            path,
            ..honest.clone()
        };
        for at in 0..honest.path.len() {
            for byte in 0..32 {
                let mut path = honest.path.clone();
                path[at].0[byte] ^= 1 << (byte % 8);
                refused(&with(path), "a bit");
            }
            let mut path = honest.path.clone();
            path.remove(at);
            refused(&with(path), "one hash less");
            let mut path = honest.path.clone();
            path.insert(at, Hash::EMPTY_ROOT);
            refused(&with(path), "one hash more");
            for other in at + 1..honest.path.len() {
                let mut path = honest.path.clone();
                path.swap(at, other);
                refused(&with(path), "another order");
            }
        }
        let mut path = honest.path.clone();
        path.push(Hash::EMPTY_ROOT);
        refused(&with(path), "one hash at the end");
    }
}

#[test]
fn every_other_opening_is_refused() {
    let honest = receipt(4, 7);
    let opening = honest.opening.clone().unwrap();
    let with = |opening: Option<Opening>| Receipt {
        opening,
        ..honest.clone()
    };
    refused(&with(None), "no opening");
    for at in 0..opening.r.len() {
        let mut other = opening.clone();
        other.r[at] ^= 1;
        refused(&with(Some(other)), "another r");
    }
    for at in 0..opening.payload.len() {
        let mut other = opening.clone();
        other.payload[at] ^= 1;
        refused(&with(Some(other)), "another statement");
    }
    for (from, to) in [
        ("withdrawn", "given"),
        ("keystrokes", "screen_content"),
        ("\"demo\"", "\"other\""),
        ("\"seq\":0", "\"seq\":1"),
        ("09:00", "10:00"),
        ("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ"),
    ] {
        let payload = STATEMENT.replacen(from, to, 1);
        assert_ne!(payload, STATEMENT, "{from}");
        let r = opening.r;
        let payload = payload.into_bytes();
        refused(&with(Some(Opening { r, payload })), from);
    }
    // The border between r and the statement cannot be moved.
    let mut shifted = opening.to_bytes();
    shifted.remove(0);
    refused(&with(Opening::from_bytes(&shifted)), "a byte less");
}

#[test]
fn every_other_head_is_refused_even_when_somebody_else_signs_it() {
    let honest = receipt(4, 7);
    let head = Checkpoint::open(&honest.checkpoint, &keys()).unwrap();
    let head = head.checkpoint;
    let lines = honest.checkpoint.split_once("\n\n").unwrap().1.to_owned();
    let stranger = SignerKey::new(&head.origin, [9; 32]).unwrap();
    let heads = [
        ("origin", "else.example".to_owned(), head.size, head.root),
        ("no origin", String::new(), head.size, head.root),
        ("size", head.origin.clone(), 8, head.root),
        ("half the size", head.origin.clone(), 5, head.root),
        ("empty", head.origin.clone(), 0, Hash::EMPTY_ROOT),
        ("root", head.origin.clone(), head.size, Hash::EMPTY_ROOT),
        ("leaf as root", head.origin.clone(), 7, sample::leaf(1)),
    ];
    for (what, origin, size, root) in heads {
        let forged = Checkpoint { origin, size, root };
        let text = forged.to_text();
        // Under the log's own lines, under a stranger's, and under both.
        let checkpoints = [
            format!("{text}\n{lines}"),
            stranger.sign(&text),
            format!("{}{lines}", stranger.sign(&text)),
        ];
        for checkpoint in checkpoints {
            let forged = Receipt {
                checkpoint,
                ..honest.clone()
            };
            refused(&forged, what);
        }
    }
    let unsigned = Receipt {
        checkpoint: format!("{}\n", head.to_text()),
        ..honest.clone()
    };
    refused(&unsigned, "no signature");
    // The log itself signs another root: then the proof does not lead there.
    let other = Checkpoint {
        root: Hash::EMPTY_ROOT,
        ..head.clone()
    };
    let other = Receipt {
        checkpoint: other.sign(&log_signer()).unwrap(),
        ..honest.clone()
    };
    assert!(matches!(
        verify(&other),
        Err(ReceiptError::NotIncluded { index: 4, .. })
    ));
}

#[test]
fn every_change_of_a_signature_line_is_refused_or_leaves_it_to_nobody() {
    let (text, entry) = (sample::receipt(), sample::ENTRIES[1].0.as_bytes());
    let receipt = Receipt::parse(&text).unwrap();
    let note = Note::parse(&receipt.checkpoint).unwrap();
    let check = |lines: &[Signature]| {
        let lines: String = lines.iter().map(Signature::to_string).collect();
        let checkpoint = format!("{}\n{lines}", note.text());
        let receipt = Receipt {
            checkpoint,
            ..receipt.clone()
        };
        Receipt::parse(&receipt.to_text())?.verify_entry(entry, &keys())
    };
    let [log, witness] = note.signatures() else {
        panic!("two lines");
    };
    assert_eq!(
        check(&[log.clone(), witness.clone()])
            .unwrap()
            .witnesses
            .len(),
        1
    );
    for line in [log, witness] {
        let other = if line == log { witness } else { log };
        for at in 0..line.bytes.len() {
            let mut bent = line.clone();
            bent.bytes[at] ^= 0x10;
            // Bad and known: refused, whatever good lines stand beside it.
            for lines in [
                vec![bent.clone(), other.clone()],
                vec![other.clone(), bent.clone()],
                vec![line.clone(), other.clone(), bent.clone()],
                vec![bent],
            ] {
                assert!(check(&lines).is_err(), "byte {at} of {}", line.name);
            }
        }
        for shorter in [1, line.bytes.len() - 1] {
            let mut bent = line.clone();
            bent.bytes.truncate(shorter);
            assert!(check(&[other.clone(), bent]).is_err());
        }
        let mut longer = line.clone();
        longer.bytes.push(0);
        assert!(check(&[other.clone(), longer]).is_err());
        // Somebody else's signature under this name.
        let mut stolen = line.clone();
        stolen.bytes.clone_from(&other.bytes);
        assert!(check(&[other.clone(), stolen]).is_err());
    }
    // Without the log there is no head; without the witness there is only the log.
    assert!(check(core::slice::from_ref(witness)).is_err());
    let alone = check(core::slice::from_ref(log)).unwrap();
    assert_eq!(alone.witnesses, []);
    // A line that is there twice counts once.
    let twice = check(&[witness.clone(), log.clone(), witness.clone()]).unwrap();
    assert_eq!(twice.witnesses.len(), 1);
    let mut renamed = log.clone();
    renamed.name = "else.example".into();
    assert!(check(&[renamed, witness.clone()]).is_err());
}
