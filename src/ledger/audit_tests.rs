//! Every byte of a small log, and samples of a large one, changed: the audit names the place.

use core::convert::Infallible;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::collections::BTreeMap;

use super::*;
use crate::ledger::entry::PublicType;
use crate::ledger::sample;
use crate::ledger::tree::Frontier;

/// A log as plain files.
#[derive(Clone, Default)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Source for Files {
    type Error = Infallible;

    async fn checkpoint(&self) -> Part<Infallible> {
        Ok(self.0.get("checkpoint").cloned())
    }

    async fn tile(&self, id: TileId, width: Option<NonZeroU8>) -> Part<Infallible> {
        Ok(self.0.get(&id.path(width)).cloned())
    }

    async fn bundle(&self, n: u64, width: Option<NonZeroU8>) -> Part<Infallible> {
        Ok(self.0.get(&bundle::path(n, width)).cloned())
    }

    async fn document(&self, index: u64) -> Part<Infallible> {
        Ok(self.0.get(&format!("documents/{index}")).cloned())
    }
}

/// Nothing here ever waits.
fn done<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

/// A log of `size`: a document first, then personal entries.
fn log(size: u64) -> Files {
    let document = b"{\"opened\":true}".to_vec();
    let mut entries = vec![Entry::public(PublicType::LogOpened, &document).to_bytes()];
    entries.extend((1..size).map(|i| Entry::subject(sha256(&i.to_be_bytes())).to_bytes()));
    let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let mut files = Files::default();
    let mut frontier = Frontier::default();
    for leaf in &leaves {
        frontier.append(*leaf);
    }
    for (id, blob) in tile::append(0, &leaves, vec![]).unwrap() {
        let (_, width) = width_at(id.n, size >> (8 * id.level));
        files.0.insert(id.path(width), blob);
    }
    for (n, entries) in (0..).zip(entries.chunks(WIDTH)) {
        let (_, width) = width_at(n, size);
        let bytes = bundle::encode(entries).unwrap();
        files.0.insert(bundle::path(n, width), bytes);
    }
    let checkpoint = Checkpoint {
        origin: "sayso.example/ledger".into(),
        size,
        root: frontier.root(),
    };
    let note = checkpoint.sign(&sample::log_signer()).unwrap();
    files.0.insert("checkpoint".into(), note.into_bytes());
    files.0.insert("documents/0".into(), document);
    files
}

fn verdict(files: &Files) -> Result<u64, Finding> {
    match done(audit(files, &[sample::log_key()], &mut |_| {})) {
        Ok(signed) => Ok(signed.checkpoint.size),
        Err(Fault::Wrong(finding)) => Err(finding),
        Err(Fault::Unreadable(never)) => match never {},
    }
}

/// Whether a finding speaks of the file.
fn names(finding: &Finding, path: &str) -> bool {
    let words = finding.place.to_string();
    match finding.place {
        Place::Checkpoint => path == "checkpoint",
        // An entry is named with its whole bundle.
        Place::Entry(_) => {
            let bundle = path.split(".p/").next().unwrap();
            words.contains(bundle) && path.starts_with("tile/entries/")
        }
        _ => words == path,
    }
}

#[test]
fn logs_of_every_shape_pass() {
    for size in (1..6).chain([255, 256, 257, 511, 512, 513, 70_000]) {
        assert_eq!(verdict(&log(size)), Ok(size));
    }
}

#[test]
fn any_byte_of_a_small_log_changed_is_named_by_its_file() {
    let log = log(5);
    let mut changed = 0;
    for (path, bytes) in &log.0 {
        for at in 0..bytes.len() {
            for bit in [1, 0x20, 0x80] {
                let mut files = log.clone();
                files.0.get_mut(path).unwrap()[at] ^= bit;
                let finding = verdict(&files).unwrap_err();
                assert!(names(&finding, path), "byte {at} of {path}: {finding}");
                changed += 1;
            }
        }
    }
    assert!(changed > 2000);
}

#[test]
fn sampled_bytes_of_larger_logs_are_named_by_their_file() {
    for (size, step) in [(257, 997), (700, 1499), (70_000, 900_001)] {
        let log = log(size);
        let total: usize = log.0.values().map(Vec::len).sum();
        for wanted in (0..total).step_by(step) {
            let (mut files, mut at) = (log.clone(), wanted);
            for (path, bytes) in &log.0 {
                if at < bytes.len() {
                    files.0.get_mut(path).unwrap()[at] ^= 4;
                    let finding = verdict(&files).unwrap_err();
                    assert!(names(&finding, path), "byte {at} of {path}: {finding}");
                    break;
                }
                at -= bytes.len();
            }
        }
    }
}

#[test]
fn every_tile_above_the_leaves_is_judged() {
    let log = log(70_000);
    for path in log.0.keys().filter(|path| path.starts_with("tile/")) {
        if path.starts_with("tile/0/") || path.starts_with("tile/entries/") {
            continue;
        }
        let mut files = log.clone();
        *files.0.get_mut(path).unwrap().last_mut().unwrap() ^= 1;
        let finding = verdict(&files).unwrap_err();
        assert!(names(&finding, path), "{path}: {finding}");
    }
}

#[test]
fn a_missing_file_and_one_of_another_length_are_named() {
    let log = log(300);
    for path in log.0.keys() {
        let mut files = log.clone();
        files.0.remove(path);
        assert!(names(&verdict(&files).unwrap_err(), path), "{path}");
        for longer in [true, false] {
            let mut files = log.clone();
            let bytes = files.0.get_mut(path).unwrap();
            if longer {
                bytes.push(b'\n');
            } else {
                bytes.pop();
            }
            let finding = verdict(&files).unwrap_err();
            assert!(names(&finding, path), "{path}: {finding}");
        }
    }
}

#[test]
fn it_says_what_was_found_and_what_belongs_there() {
    let log = log(3);
    let mut files = log.clone();
    let other = Entry::subject(Hash([7; 32])).to_bytes();
    let entries = log.0["tile/entries/000.p/3"].clone();
    let at = entries.len() - other.len();
    files.0.get_mut("tile/entries/000.p/3").unwrap()[at..].copy_from_slice(&other);
    let right = leaf_hash(&entries[at..]);
    assert_eq!(
        verdict(&files).unwrap_err().to_string(),
        format!(
            "entry 2 (in tile/entries/000): found an entry with leaf hash {}, where the entry with leaf hash {right} belongs",
            leaf_hash(&other)
        )
    );
}

#[test]
fn a_signed_root_that_the_entries_do_not_lead_to_is_the_checkpoints_fault() {
    let mut files = log(5);
    let other = log(6);
    let checkpoint = Checkpoint {
        origin: "sayso.example/ledger".into(),
        size: 5,
        root: sha256(&other.0["checkpoint"]),
    };
    let note = checkpoint.sign(&sample::log_signer()).unwrap();
    files.0.insert("checkpoint".into(), note.into_bytes());
    assert_eq!(verdict(&files).unwrap_err().place, Place::Checkpoint);
}
