//! Submissions: their one spelling, each refusal in its order, and a witness that cannot be led astray.

use proptest::prelude::*;

use super::*;
use crate::ledger::hash::node_hash;
use crate::ledger::key::SignerKey;
use crate::ledger::sample::{self, Subtrees, leaves, roots};
use crate::ledger::tree::consistency_path;

/// A history of up to 40 entries, and another one that parts from it at 20.
fn histories() -> [Vec<Hash>; 2] {
    let one = leaves(40);
    let mut other = one.clone();
    for leaf in &mut other[20..] {
        *leaf = node_hash(leaf, leaf);
    }
    [one, other]
}

fn root(leaves: &[Hash], size: u64) -> Hash {
    roots(leaves)[usize::try_from(size).unwrap()]
}

fn note(leaves: &[Hash], size: u64) -> String {
    let checkpoint = Checkpoint {
        origin: "sayso.example/ledger".into(),
        size,
        root: root(leaves, size),
    };
    checkpoint.sign(&sample::log_signer()).unwrap()
}

fn submission(leaves: &[Hash], old: u64, size: u64) -> Submission {
    let subtrees = Subtrees::over(leaves.to_vec());
    Submission {
        old,
        proof: consistency_path(old, size, &mut subtrees.reader()).unwrap_or_default(),
        checkpoint: note(leaves, size),
    }
}

/// What a witness does that follows the sample's log.
fn witness(seen: &mut Seen, submission: &Submission) -> Result<Checkpoint, Refusal> {
    let read = Submission::parse(&submission.to_text())?;
    let vouched = read.vouched(&[sample::log_key()])?;
    read.judge(&vouched.checkpoint, *seen)?;
    let Checkpoint { size, root, .. } = vouched.checkpoint;
    *seen = Seen { size, root };
    Ok(vouched.checkpoint)
}

fn status(seen: Seen, submission: &Submission) -> u16 {
    witness(&mut seen.clone(), submission).map_or_else(|refusal| refusal.status(), |_| 200)
}

#[test]
fn a_submission_reads_back_and_has_one_spelling() {
    let [log, _] = histories();
    let sent = submission(&log, 7, 21);
    let text = sent.to_text();
    assert!(text.starts_with("old 7\n"));
    assert_eq!(Submission::parse(&text), Ok(sent));
    let first = submission(&log, 0, 3).to_text();
    assert!(first.starts_with("old 0\n\nsayso.example/ledger\n3\n"));
    for bad in [
        String::new(),
        "old 7".into(),
        text.replace("old 7", "old 07"),
        text.replace("old 7", "old +7"),
        text.replace("old 7", "old"),
        text.replace("old 7", "old  7"),
        text.replace("old 7", "Old 7"),
        text.replace("old 7\n", ""),
        text.replace("old 7\n", "old 7\n=\n"),
        text.replace("old 7\n", "old 7\nAAAA\n"),
        text.replacen("=\n", "= \n", 1),
        text.replacen("=\n", "=\r\n", 1),
        text.replacen("\n\n", "\n", 1),
        format!(
            "old 7\n{}\n{}",
            format!("{}\n", Hash::EMPTY_ROOT).repeat(64),
            note(&log, 9)
        ),
        format!("{text}{}", " ".repeat(Submission::MAX_BYTES)),
    ] {
        let read = Submission::parse(&bad);
        let judged = read.and_then(|read| read.vouched(&[sample::log_key()]));
        assert!(
            matches!(judged, Err(Refusal::Malformed(_))),
            "{bad:?}: {judged:?}"
        );
    }
}

#[test]
fn each_condition_has_its_answer_in_the_order_of_the_specification() {
    let [log, fork] = histories();
    let at = |size| Seen {
        size,
        root: root(&log, size),
    };
    assert_eq!(status(Seen::NOTHING, &submission(&log, 0, 5)), 200);
    assert_eq!(status(at(5), &submission(&log, 5, 30)), 200);
    assert_eq!(
        status(at(5), &submission(&log, 5, 5)),
        200,
        "again, with a new time"
    );
    let bend = |change: fn(&mut Submission)| {
        let mut bent = submission(&log, 5, 30);
        change(&mut bent);
        bent
    };
    let other_key = SignerKey::new("sayso.example/ledger", [3; 32]).unwrap();
    let other_log = SignerKey::new("else.example", [3; 32]).unwrap();
    let text = format!("sayso.example/ledger\n30\n{}\n", root(&log, 30));
    let with_note = |checkpoint: String| Submission {
        checkpoint,
        ..submission(&log, 5, 30)
    };
    let unknown = with_note(other_log.sign(&text.replace("sayso.example/ledger", "else.example")));
    let forged = with_note(other_key.sign(&text));
    let bent = with_note(note(&log, 30).replace("\n30\n", "\n31\n"));
    let without_origin = with_note(other_log.sign("\n30\n"));
    let backwards = Submission {
        old: 31,
        ..submission(&log, 5, 30)
    };
    for (seen, submission, expected) in [
        (at(5), bend(|s| s.checkpoint.clear()), 400),
        (at(5), without_origin, 400),
        (at(5), unknown, 404),
        (at(5), forged, 403),
        (at(5), bent, 403),
        // Both beyond its end and not where the witness stands.
        (at(5), backwards, 400),
        (at(6), submission(&log, 5, 30), 409),
        (Seen::NOTHING, submission(&log, 5, 30), 409),
        (at(30), submission(&log, 5, 30), 409),
        (at(5), submission(&log, 0, 30), 409),
        (at(5), bend(|s| s.proof.truncate(1)), 422),
        (at(5), bend(|s| s.proof.push(Hash::EMPTY_ROOT)), 422),
        (at(5), bend(|s| s.proof[0].0[0] ^= 1), 422),
        (at(30), submission(&fork, 30, 30), 422),
        (at(30), submission(&fork, 30, 40), 422),
        (
            at(5),
            Submission {
                proof: vec![root(&log, 1)],
                ..submission(&log, 5, 5)
            },
            422,
        ),
        (
            Seen::NOTHING,
            Submission {
                proof: vec![root(&log, 1)],
                ..submission(&log, 0, 5)
            },
            422,
        ),
    ] {
        assert_eq!(status(seen, &submission), expected, "{submission:?}");
    }
    let signer = sample::log_signer();
    let zero = |root: Hash| Submission {
        old: 0,
        proof: vec![],
        checkpoint: signer.sign(&format!("sayso.example/ledger\n0\n{root}\n")),
    };
    assert_eq!(status(Seen::NOTHING, &zero(Hash::EMPTY_ROOT)), 200);
    assert_eq!(status(Seen::NOTHING, &zero(root(&log, 1))), 422);
    let refusal = witness(&mut at(6), &submission(&log, 5, 30)).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::Stale(6),
        "the size for the body of the 409"
    );
}

#[test]
fn a_witness_keeps_the_logs_lines_and_its_own_and_signs_extension_lines_too() {
    let text = format!("sayso.example/ledger\n3\n{}\nextension\n", sample::root(3));
    let by_log = sample::log_signer().sign(&text);
    let stranger = "— stranger AAAAAAAA\n";
    let submitted = Submission {
        old: 0,
        proof: vec![],
        checkpoint: format!("{by_log}{stranger}"),
    };
    let vouched = submitted.vouched(&[sample::log_key()]).unwrap();
    assert_eq!(vouched.text, text);
    let line = sample::witness_signer().cosign(&vouched.text, 5);
    let kept = vouched.cosigned(&line);
    assert_eq!(kept, format!("{by_log}{line}"));
    let signed = Checkpoint::open(&kept, &sample::keys()).unwrap();
    assert_eq!(signed.witnesses[0].time, 5);
}

#[test]
fn an_answer_counts_only_with_a_good_line_of_that_witness() {
    let note = sample::CHECKPOINT.split_once("— council").unwrap().0;
    let key = sample::witness_key();
    let text = Note::parse(note).unwrap().text().to_owned();
    let line = sample::witness_signer().cosign(&text, 1_795_000_000);
    let answer = line.to_string();
    let good = Ok((line.clone(), 1_795_000_000));
    assert_eq!(cosignature(note, &answer, &key), good);
    let crowd = format!("— someone.else/w1 AAAAAAAA\n{answer}");
    assert_eq!(cosignature(note, &crowd, &key), good);
    let other = sample::witness_signer().cosign("else\n1\n", 5).to_string();
    for bad in [
        String::new(),
        "\n".into(),
        "ok".into(),
        answer.trim_end().to_owned(),
        other,
        format!("\n{answer}"),
        format!("x\n\n{answer}"),
        "— someone.else/w1 AAAAAAAA\n".into(),
        answer.repeat(1000),
    ] {
        assert!(cosignature(note, &bad, &key).is_err(), "{bad:?}");
    }
    assert!(cosignature(note, &answer, &sample::log_key()).is_err());
}

#[test]
fn the_size_of_a_409_has_one_spelling() {
    assert_eq!(stale_size("21\n"), Some(21));
    assert_eq!(stale_size("0\n"), Some(0));
    for bad in [
        "", "21", "21\n\n", " 21\n", "021\n", "+21\n", "x\n", "21\r\n",
    ] {
        assert_eq!(stale_size(bad), None, "{bad:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_sent_a_witness_cosigns_one_growing_history_only(
        sent in proptest::collection::vec((0..2_usize, 0..2_usize, 0..=40_u64, 0..=40_u64), 1..40),
    ) {
        let histories = histories();
        let mut seen = Seen::NOTHING;
        let mut cosigned: Vec<Checkpoint> = Vec::new();
        for (of, claimed, old, size) in sent {
            // The proof of one history for the checkpoint of another, too.
            let mut submission = submission(&histories[of], old.min(size), size);
            submission.checkpoint = note(&histories[claimed], size);
            if let Ok(checkpoint) = witness(&mut seen, &submission) {
                cosigned.push(checkpoint);
            }
        }
        prop_assert!(cosigned.is_sorted_by_key(|checkpoint| checkpoint.size));
        let fits = |history: &Vec<Hash>| cosigned.iter().all(|c| c.root == root(history, c.size));
        prop_assert!(histories.iter().any(fits));
    }

    #[test]
    fn no_request_makes_it_panic(text in "(old [0-9]{0,3}\n)?([A-Za-z0-9+/]{43}=\n){0,2}\n(a|\n|— ){0,9}", any in ".*") {
        for text in [text, any] {
            if let Ok(read) = Submission::parse(&text) {
                prop_assert_eq!(&read.to_text(), &text);
                let _ = read.vouched(&[sample::log_key()]);
            }
            let _ = cosignature(sample::CHECKPOINT, &text, &sample::witness_key());
        }
    }
}
