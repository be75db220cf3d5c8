//! Policies: the specification's own example, every rule of the format, and quorums against a plain count.

use proptest::prelude::*;

use super::*;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::key::CosignerKey;
use crate::ledger::sample;

fn cosigner(i: u8) -> CosignerKey {
    CosignerKey::new(&format!("w{i}.example"), [i; 32]).unwrap()
}

fn vkey(i: u8) -> String {
    cosigner(i).verifier().to_string()
}

/// The specification's example: two of three X and one of three Y.
fn example() -> String {
    let mut text = format!(
        "# trust\n\nlog {} https://log.example/\n\n",
        sample::LOG_VKEY
    );
    for i in 0..6 {
        let name = if i < 3 { "X" } else { "Y" };
        text += &format!("  witness\t{name}{} {}\t\n", i % 3, vkey(i));
    }
    text + "group X-witnesses 2 X0 X1 X2\ngroup Y-witnesses any Y0 Y1 Y2\n# and now\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y"
}

/// The sample's checkpoint, cosigned by some, opened with the policy's keys.
fn signed_by(policy: &Policy, cosigners: &[u8]) -> Signed {
    let checkpoint = Checkpoint {
        origin: "sayso.example/ledger".into(),
        size: 3,
        root: sample::root(3),
    };
    let mut note = checkpoint.sign(&sample::log_signer()).unwrap();
    for i in cosigners {
        note += &cosigner(*i).cosign(&checkpoint.to_text(), 7).to_string();
    }
    Checkpoint::open(&note, &policy.keys()).unwrap()
}

fn flaw(text: &str) -> Flaw {
    match Policy::parse(text) {
        Err(PolicyError::Line(_, flaw)) => flaw,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_specifications_example_needs_two_of_one_kind_and_one_of_the_other() {
    let policy = Policy::parse(&example()).unwrap();
    assert_eq!(
        policy.logs()[0].url.as_deref(),
        Some("https://log.example/")
    );
    assert_eq!((policy.keys().len(), policy.witnesses().count()), (7, 6));
    for (cosigners, met) in [
        (&[0, 1, 3][..], true),
        (&[0, 2, 5], true),
        (&[0, 1, 2, 3, 4, 5], true),
        (&[], false),
        (&[0, 1], false),
        (&[0, 1, 2], false),
        (&[0, 3, 4, 5], false),
        (&[0, 0, 3], false),
    ] {
        let signed = signed_by(&policy, cosigners);
        assert_eq!(policy.is_met_by(&signed), met, "{cosigners:?}");
    }
}

#[test]
fn a_quorum_may_be_one_witness_or_none() {
    let one = Policy::parse(&format!("witness a {}\nquorum a\n", vkey(1))).unwrap();
    let log = format!("log {}\nquorum none\n", sample::LOG_VKEY);
    let none = Policy::parse(&log).unwrap();
    assert!(none.is_none() && !one.is_none());
    assert!(none.is_met_by(&signed_by(&none, &[])));
    let with_log = format!(
        "log {}\nwitness a {}\nquorum a\n",
        sample::LOG_VKEY,
        vkey(1)
    );
    let policy = Policy::parse(&with_log).unwrap();
    assert!(policy.is_met_by(&signed_by(&policy, &[1])));
    assert!(!policy.is_met_by(&signed_by(&policy, &[2])), "a stranger");
}

#[test]
fn a_witness_under_the_name_of_another_does_not_stand_in_for_it() {
    let other = CosignerKey::new("w1.example", [9; 32]).unwrap().verifier();
    let text = format!(
        "log {}\nwitness a {}\nwitness b {other}\ngroup g all a b\nquorum g\n",
        sample::LOG_VKEY,
        vkey(1)
    );
    let policy = Policy::parse(&text).unwrap();
    assert!(!policy.is_met_by(&signed_by(&policy, &[1])));
    let either = Policy::parse(&text.replace("g all", "g any")).unwrap();
    assert!(either.is_met_by(&signed_by(&either, &[1])));
}

#[test]
fn a_key_that_is_not_read_may_stand_in_a_policy_and_never_meets_it() {
    let quantum = crate::ledger::key::post_quantum("pq.example");
    let text = format!(
        "log {}\nwitness pq {quantum}\nwitness a {}\ngroup g GROUP pq a\nquorum g\n",
        sample::LOG_VKEY,
        vkey(1)
    );
    let any = Policy::parse(&text.replace("GROUP", "any")).unwrap();
    let all = Policy::parse(&text.replace("GROUP", "all")).unwrap();
    assert!(any.is_met_by(&signed_by(&any, &[1])));
    assert!(!all.is_met_by(&signed_by(&all, &[1])));
}

#[test]
fn whatever_does_not_fit_is_refused_with_its_line() {
    let (a, b) = (vkey(1), vkey(2));
    let base = format!("witness a {a}\nwitness b {b}\n");
    let renamed = CosignerKey::new("else.example", [1; 32])
        .unwrap()
        .verifier();
    for (text, expected) in [
        (format!("{base}group g 3 a b\nquorum g\n"), Flaw::Threshold),
        (format!("{base}group g 0 a b\nquorum g\n"), Flaw::Threshold),
        (format!("{base}group g 02 a b\nquorum g\n"), Flaw::Threshold),
        (format!("{base}group g +1 a b\nquorum g\n"), Flaw::Threshold),
        (
            format!("{base}group g most a b\nquorum g\n"),
            Flaw::Threshold,
        ),
        (format!("{base}group g all\nquorum g\n"), Flaw::Shape),
        (
            format!("{base}group g all a c\nquorum g\n"),
            Flaw::Undefined,
        ),
        (
            format!("{base}group g all a none\nquorum g\n"),
            Flaw::Undefined,
        ),
        (
            format!("{base}group g all a g\nquorum g\n"),
            Flaw::Undefined,
        ),
        (
            format!("{base}group g all a a\nquorum g\n"),
            Flaw::MemberTwice,
        ),
        (
            format!("{base}group g any a\ngroup h all a b\nquorum h\n"),
            Flaw::MemberTwice,
        ),
        (format!("{base}group a any b\nquorum a\n"), Flaw::NameTaken),
        (
            format!("{base}group none any b\nquorum none\n"),
            Flaw::NameTaken,
        ),
        (format!("witness none {a}\nquorum none\n"), Flaw::NameTaken),
        (
            format!("witness a {a}\nwitness a {b}\nquorum a\n"),
            Flaw::NameTaken,
        ),
        (
            format!("witness a {a}\nwitness b {a}\nquorum a\n"),
            Flaw::KeyTwice,
        ),
        (
            format!("witness a {a}\nwitness b {renamed}\nquorum a\n"),
            Flaw::KeyTwice,
        ),
        (
            format!("witness a {}\nquorum a\n", sample::LOG_VKEY),
            Flaw::Kind,
        ),
        (format!("log {a}\nquorum none\n"), Flaw::Kind),
        (
            format!("log {0}\nlog {0}\nquorum none\n", sample::LOG_VKEY),
            Flaw::KeyTwice,
        ),
        (format!("{base}quorum a\nquorum b\n"), Flaw::QuorumTwice),
        (format!("quorum a\n{base}"), Flaw::Undefined),
        (
            format!("{base}quorum g\ngroup g all a b\n"),
            Flaw::Undefined,
        ),
        (format!("{base}quorum a b\n"), Flaw::Shape),
        ("policy v1\nquorum none\n".into(), Flaw::Shape),
        ("log\nquorum none\n".into(), Flaw::Shape),
        (
            "log x+y+z\nquorum none\n".into(),
            Flaw::Key(KeyError::Format),
        ),
        ("quorum none\r\n".into(), Flaw::Control),
        ("# \u{7f}\nquorum none\n".into(), Flaw::Control),
    ] {
        assert_eq!(flaw(&text), expected, "{text}");
    }
    assert_eq!(Policy::parse(&base), Err(PolicyError::NoQuorum));
    assert_eq!(Policy::parse(""), Err(PolicyError::NoQuorum));
    let long = "#".repeat(Policy::MAX_BYTES + 1);
    assert_eq!(Policy::parse(&long), Err(PolicyError::TooLong));
    assert_eq!(
        Policy::parse(&format!("{base}\nlog x\n"))
            .unwrap_err()
            .to_string(),
        "line 4 of the policy: a verifier key looks like name+0123abcd+base64; copy it whole"
    );
}

proptest! {
    #[test]
    fn a_quorum_is_met_exactly_when_enough_members_signed(
        needed in 1..=6_usize,
        cosigners in proptest::collection::btree_set(0..8_u8, 0..8),
    ) {
        let mut text = format!("log {}\n", sample::LOG_VKEY);
        for i in 0..6 {
            text += &format!("witness n{i} {}\n", vkey(i));
        }
        text += &format!("group g {needed} n0 n1 n2 n3 n4 n5\nquorum g\n");
        let policy = Policy::parse(&text).unwrap();
        let count = cosigners.iter().filter(|i| **i < 6).count();
        let cosigners: Vec<u8> = cosigners.into_iter().collect();
        prop_assert_eq!(policy.is_met_by(&signed_by(&policy, &cosigners)), count >= needed);
    }

    #[test]
    fn no_text_makes_it_panic(text in "((log|witness|group|quorum|#|a|b|all|any|1|none)[ \t]){0,6}(\n((quorum|group) (a|none|g 1 a))){0,3}", any in ".*") {
        let _ = Policy::parse(&text);
        let _ = Policy::parse(&any);
    }
}
