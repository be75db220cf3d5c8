//! Trust policies. They have more than one spelling by intent: white space and comments mean nothing.

use sayso::ledger::checkpoint::{Checkpoint, Signed, Witnessed};
use sayso::ledger::key::Algorithm;
use sayso::ledger::policy::Policy;

use crate::sample;

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let read = Policy::parse(text);
    let words = |line: &str| {
        let words = line.split([' ', '\t']).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    };
    let lines = text.split('\n').map(words);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let plain = lines.collect::<Vec<_>>().join("\n");
    let Ok(policy) = read else {
        // Comments may be what is wrong: too long, or with control characters in them.
        return;
    };
    assert_eq!(Policy::parse(&plain).as_ref(), Ok(&policy));
    assert!(policy.witnesses().count() <= Policy::MAX_RULES);
    assert!(policy.logs().len() <= Policy::MAX_RULES);
    let alone = Signed {
        checkpoint: Checkpoint {
            origin: "o".into(),
            size: 1,
            root: sample::root(1),
        },
        signed_by: Vec::new(),
        witnesses: Vec::new(),
    };
    assert_eq!(policy.is_met_by(&alone), policy.is_none());
    let crowd = policy.witnesses().map(|listed| Witnessed {
        name: listed.key.name().to_owned(),
        key: listed.key.id(),
        time: 1,
    });
    let all = Signed {
        witnesses: crowd.collect(),
        ..alone
    };
    // With everybody's cosignature any quorum is met, if only keys of a kind that is read count in it.
    if policy
        .witnesses()
        .all(|listed| listed.key.algorithm() != Algorithm::MlDsa44)
    {
        assert!(policy.is_met_by(&all));
    }
}
