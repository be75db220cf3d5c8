//! Statements: their one spelling, and every other one refused.

use proptest::prelude::*;

use super::*;
use crate::domain::condition::Conditions;
use crate::ledger::sample;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn choice() -> Payload {
    let statement = Statement::Choice(ChoiceStatement {
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        notice: Some("mci".parse().unwrap()),
        notice_version: Some(2),
        notice_leaf: Some(7),
        notice_sha256: Some(Hash([0; 32])),
        language: Locale::De,
        decision: ChoiceState::Withdrawn,
        conditions: Conditions::NONE,
    });
    let subject = SubjectId::from_random([0; 16]);
    let moment = at("2026-11-23T09:00:00.250Z");
    Payload {
        v: 1,
        subject,
        seq: 1,
        prev: Some(Hash([0; 32])),
        at: moment,
        channel: "portal".into(),
        actor: "employee".into(),
        statement,
    }
}

const CHOICE: &str = r#"{"actor":"employee","at":"2026-11-23T09:00:00.250Z","category":"keystrokes","channel":"portal","decision":"withdrawn","language":"de","notice":"mci","notice_leaf":7,"notice_sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","notice_version":2,"prev":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","program":"mci","seq":1,"subject":"AAAAAAAAAAAAAAAAAAAAAA","type":"choice","v":1}"#;
const REQUEST: &str = r#"{"actor":"employee","at":"2026-11-23T09:00:00Z","channel":"portal","from":"2026-11-01T00:00:00Z","kind":"erasure","request":"abababababababababababababababab","seq":0,"subject":"AAAAAAAAAAAAAAAAAAAAAA","to":"2026-11-23T00:00:00Z","type":"request","v":1}"#;
const COMPLETION: &str = r#"{"actor":"system","at":"2026-11-23T09:00:00Z","channel":"portal","request":"abababababababababababababababab","results":[{"count":3,"dataset":"mci-pointer","outcome":"erased","store":"lake"},{"count":0,"dataset":"mci-keys","outcome":"no_match","store":"lake"}],"seq":0,"subject":"AAAAAAAAAAAAAAAAAAAAAA","type":"completion","v":1}"#;

fn request() -> Payload {
    let statement = Statement::Request(RequestStatement {
        request: RequestId::from_random([0xab; 16]),
        kind: RequestKind::Erasure,
        program: None,
        category: None,
        from: Some(at("2026-11-01T00:00:00Z")),
        to: at("2026-11-23T00:00:00Z"),
    });
    let (seq, prev) = (0, None);
    let at = at("2026-11-23T09:00:00Z");
    Payload {
        seq,
        prev,
        at,
        statement,
        ..choice()
    }
}

fn completion() -> Payload {
    let result = |dataset: &str, outcome, count| TaskResult {
        store: "lake".parse().unwrap(),
        dataset: dataset.parse().unwrap(),
        outcome,
        count,
    };
    let statement = Statement::Completion(CompletionStatement {
        request: RequestId::from_random([0xab; 16]),
        results: vec![
            result("mci-pointer", Outcome::Erased, 3),
            result("mci-keys", Outcome::NoMatch, 0),
        ],
    });
    Payload {
        statement,
        actor: "system".into(),
        ..request()
    }
}

#[test]
fn every_type_of_statement_has_its_one_spelling() {
    for (payload, text) in [
        (choice(), CHOICE),
        (request(), REQUEST),
        (completion(), COMPLETION),
    ] {
        assert_eq!(Payload::parse(text.as_bytes()), Ok(payload.clone()));
        #[cfg(feature = "ssr")]
        {
            let written = payload.to_jcs().unwrap();
            assert_eq!(core::str::from_utf8(&written), Ok(text));
            let canonical = serde_json_canonicalizer::to_vec(&Wire::of(&payload)).unwrap();
            assert_eq!(written, canonical, "RFC 8785");
        }
        assert!(Statement::KINDS.contains(&payload.statement.kind()));
    }
}

#[test]
fn a_choice_without_a_notice_says_nothing_of_one() {
    let text = CHOICE.replace(r#""notice":"mci","notice_leaf":7,"notice_sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","notice_version":2,"#, "");
    let payload = Payload::parse(text.as_bytes()).unwrap();
    assert!(matches!(
        payload.statement,
        Statement::Choice(ChoiceStatement {
            notice: None,
            notice_sha256: None,
            ..
        })
    ));
    let half = CHOICE.replace(r#""notice":"mci","#, "");
    assert_eq!(
        Payload::parse(half.as_bytes()),
        Err(PayloadError::Field("notice"))
    );
}

#[test]
fn what_narrows_a_yes_is_part_of_the_statement() {
    let narrowed = CHOICE.replace(
        r#""channel":"portal","decision":"withdrawn""#,
        r#""channel":"portal","conditions":[{"only_if":{"attribute":"action.masked","equals":true}},{"apps":["browser"]},{"hours":{"utc_offset_minutes":60,"windows":[{"days":["mon"],"from":"09:00","to":"17:00"}]}}],"decision":"given""#,
    );
    let payload = Payload::parse(narrowed.as_bytes()).unwrap();
    let Statement::Choice(choice) = &payload.statement else {
        panic!("{payload:?}");
    };
    assert_eq!(choice.conditions.as_slice().len(), 3);
    #[cfg(feature = "ssr")]
    {
        assert_eq!(payload.to_jcs().unwrap(), narrowed.as_bytes());
        let value: serde_json::Value = serde_json::from_str(&narrowed).unwrap();
        assert_eq!(
            serde_json_canonicalizer::to_string(&value).unwrap(),
            narrowed
        );
    }
    let bad = |from: &str, to: &str| {
        let text = narrowed.replace(from, to);
        assert_ne!(text, narrowed);
        assert!(Payload::parse(text.as_bytes()).is_err(), "{text}");
    };
    bad(r#""decision":"given""#, r#""decision":"withdrawn""#);
    bad(
        r#"{"attribute":"action.masked","equals":true}"#,
        r#"{"equals":true,"attribute":"action.masked"}"#,
    );
    bad(r#""apps""#, r#""sometimes""#);
    bad(
        r#""apps":["browser"]"#,
        r#""apps":["browser"],"apps":["mail"]"#,
    );
    let whole = CHOICE.replace(r#""decision""#, r#""conditions":[],"decision""#);
    assert_eq!(
        Payload::parse(whole.as_bytes()),
        Err(PayloadError::NotCanonical)
    );
}

#[test]
fn other_spellings_of_the_same_are_refused() {
    for (from, to) in [
        (r#"{"actor":"#, r#"{ "actor":"#),
        (
            r#""v":1}"#,
            r#""v":1}"#.to_owned().as_str().trim_end_matches('}'),
        ),
        (
            r#""actor":"employee","at""#,
            r#""at":"2026-11-23T09:00:00.250Z","actor":"employee","xt""#,
        ),
        ("09:00:00.250Z", "09:00:00.25Z"),
        ("09:00:00.250Z", "09:00:00.250+00:00"),
        ("09:00:00.250Z", "10:00:00.250+01:00"),
        ("T09", "t09"),
        ("mci\",\"seq", "mc\\u0069\",\"seq"),
        (r#""seq":1"#, r#""seq":1.0"#),
        (r#""seq":1"#, r#""seq":"1""#),
        (r#""seq":1"#, r#""seq":-1"#),
        (r#""seq":1,"#, r#""seq":1,"seq":1,"#),
        (r#""seq":1,"#, r#""request":null,"seq":1,"#),
        (r#""seq":1,"#, r#""seq":1,"stray":1,"#),
        (r#""seq":1,"#, r#""results":[],"seq":1,"#),
        (r#""seq":1,"#, ""),
        (r#""v":1}"#, "\"v\":1}\n"),
        ("AAAAAAAAAAAAAAAAAAAAAA\",", "AAAAAAAAAAAAAAAAAAAAAB\","),
        ("withdrawn", "Withdrawn"),
        ("\"de\"", "\"xx\""),
        ("portal", ""),
        ("portal", "the portal"),
        ("\"employee\"", "\"Employee\""),
    ] {
        let text = CHOICE.replacen(from, to, 1);
        assert_ne!(text, CHOICE, "{from}");
        assert!(Payload::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn what_is_missing_or_cannot_be_is_named() {
    let refused = |from: &str, to: &str| {
        let text = CHOICE.replacen(from, to, 1);
        assert_ne!(text, CHOICE, "{from}");
        Payload::parse(text.as_bytes()).unwrap_err()
    };
    assert_eq!(
        refused(r#""decision":"withdrawn","#, ""),
        PayloadError::Missing("decision")
    );
    assert_eq!(
        refused(r#""seq":1"#, r#""seq":0"#),
        PayloadError::Field("prev")
    );
    assert_eq!(
        refused(r#""seq":1"#, r#""seq":9007199254740992"#),
        PayloadError::Field("seq")
    );
    assert_eq!(
        refused(r#""notice_leaf":7"#, r#""notice_leaf":9007199254740992"#),
        PayloadError::Field("numbers")
    );
    assert_eq!(refused(r#""v":1"#, r#""v":2"#), PayloadError::Version(2));
    assert_eq!(
        refused(r#""type":"choice""#, r#""new":{},"type":"oath""#),
        PayloadError::UnknownType("oath".into())
    );
    assert_eq!(
        refused(r#""type":"choice""#, r#""type":"request""#),
        PayloadError::Missing("request")
    );
    assert!(matches!(
        Payload::parse(sample::PAYLOAD.as_bytes()),
        Err(PayloadError::Json(_))
    ));
    assert_eq!(
        Payload::parse(&vec![b' '; MAX_PAYLOAD + 1]),
        Err(PayloadError::TooLong)
    );
}

#[cfg(feature = "ssr")]
#[test]
fn what_could_not_be_read_back_is_not_written() {
    let written = |payload: Payload| payload.to_jcs().unwrap_err();
    assert_eq!(
        written(Payload { seq: 0, ..choice() }),
        PayloadError::Field("prev")
    );
    assert_eq!(
        written(Payload {
            prev: None,
            ..choice()
        }),
        PayloadError::Field("prev")
    );
    assert_eq!(
        written(Payload {
            channel: "a b".into(),
            ..choice()
        }),
        PayloadError::Field("channel")
    );
    assert!(
        Payload {
            seq: u64::MAX,
            ..choice()
        }
        .to_jcs()
        .is_err()
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, at in 0..CHOICE.len(), to: u8) {
        let _ = Payload::parse(&bytes);
        let mut changed = CHOICE.as_bytes().to_vec();
        changed[at] = to;
        if let Ok(payload) = Payload::parse(&changed) {
            prop_assert_eq!(serde_json::to_vec(&Wire::of(&payload)).unwrap(), changed);
        }
    }
}
