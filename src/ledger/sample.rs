//! The three-entry log that the formats are pinned with. Its values are given, not made: never regenerate them from
//! this code.

use core::convert::Infallible;

use super::checkpoint::Checkpoint;
use super::commitment::Opening;
use super::entry::Entry;
use super::hash::{Hash, leaf_hash, node_hash};
use super::key::{CosignerKey, SignerKey, VerifierKey};
use super::receipt::Receipt;
use super::tree::Frontier;

/// What entry 1 commits to; shorter than a real statement.
pub(super) const PAYLOAD: &str = r#"{"at":"2026-11-23T09:00:00Z","decision":"withdrawn","program":"demo","subject":"AAAAAAAAAAAAAAAAAAAAAA","v":1}"#;
pub(super) const COMMITMENT: &str = "R77cMpqVWgpSJL5HhpJcI5LJ0lIYN7tymKgE6FNzOB8=";

/// Bytes and leaf hash of each entry.
pub(super) const ENTRIES: [(&str, &str); 3] = [
    (
        "sayso-ledger/v1\npublic\nlog-opened\nWJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=\n",
        "07bbff9c4165a3a8f5ee43eede2a01bde3c063c53785b35aec0af8b92f12ab4b",
    ),
    (
        "sayso-ledger/v1\nsubject\nR77cMpqVWgpSJL5HhpJcI5LJ0lIYN7tymKgE6FNzOB8=\n",
        "39fe1abb801f1cecd650e69a1f6a93acb310268be812accada23ba1be7a80f35",
    ),
    (
        "sayso-ledger/v1\nsubject\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "aad0a103e57e4950b200d529a9b6bde261eac018ed457bf9f06ac6f51fb33783",
    ),
];

/// Roots for sizes 1 to 3.
const ROOTS: [&str; 3] = [
    "B7v/nEFlo6j17kPu3ioBvePAY8U3hbNa7Ar4uS8Sq0s=",
    "k7MxPb7E+w8grJq15SAC8KSdi9OsOOedhb5lJ9WMtaQ=",
    "meh6AQ8emjT4BRj6IG5dXAbnnD21NzUb21I3jwiAlrM=",
];

pub(super) const LOG_VKEY: &str =
    "sayso.example/ledger+c2e40faf+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
pub(super) const WITNESS_VKEY: &str =
    "council.example/witness+e84cdeca+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";

/// Signed by the log and cosigned by the witness.
pub(super) const CHECKPOINT: &str = "\
sayso.example/ledger
3
meh6AQ8emjT4BRj6IG5dXAbnnD21NzUb21I3jwiAlrM=

— sayso.example/ledger wuQPr/in35JX3COMUYjBtZYsWh/FRABzhuhMbUO21AIJh4gDaTXzJMk3ncRXJZ/UDNGgQ2oPzlEyJESP5LjV4q3LdA4=
— council.example/witness 6EzeygAAAABq/YbAIsNJ4CN1BrH12GAWYm/eBt6lGzGfy/5WdiqrnOXoMl+hT2TFJlziaXEk3AXX4KXIF+D5fhT02lgUEetGho3ADg==
";

/// The receipt of entry 1, without its opening.
pub(super) fn receipt() -> String {
    format!(
        "c2sp.org/tlog-proof@v1\nindex 1\nB7v/nEFlo6j17kPu3ioBvePAY8U3hbNa7Ar4uS8Sq0s=\n\
         qtChA+V+SVCyANUpqba94mHqwBjtRXv58GrG9R+zN4M=\n\n{CHECKPOINT}"
    )
}

pub(super) fn root(size: usize) -> Hash {
    ROOTS[size - 1].parse().unwrap()
}

pub(super) fn leaf(index: usize) -> Hash {
    Hash::from_hex(ENTRIES[index].1).unwrap()
}

pub(super) fn opening() -> Opening {
    let mut r = [0; 64];
    for (byte, i) in r.iter_mut().zip(0..) {
        *byte = i;
    }
    Opening {
        r,
        payload: PAYLOAD.into(),
    }
}

pub(super) fn log_signer() -> SignerKey {
    SignerKey::new("sayso.example/ledger", seed(0)).unwrap()
}

pub(super) fn witness_signer() -> CosignerKey {
    CosignerKey::new("council.example/witness", seed(0x20)).unwrap()
}

/// The 32 bytes from `first` on.
fn seed(first: u8) -> [u8; 32] {
    let mut seed = [0; 32];
    for (byte, i) in seed.iter_mut().zip(first..) {
        *byte = i;
    }
    seed
}

pub(super) fn log_key() -> VerifierKey {
    LOG_VKEY.parse().unwrap()
}

pub(super) fn witness_key() -> VerifierKey {
    WITNESS_VKEY.parse().unwrap()
}

/// A whole statement, for a personal receipt.
pub(super) const STATEMENT: &str = r#"{"actor":"employee","at":"2026-11-23T09:00:00Z","category":"keystrokes","channel":"portal","decision":"withdrawn","language":"en","program":"demo","seq":0,"subject":"AAAAAAAAAAAAAAAAAAAAAA","type":"choice","v":1}"#;

/// The log's key and the witness's.
pub(super) fn keys() -> [VerifierKey; 2] {
    [log_key(), witness_key()]
}

/// The receipt of a personal entry that says `payload`: the second of two.
pub(super) fn personal(payload: &str) -> Receipt {
    let opening = Opening {
        r: [0x5a; 64],
        payload: payload.into(),
    };
    let second = Entry::subject(opening.commitment()).leaf_hash();
    let checkpoint = Checkpoint {
        origin: "sayso.example/ledger".into(),
        size: 2,
        root: node_hash(&leaf(0), &second),
    };
    Receipt {
        opening: Some(opening),
        index: 1,
        path: vec![leaf(0)],
        checkpoint: checkpoint.sign(&log_signer()).unwrap(),
    }
}

/// Roots of all complete subtrees, level by level: what a store would keep.
pub(super) struct Subtrees(Vec<Vec<Hash>>);

impl Subtrees {
    pub(super) fn over(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            let above = pairs.iter().map(|[l, r]| node_hash(l, r)).collect();
            levels.push(above);
        }
        Self(levels)
    }

    pub(super) fn reader(&self) -> impl FnMut(u8, u64) -> Result<Hash, Infallible> {
        |level, n| Ok(self.0[usize::from(level)][usize::try_from(n).unwrap()])
    }
}

/// The entries of a made-up log of any size.
pub(super) fn entry(i: u64) -> Vec<u8> {
    i.to_be_bytes().to_vec()
}

pub(super) fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|i| leaf_hash(&entry(i))).collect()
}

/// Roots for every size from 0 on.
pub(super) fn roots(leaves: &[Hash]) -> Vec<Hash> {
    let mut frontier = Frontier::default();
    let mut roots = vec![frontier.root()];
    for leaf in leaves {
        frontier.append(*leaf);
        roots.push(frontier.root());
    }
    roots
}
