//! Requests to a witness. A proof that is taken, `tlog_tiles` takes as well.

use sayso::ledger::submission::{Seen, Submission};

use crate::sample;

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let Ok(submission) = Submission::parse(text) else {
        return;
    };
    assert_eq!(submission.to_text(), text);
    let Ok(vouched) = submission.vouched(&sample::keys()) else {
        return;
    };
    let head = &vouched.checkpoint;
    assert_eq!(vouched.text.lines().next(), Some(head.origin.as_str()));
    assert!(!vouched.by_log.is_empty());
    for size in [0, 1, 2, 3, submission.old] {
        let root = sample::root(size);
        let verdict = submission.judge(head, Seen { size, root });
        if size != submission.old {
            assert!(verdict.is_err());
            continue;
        }
        if size == 0 {
            assert_eq!(verdict.is_ok(), submission.proof.is_empty());
            continue;
        }
        let path = submission.proof.iter().map(|hash| tlog_tiles::Hash(hash.0));
        let theirs = tlog_tiles::check_tree(
            &path.collect(),
            head.size,
            tlog_tiles::Hash(head.root.0),
            size,
            tlog_tiles::Hash(root.0),
        );
        assert_eq!(verdict.is_ok(), theirs.is_ok());
    }
}
