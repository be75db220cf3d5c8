//! What a valid ISO/IEC TS 27560 record and receipt must satisfy, in DPV's words, as rules of our own.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::strict_json::strict;

const TERMS: &str = include_str!("dpv_terms.txt");
/// Names in the guide that DPV 2.3 does not define.
const ABSENT: [&str; 17] = [
    "Analytics",
    "AutomationOfProcessing",
    "ConsentTerminated",
    "ConsentType",
    "DataProcessorDataSource",
    "FederatedLocation",
    "FullyAutomatedProcessing",
    "JointDataController",
    "ProcessingFrequency",
    "ScaleOfProcessing",
    "WithdrawingFromActivity",
    "hasAutomation",
    "hasDataProcessingCondition",
    "hasDataStorageCondition",
    "hasLegalName",
    "hasProcessingAutomation",
    "isImplementedBy",
];
const STATES: [&str; 10] = [
    "dpv:ConsentUnknown",
    "dpv:ConsentRequested",
    "dpv:ConsentRequestDeferred",
    "dpv:ConsentRefused",
    "dpv:ConsentGiven",
    "dpv:ConsentExpired",
    "dpv:ConsentInvalidated",
    "dpv:ConsentRevoked",
    "dpv:ConsentWithdrawn",
    "dpv:RenewedConsentGiven",
];
const PROFILES: [&str; 4] = ["record", "receipt", "record-eu-gdpr", "receipt-eu-gdpr"];

/// Every value of a property, whether it stands alone or in an array.
fn values<'a>(node: &'a Value, name: &str) -> Vec<&'a Value> {
    match node.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
    }
}

fn one<'a>(node: &'a Value, name: &str) -> &'a Value {
    let values = values(node, name);
    assert_eq!(values.len(), 1, "exactly one {name} in {node}");
    values[0]
}

fn some<'a>(node: &'a Value, name: &str) -> Vec<&'a Value> {
    let values = values(node, name);
    assert!(!values.is_empty(), "no {name} in {node}");
    for value in &values {
        assert!(
            !value.as_str().is_some_and(str::is_empty),
            "empty {name} in {node}"
        );
    }
    values
}

fn is_a(node: &Value, kind: &str) -> bool {
    values(node, "@type").contains(&&Value::from(kind))
}

fn time(value: &Value) {
    let text = value.as_str().unwrap();
    assert!(text.ends_with('Z'), "{text} in UTC");
    chrono::DateTime::parse_from_rfc3339(text).unwrap();
}

fn profile(node: &Value, kind: &str) {
    let profile = one(node, "dct:conformsTo").as_str().unwrap();
    let name = profile
        .strip_prefix("https://w3id.org/dpv/schema/dpv-27560#")
        .unwrap();
    assert!(
        PROFILES.contains(&name) && name.starts_with(kind),
        "{profile}"
    );
}

/// A receipt and the records in it.
pub fn check_receipt(receipt: &Value) {
    assert!(is_a(receipt, "dpv:ConsentReceipt"));
    assert!(receipt["@context"].is_object(), "an inline context");
    profile(receipt, "receipt");
    some(receipt, "dpv:hasIdentifier");
    time(one(receipt, "dct:created"));
    for record in some(receipt, "dpv:hasRecordOfActivity") {
        check(record);
    }
}

/// A record that stands alone.
pub fn check_record(record: &Value) {
    assert!(record["@context"].is_object(), "an inline context");
    check(record);
}

fn check(record: &Value) {
    assert!(is_a(record, "dpv:ConsentRecord"));
    profile(record, "record");
    some(record, "dpv:hasIdentifier");
    some(record, "dct:language");
    let subject = one(record, "dpv:hasDataSubject");
    some(subject, "dpv:hasIdentifier");
    assert!(
        some(record, "dpv:hasNotice")
            .iter()
            .all(|notice| is_a(notice, "dpv:ConsentNotice"))
    );
    let parties = some(record, "dpv:hasEntity");
    for party in &parties {
        for name in [
            "@type",
            "dpv:hasIdentifier",
            "dpv:hasName",
            "dpv:hasAddress",
            "dpv:hasContact",
        ] {
            some(party, name);
        }
    }
    let known: Vec<_> = parties
        .iter()
        .chain([&subject])
        .map(|party| &party["@id"])
        .collect();
    for process in some(record, "dpv:hasProcess") {
        check_process(process);
        for name in [
            "dpv:hasDataController",
            "dpv:hasRecipient",
            "dpv:hasAuthority",
        ] {
            assert!(
                values(process, name)
                    .iter()
                    .all(|party| known.contains(party)),
                "{name} is described"
            );
        }
        if record["dct:conformsTo"]
            .as_str()
            .unwrap()
            .ends_with("eu-gdpr")
        {
            some(process, "dpv:hasAuthority");
            some(process, "dpv:hasProcessing");
            some(process, "dpv:hasDataSource");
        }
    }
    for event in some(record, "dpv:hasConsentStatus") {
        time(one(event, "dpv:isIndicatedAtTime"));
        assert!(known.contains(&one(event, "dpv:isIndicatedBy")));
        some(event, "dpv:hasDuration");
        let states = values(event, "@type");
        let states = states
            .iter()
            .filter(|kind| STATES.contains(&kind.as_str().unwrap()));
        assert_eq!(states.count(), 1, "one state in {event}");
    }
}

fn check_process(process: &Value) {
    assert!(is_a(process, "dpv:Process"));
    for name in [
        "dpv:hasPurpose",
        "dpv:hasPersonalData",
        "dpv:hasDataController",
        "dpv:hasJurisdiction",
        "dpv:hasRecipient",
        "dpv:hasConsentControl",
        "dpv:hasLegalBasis",
        "dpv:hasRight",
    ] {
        some(process, name);
    }
    let conditions = some(process, "dpv:hasStorageCondition");
    let of = |kind| {
        let found: Vec<_> = conditions
            .iter()
            .filter(|condition| is_a(condition, kind))
            .collect();
        assert_eq!(found.len(), 1, "one {kind}");
        *found[0]
    };
    some(of("dpv:StorageLocation"), "dpv:hasLocation");
    let duration = one(of("dpv:StorageDuration"), "dpv:hasDuration");
    let duration = one(duration, "rdf:value").as_str().unwrap();
    assert!(
        duration.starts_with('P') && duration.ends_with('D'),
        "{duration}"
    );
    let control = one(process, "dpv:hasConsentControl");
    assert!(is_a(control, "dpv:WithdrawConsent"));
    some(control, "dpv:isExercisedAt");
}

/// Every compact name is of a vocabulary that the context declares, and every term of DPV is one that it has.
pub fn check_terms(document: &Value) {
    let prefixes = document["@context"].as_object().unwrap();
    let known: BTreeSet<_> = TERMS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    for name in names(document) {
        let (prefix, term) = name.split_once(':').unwrap();
        assert!(prefixes.contains_key(prefix), "{name}: no such prefix");
        assert!(!ABSENT.contains(&term), "{name} does not exist in DPV 2.3");
        match prefix {
            "dpv" | "pd" | "ai" | "eu-gdpr" => {
                assert!(known.contains(name.as_str()), "{name} is not in the list");
            }
            "loc" => {
                assert!(term.len() == 2 && term.chars().all(|letter| letter.is_ascii_uppercase()));
            }
            _ => {}
        }
    }
}

/// Our own terms in a document.
pub fn own_terms(document: &Value) -> Vec<String> {
    names(document)
        .into_iter()
        .filter(|name| name.starts_with("p:"))
        .collect()
}

/// Keys and values that are compact names.
fn names(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match document {
        Value::Object(fields) => {
            for (key, value) in fields {
                if key == "@context" {
                    found.extend(
                        value
                            .as_object()
                            .unwrap()
                            .keys()
                            .filter(|key| key.contains(':'))
                            .cloned(),
                    );
                    continue;
                }
                if !key.starts_with('@') {
                    assert!(key.contains(':'), "{key} has no prefix");
                    found.insert(key.clone());
                }
                found.extend(names(value));
            }
        }
        Value::Array(items) => found.extend(items.iter().flat_map(names)),
        Value::String(text) => {
            let compact = text.split_once(':').is_some_and(|(prefix, rest)| {
                ["dpv", "pd", "ai", "eu-gdpr", "loc", "p"].contains(&prefix) && !rest.contains(' ')
            });
            found.extend(compact.then(|| text.clone()));
        }
        _ => {}
    }
    found
}

#[test]
fn the_checks_themselves_refuse_what_is_wrong() {
    assert!(strict(r#"{"a": [{"b": 1, "b": 1}]}"#).is_err());
    assert!(strict(r#"{"a": [{"b": 1}, {"b": 1}]}"#).is_ok());
    let foreign = serde_json::json!({"@context": {"dpv": "x"}, "dpv:hasLegalName": "y"});
    assert!(std::panic::catch_unwind(|| check_terms(&foreign)).is_err());
    let unknown = serde_json::json!({"@context": {"dpv": "x"}, "@type": "dpv:Keystrokes"});
    assert!(std::panic::catch_unwind(|| check_terms(&unknown)).is_err());
    let hollow = serde_json::json!({"@context": {}, "@type": "dpv:ConsentRecord"});
    assert!(std::panic::catch_unwind(|| check_record(&hollow)).is_err());
}
