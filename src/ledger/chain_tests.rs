//! A person's receipts as a whole: which chains hold, and what each broken one says.

use super::*;
use crate::ledger::commitment::Opening;
use crate::ledger::entry::Entry;
use crate::ledger::hash::leaf_hash;
use crate::ledger::sample::{self, Subtrees, log_key, log_signer};
use crate::ledger::tree::{Frontier, inclusion_path};

const ME: &str = "AAAAAAAAAAAAAAAAAAAAAA";
const ELSE: &str = "AAAAAAAAAAAAAAAAAAAAAQ";

/// What is said in one entry of a log; every other entry is somebody else's.
struct Said {
    subject: &'static str,
    seq: u64,
    second: u64,
    /// Names this leaf as the one before, instead of the latest of this list.
    prev: Option<Hash>,
}

fn said(seq: u64) -> Said {
    Said {
        subject: ME,
        seq,
        second: seq,
        prev: None,
    }
}

fn statement(said: &Said, prev: Option<Hash>) -> String {
    let (subject, seq, second) = (said.subject, said.seq, said.second);
    let prev = prev.map(|prev| format!(r#""prev":"{prev}","#));
    let prev = prev.unwrap_or_default();
    format!(
        r#"{{"actor":"employee","at":"2026-11-23T09:00:{second:02}Z","category":"keystrokes","channel":"portal","decision":"withdrawn","language":"en",{prev}"program":"demo","seq":{seq},"subject":"{subject}","type":"choice","v":1}}"#
    )
}

/// The receipts of a log that says `chain`, with an entry of somebody else's before each.
fn receipts(chain: &[Said]) -> Vec<String> {
    let (mut leaves, mut openings) = (Vec::new(), Vec::new());
    let mut prev = None;
    for (said, i) in chain.iter().zip(0_u64..) {
        leaves.push(leaf_hash(&sample::entry(i)));
        let opening = Opening {
            r: [7; 64],
            payload: statement(said, said.prev.or(prev)).into(),
        };
        let leaf = Entry::subject(opening.commitment()).leaf_hash();
        prev = Some(leaf);
        leaves.push(leaf);
        openings.push(opening);
    }
    let mut frontier = Frontier::default();
    for leaf in &leaves {
        frontier.append(*leaf);
    }
    let size = leaves.len() as u64;
    let checkpoint = Checkpoint {
        origin: "sayso.example/ledger".into(),
        size,
        root: frontier.root(),
    };
    let checkpoint = checkpoint.sign(&log_signer()).unwrap();
    let subtrees = Subtrees::over(leaves);
    let mut read = subtrees.reader();
    let mut file = |(opening, i): (Opening, u64)| {
        let index = 2 * i + 1;
        Receipt {
            opening: Some(opening),
            index,
            path: inclusion_path(index, size, &mut read).unwrap(),
            checkpoint: checkpoint.clone(),
        }
        .to_text()
    };
    openings.into_iter().zip(0..).map(&mut file).collect()
}

fn tried(files: &[String]) -> Result<Whole, Broken> {
    let files = files.iter().map(String::as_str);
    check(files, &[log_key()], |statement| {
        Place::read(statement).map_err(|error| error.to_string())
    })
}

fn fault(files: &[String]) -> (u64, Fault) {
    let broken = tried(files).unwrap_err();
    (broken.number, broken.fault)
}

#[test]
fn a_whole_chain_holds_and_its_checkpoint_is_opened_once() {
    for length in 0..=9 {
        let chain: Vec<_> = (0..length).map(said).collect();
        let whole = tried(&receipts(&chain)).unwrap();
        assert_eq!(whole.receipts, length);
        assert_eq!(whole.checkpoints, u64::from(length > 0));
    }
}

#[test]
fn receipts_taken_at_different_times_make_one_chain() {
    let chain: Vec<_> = (0..4).map(said).collect();
    let mut files = receipts(&chain[..2]);
    files.extend_from_slice(&receipts(&chain)[2..]);
    let whole = tried(&files).unwrap();
    assert_eq!((whole.receipts, whole.checkpoints), (4, 2));
}

#[test]
fn any_receipt_left_out_moved_or_repeated_is_named() {
    let chain: Vec<_> = (0..5).map(said).collect();
    let files = receipts(&chain);
    for out in 0..4 {
        let mut fewer = files.clone();
        fewer.remove(out);
        let (expected, found) = (out as u64, out as u64 + 1);
        let missing = Fault::Missing { expected, found };
        assert_eq!(fault(&fewer), (expected + 1, missing));
    }
    // The end is not held by anything that comes after it.
    assert!(tried(&files[..4]).is_ok());
    for at in 0..4 {
        let mut moved = files.clone();
        moved.swap(at, at + 1);
        let (expected, found) = (at as u64, at as u64 + 1);
        let missing = Fault::Missing { expected, found };
        assert_eq!(fault(&moved), (expected + 1, missing));
        let mut twice = files.clone();
        twice.insert(at, files[at].clone());
        let moved = Fault::Moved {
            expected: found,
            found: expected,
        };
        assert_eq!(fault(&twice), (found + 1, moved));
    }
    let words = tried(&files[1..]).unwrap_err().to_string();
    assert_eq!(
        words,
        "receipt 1 of the chain (entry 3): statement 0 is missing, the next one here is 1"
    );
}

/// Whoever has the log's key can sign any new statement: renumbered, dated back, about somebody else.
#[test]
fn a_chain_that_was_rewritten_around_a_gap_breaks_at_the_seam() {
    let chain: Vec<_> = (0..4).map(said).collect();
    let kept = receipts(&chain);
    // The second statement never was: what came third is now number 1.
    let third = Said {
        second: 2,
        ..said(1)
    };
    let fourth = Said {
        second: 3,
        ..said(2)
    };
    let rewritten = receipts(&[said(0), third, fourth]);
    assert_eq!(tried(&rewritten).map(|whole| whole.receipts), Ok(3));
    let mixed: Vec<_> = [&kept[..2], &rewritten[2..]].concat();
    let (number, fault) = fault(&mixed);
    assert_eq!(number, 3);
    assert!(matches!(fault, Fault::Link { .. }), "{fault}");
}

#[test]
fn a_link_to_anything_else_a_time_before_and_another_person_are_refused() {
    let stranger = leaf_hash(b"something else");
    let link = Said {
        prev: Some(stranger),
        ..said(1)
    };
    let (number, broken) = fault(&receipts(&[said(0), link]));
    assert_eq!(number, 2);
    assert!(matches!(broken, Fault::Link { says: Some(says), .. } if says == stranger));

    let late = Said {
        second: 30,
        ..said(0)
    };
    let (number, broken) = fault(&receipts(&[late, said(1)]));
    assert_eq!(number, 2);
    assert!(matches!(broken, Fault::Time { .. }), "{broken}");

    let other = Said {
        subject: ELSE,
        ..said(1)
    };
    assert_eq!(fault(&receipts(&[said(0), other])), (2, Fault::Subject));
}

#[test]
fn a_receipt_that_does_not_verify_breaks_the_chain_where_it_stands() {
    let files = receipts(&[said(0), said(1), said(2)]);
    for (at, number) in [(0, 1), (1, 2), (2, 3)] {
        let mut bad = files.clone();
        bad[at] = bad[at].replacen("\nindex ", "\nindex 1", 1);
        let (found, fault) = fault(&bad);
        assert_eq!(found, number);
        assert!(matches!(fault, Fault::Receipt(_)), "{fault}");
    }
    let unknown = check([files[0].as_str()], &[sample::witness_key()], |_| {
        unreachable!("nothing is read before the signature holds")
    });
    assert!(matches!(
        unknown.unwrap_err().fault,
        Fault::Receipt(error) if matches!(*error, ReceiptError::Checkpoint(_))
    ));
    let unread = check([files[0].as_str()], &[log_key()], |_| Err("why".into()));
    assert_eq!(unread.unwrap_err().fault, Fault::Unreadable("why".into()));
}

#[test]
fn a_file_of_all_receipts_is_split_at_each_first_line() {
    let files = receipts(&[said(0), said(1), said(2)]);
    let all = files.concat();
    let apart: Vec<_> = split(&all).collect();
    assert_eq!(apart, files);
    assert_eq!(split("").count(), 0);
    // What is no receipt is not passed over.
    let noise = format!("{all}noise");
    assert!(tried(&split(&noise).map(str::to_owned).collect::<Vec<_>>()).is_err());
    let before = format!("noise\n{all}");
    assert_eq!(split(&before).count(), 4);
}

#[test]
fn moments_sort_as_time_does() {
    let place = |at: &str| Place {
        seq: 0,
        prev: None,
        subject: ME.into(),
        at: at.into(),
    };
    let order = [
        "2026-11-23T09:00:00Z",
        "2026-11-23T09:00:00.001Z",
        "2026-11-23T09:00:00.001002Z",
        "2026-11-23T09:00:01Z",
    ];
    for pair in order.windows(2) {
        assert!(
            place(pair[0]).moment() < place(pair[1]).moment(),
            "{pair:?}"
        );
    }
    for none in ["", "Z", "2026-11-23T09:00:00", "2026-11-23T09:00:00+00:00"] {
        assert_eq!(place(none).moment(), None, "{none}");
    }
}
