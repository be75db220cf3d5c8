//! What a browser makes of a log's next head.

use super::*;
use crate::ledger::hash::encode_base64;
use crate::ledger::key::SignerKey;
use crate::ledger::sample::{self, Subtrees, leaves, log_key, log_signer};
use crate::ledger::tree::consistency_path;

fn head(roots: &[Hash], size: u64) -> String {
    head_of(&log_signer(), roots, size)
}

fn head_of(signer: &SignerKey, roots: &[Hash], size: u64) -> String {
    let checkpoint = Checkpoint {
        origin: signer.name().to_owned(),
        size,
        root: roots[usize::try_from(size).unwrap()],
    };
    checkpoint.sign(signer).unwrap()
}

fn memory(roots: &[Hash], size: u64) -> Memory {
    Memory::of(log_key(), &head(roots, size), "2026-11-24T09:00:00.000Z").unwrap()
}

fn proof(leaves: &[Hash], old: u64, new: u64) -> String {
    let subtrees = Subtrees::over(leaves.to_vec());
    let path = consistency_path(old, new, &mut subtrees.reader()).unwrap();
    path.iter().map(|hash| format!("{hash}\n")).collect()
}

#[test]
fn a_log_that_grew_is_followed_from_any_size_to_any_other() {
    let leaves = leaves(40);
    let roots = sample::roots(&leaves);
    for old in 1..40 {
        let memory = memory(&roots, old);
        assert_eq!(memory.meet(&head(&roots, old)), Next::Same);
        for new in old + 1..=40 {
            let note = head(&roots, new);
            assert_eq!(memory.meet(&note), Next::Grown { old, new });
            let proof = proof(&leaves, old, new);
            assert_eq!(memory.continues(&note, &proof), Ok(true));
            assert!(
                memory
                    .continues(&note, &format!("{proof}{}\n", roots[1]))
                    .is_err()
            );
        }
    }
}

/// Two tabs, or a replica that lags: the head that comes is older, and provably of the same log.
#[test]
fn an_older_head_of_the_same_log_is_proven_the_other_way_round() {
    let leaves = leaves(20);
    let roots = sample::roots(&leaves);
    let note = head(&roots, 7);
    let memory = memory(&roots, 19);
    assert_eq!(memory.meet(&note), Next::Shrunk { old: 19, new: 7 });
    assert_eq!(memory.continues(&note, &proof(&leaves, 7, 19)), Ok(true));
}

#[test]
fn a_rewritten_log_is_caught_whatever_its_size() {
    let (mine, mut other) = (leaves(20), leaves(30));
    other[3] = sample::leaf(1);
    let (my_roots, roots) = (sample::roots(&mine), sample::roots(&other));
    let memory = memory(&my_roots, 20);
    assert_eq!(memory.meet(&head(&roots, 20)), Next::Fork(Fork::Root));
    let longer = head(&roots, 30);
    assert_eq!(memory.meet(&longer), Next::Grown { old: 20, new: 30 });
    assert!(memory.continues(&longer, &proof(&other, 20, 30)).is_err());
    let shorter = head(&roots, 10);
    assert_eq!(memory.meet(&shorter), Next::Shrunk { old: 20, new: 10 });
    assert!(memory.continues(&shorter, &proof(&other, 10, 20)).is_err());
}

#[test]
fn another_key_is_a_fork_another_name_a_successor_and_noise_is_nothing() {
    let roots = sample::roots(&leaves(5));
    let memory = memory(&roots, 4);
    let forged = SignerKey::new("sayso.example/ledger", [9; 32]).unwrap();
    let note = head_of(&forged, &roots, 5);
    assert_eq!(memory.meet(&note), Next::Fork(Fork::Key));
    let other = SignerKey::new("sayso.example/ledger-2", [9; 32]).unwrap();
    let origin = "sayso.example/ledger-2".to_owned();
    let note = head_of(&other, &roots, 5);
    assert_eq!(memory.meet(&note), Next::Successor { origin });
    for noise in [
        "",
        "<html>sign in to the wireless network</html>",
        "a\n\nb\n",
    ] {
        assert_eq!(memory.meet(noise), Next::Nothing);
    }
    let text = head(&roots, 5);
    for noise in ["not a proof", "AAAA", &encode_base64(&[1; 31])] {
        assert_eq!(memory.continues(&text, noise), Ok(false));
    }
}

#[test]
fn what_is_kept_is_read_back_and_damage_is_forgotten_rather_than_believed() {
    let roots = sample::roots(&leaves(5));
    let memory = memory(&roots, 5);
    assert_eq!(memory.size(), 5);
    let text = memory.to_text();
    assert_eq!(Memory::parse(&text), Some(memory));
    // Every byte counts, but for the time, which proves nothing.
    let time = text.find("2026").unwrap()..text.find("\nsayso.example").unwrap();
    for at in (0..text.len()).filter(|at| !time.contains(at)) {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1;
        if let Ok(damaged) = String::from_utf8(bytes) {
            assert_eq!(Memory::parse(&damaged), None, "byte {at}");
        }
        if text.is_char_boundary(at) {
            assert_eq!(Memory::parse(&text[..at]), None, "cut at {at}");
        }
    }
    for damaged in ["", "\n\n\n", "null", "{}"] {
        assert_eq!(Memory::parse(damaged), None);
    }
}
