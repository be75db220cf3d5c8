//! Every target over its seeds, and over random changes of them: cut, doubled, moved, bent, and mixed with each other.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sayso_fuzz::TARGETS;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    let mut seeds: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    seeds.sort();
    let seeds: Vec<_> = seeds
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

/// One change: what, where, where to, which byte.
type Change = (u8, usize, usize, u8);

fn change(mut bytes: Vec<u8>, other: &[u8], (kind, from, to, byte): Change) -> Vec<u8> {
    let (mut from, mut to) = (from % (bytes.len() + 1), to % (bytes.len() + 1));
    if from > to {
        (from, to) = (to, from);
    }
    match kind % 8 {
        0 => bytes.truncate(from),
        1 => bytes.insert(from, byte),
        2 => {
            bytes.drain(from..to);
        }
        3 => {
            let part = bytes[from..to].to_vec();
            bytes.splice(to..to, part);
        }
        4 if from < bytes.len() => bytes[from] ^= 1 << (byte % 8),
        5 if from < bytes.len() => bytes[from] = byte,
        6 => {
            let end = to.min(other.len());
            bytes.splice(from..from, other[from.min(end)..end].iter().copied());
        }
        7 => {
            // A line is doubled, moved or dropped.
            let text: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            let (at, into) = (from % text.len(), to % text.len());
            let mut lines = text.clone();
            let line = if byte % 3 == 0 {
                text[at]
            } else {
                lines.remove(at)
            };
            if byte % 3 != 1 {
                lines.insert(into.min(lines.len()), line);
            }
            return lines.join(&b'\n');
        }
        _ => {}
    }
    bytes
}

#[test]
fn every_target_takes_its_seeds_and_their_changes() {
    for (target, run) in TARGETS {
        let seeds = seeds(target);
        for seed in &seeds {
            run(seed);
        }
        let changes = prop::collection::vec(any::<Change>(), 1..6);
        let any_two = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
        // These are cheap: many for each one that a slower test would get.
        let config = ProptestConfig::default();
        let cases = config.cases.saturating_mul(64);
        let mut runner = TestRunner::new(ProptestConfig { cases, ..config });
        let ran = runner.run(&(any_two, changes), |((one, other), changes)| {
            let (mut bytes, other) = (one.get(&seeds).clone(), other.get(&seeds));
            for step in changes {
                bytes = change(bytes, other, step);
            }
            run(&bytes);
            Ok(())
        });
        assert!(ran.is_ok(), "{target}: {ran:?}");
    }
}
