//! Our own terms, served at `/ns`: the purposes and kinds of data that a company declares, which DPV does not name, and
//! the few properties by which a record points into the ledger.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::program::Declaration;

/// Properties in records, and what they say.
pub const PROPERTIES: [(&str, &str); 9] = [
    (
        "contentSha256",
        "SHA-256 of the published notice document, in hexadecimal.",
    ),
    (
        "ledger",
        "Where the statement stands in the consent ledger.",
    ),
    ("origin", "Name of the log (c2sp.org/tlog-checkpoint)."),
    ("position", "Position of the entry in the ledger."),
    ("leafIndex", "Index of the leaf in its log (RFC 6962)."),
    ("leafHash", "Hash of the leaf (RFC 6962), in hexadecimal."),
    (
        "chainNumber",
        "Number of the statement in the person's own chain, from 0.",
    ),
    (
        "checkpoint",
        "The log's signed checkpoint against which the receipt file proves the entry.",
    ),
    (
        "logKey",
        "The key that verifies the checkpoint (c2sp.org/signed-note).",
    ),
];

/// Rights that the portal gives everybody, whatever the law says.
const RIGHTS: [(&str, &str); 2] = [
    ("off", "To turn capture off at any time, without a reason."),
    ("deletion", "To have what was captured deleted."),
];

/// The vocabulary of a company as JSON-LD: terms of what it declares, each with a broader one of DPV.
pub fn vocabulary(url: &str, programs: &[&Declaration]) -> Value {
    let mut context = context(url);
    for (prefix, name) in [
        ("skos", "http://www.w3.org/2004/02/skos/core#"),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ] {
        context[prefix] = name.into();
    }
    context["skos:broader"] = json!({"@type": "@id"});
    context["rdfs:isDefinedBy"] = json!({"@type": "@id"});

    let mut terms = BTreeMap::new();
    for (name, meaning) in PROPERTIES {
        let term =
            json!({"@type": "rdf:Property", "skos:prefLabel": name, "skos:definition": meaning});
        terms.insert(format!("p:{name}"), term);
    }
    for (name, meaning) in RIGHTS {
        let term = json!({
            "@type": ["skos:Concept", "dpv:DataSubjectRight"],
            "skos:prefLabel": name,
            "skos:definition": meaning,
            "skos:broader": ["dpv:DataSubjectRight"],
        });
        terms.insert(format!("p:right/{name}"), term);
    }
    for program in programs {
        terms.insert(
            format!("p:purpose/{}", program.id),
            json!({
                "@type": ["skos:Concept", "dpv:Purpose"],
                "skos:prefLabel": program.name,
                "skos:definition": program.purpose,
                "skos:broader": ["dpv:Purpose"],
            }),
        );
        for category in &program.categories {
            // Two programmes may want the same kind: it is one term, and each adds what it captures of it.
            let term = terms
                .entry(format!("p:data/{}", category.id))
                .or_insert_with(|| {
                    json!({
                        "@type": ["skos:Concept", "dpv:PersonalData"],
                        "skos:prefLabel": category.name,
                        "skos:scopeNote": [],
                        "skos:broader": ["pd:Behavioural"],
                    })
                });
            if let Some(notes) = term["skos:scopeNote"].as_array_mut() {
                notes.push(json!(format!("{}: {}", program.name, category.what)));
            }
        }
    }
    let terms: Vec<Value> = terms
        .into_iter()
        .map(|(id, mut term)| {
            term["@id"] = id.into();
            term["rdfs:isDefinedBy"] = format!("{url}/ns").into();
            term
        })
        .collect();
    json!({"@context": context, "@graph": terms})
}

/// The prefixes, and which properties hold names and times rather than text.
pub(super) fn context(url: &str) -> Value {
    let mut context = json!({
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "ai": "https://w3id.org/dpv/ai#",
        "loc": "https://w3id.org/dpv/loc#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "dct": "http://purl.org/dc/terms/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "p": format!("{url}/ns#"),
        "id": format!("{url}/id/"),
    });
    for name in [
        "dct:conformsTo",
        "dpv:isIndicatedBy",
        "dpv:hasPurpose",
        "dpv:hasPersonalData",
        "dpv:hasProcessing",
        "dpv:hasLegalBasis",
        "dpv:hasJurisdiction",
        "dpv:hasRecipient",
        "dpv:hasDataController",
        "dpv:hasDataSource",
        "dpv:hasLocation",
        "dpv:hasNecessity",
        "dpv:hasAuthority",
        "dpv:isExercisedAt",
    ] {
        context[name] = json!({"@type": "@id"});
    }
    for name in ["dct:created", "dct:issued", "dpv:isIndicatedAtTime"] {
        context[name] = json!({"@type": "xsd:dateTime"});
    }
    context
}
