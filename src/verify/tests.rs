//! Receipts that say what they prove, and changed ones that do not.

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use super::*;
use crate::ledger::commitment::Opening;
use crate::ledger::entry::Entry;
use crate::ledger::hash::leaf_hash;
use crate::ledger::key::{SignerKey, VerifierKey};

/// Without a log to ask, nothing waits.
fn check(text: &str, keys: &[VerifierKey]) -> Verdict {
    let (trust, logs) = (Trust::in_keys(keys.to_vec()), Logs::default());
    let future = pin!(super::check(text, &trust, &logs));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(verdict) => verdict,
        Poll::Pending => panic!("it waits"),
    }
}

const PAYLOAD: &str = r#"{"actor":"employee","at":"2026-11-23T08:12:09Z","category":"keystrokes","channel":"portal","decision":"given","language":"en","notice":"mci","notice_version":2,"program":"mci","seq":0,"subject":"MDEyMzQ1Njc4OWFiY2RlZg","type":"choice","v":1}"#;

fn signer() -> SignerKey {
    SignerKey::new("sayso.example/log", [7; 32]).unwrap()
}

fn receipt() -> String {
    let opening = Opening {
        r: [9; 64],
        payload: PAYLOAD.into(),
    };
    let leaf = leaf_hash(&Entry::subject(opening.commitment()).to_bytes());
    let checkpoint = Checkpoint {
        origin: "sayso.example/log".into(),
        size: 1,
        root: leaf,
    };
    let receipt = Receipt {
        opening: Some(opening),
        index: 0,
        path: Vec::new(),
        checkpoint: signer().sign(&checkpoint.to_text()),
    };
    receipt.to_text()
}

#[test]
fn a_receipt_says_what_it_proves() {
    let verdict = check(&receipt(), &[signer().verifier()]);
    assert_eq!(
        verdict.to_string(),
        "verifies.\n  On 23 November 2026, 08:12:09 UTC: the person said yes to the capture of keystrokes for the \
         programme mci. The notice shown was mci, version 2, in English.\n  The person stands in it under a random \
         id only: MDEyMzQ1Njc4OWFiY2RlZg.\n  This stands as entry 0 in the log sayso.example/log, within the first 1 \
         entries, whose head is signed by sayso.example/log.\n  Whoever keeps that log cannot change it or take it \
         out unseen."
    );
}

#[test]
fn any_changed_byte_or_another_key_and_it_proves_nothing() {
    let receipt = receipt();
    let keys = [signer().verifier()];
    for index in 0..receipt.len() {
        let mut bytes = receipt.clone().into_bytes();
        bytes[index] ^= 1;
        if let Ok(text) = String::from_utf8(bytes) {
            assert_eq!(check(&text, &keys).exit_code(), 1, "byte {index}: {text}");
        }
    }
    let other = SignerKey::new("sayso.example/log", [8; 32]).unwrap();
    assert_eq!(check(&receipt, &[other.verifier()]).exit_code(), 1);
    assert_eq!(check(&receipt, &[]).exit_code(), 1);
}

#[test]
fn nothing_of_a_bad_file_steers_the_terminal() {
    let verdict = Verdict::NotProven("a\u{1b}[2Jb\nc".into());
    assert_eq!(verdict.to_string(), "DOES NOT VERIFY: a?[2Jb?c");
}

#[test]
fn a_checkpoint_says_what_it_proves() {
    let receipt = Receipt::parse(&receipt()).unwrap();
    let verdict = check(&receipt.checkpoint, &[signer().verifier()]);
    let words = verdict.to_string();
    assert!(
        words.contains("The log sayso.example/log had 1 entries and root"),
        "{words}"
    );
    for index in 0..receipt.checkpoint.len() {
        let mut bytes = receipt.checkpoint.clone().into_bytes();
        bytes[index] ^= 1;
        if let Ok(text) = String::from_utf8(bytes) {
            assert_eq!(
                check(&text, &[signer().verifier()]).exit_code(),
                1,
                "byte {index}"
            );
        }
    }
}
