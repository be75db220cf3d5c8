//! A choice as a consent record and a consent receipt: ISO/IEC TS 27560:2023 in the words of the W3C Data Privacy
//! Vocabulary 2.3, as JSON-LD with its context inside, so that it reads offline.
//!
//! Source: the DPV group's guide "Consent Records and Receipts as per 27560 using DPV" (15 February 2026). Names of that
//! guide that DPV does not define are not written; what DPV lacks is ours (`vocabulary.rs`). Where there can be several
//! there is an array, even around one.

use serde::Serialize;
use serde_json::{Value, json};

use super::choice::ChoiceState;
use super::consent::{Consent, Party, Said};
use super::program::LegalBasis;
use super::vocabulary;

/// A receipt, with the record in it.
#[derive(Debug, Serialize)]
pub struct ConsentReceipt {
    #[serde(rename = "@context")]
    context: Value,
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "dct:conformsTo")]
    conforms_to: &'static str,
    #[serde(rename = "dpv:hasIdentifier")]
    identifier: String,
    #[serde(rename = "dct:created")]
    created: String,
    #[serde(rename = "dpv:hasRecordOfActivity")]
    records: [ConsentRecord; 1],
}

/// A record. Alone it carries its own context.
#[derive(Debug, Serialize)]
pub struct ConsentRecord {
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    context: Option<Value>,
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "dct:conformsTo")]
    conforms_to: &'static str,
    #[serde(rename = "dpv:hasIdentifier")]
    identifier: String,
    #[serde(rename = "dct:created")]
    created: String,
    #[serde(rename = "dct:language")]
    language: &'static str,
    #[serde(rename = "dpv:hasDataSubject")]
    subject: Value,
    #[serde(rename = "dpv:hasNotice")]
    notice: Value,
    #[serde(rename = "dpv:hasProcess")]
    processes: [Value; 1],
    #[serde(rename = "dpv:hasEntity")]
    parties: Vec<Value>,
    #[serde(rename = "dpv:hasConsentStatus")]
    events: Vec<Value>,
    #[serde(rename = "p:ledger")]
    ledger: Value,
}

/// The receipt of a choice.
pub fn receipt(consent: &Consent) -> ConsentReceipt {
    let mut record = record(consent);
    ConsentReceipt {
        context: record.context.take().unwrap_or_default(),
        id: format!("id:receipt/{}", consent.ledger.position),
        kind: "dpv:ConsentReceipt",
        conforms_to: if consent.jurisdiction.has_gdpr() {
            "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr"
        } else {
            "https://w3id.org/dpv/schema/dpv-27560#receipt"
        },
        identifier: format!("{}/receipt", consent.identifier()),
        created: moment(consent.written_at),
        records: [record],
    }
}

/// The record of a choice, with what was said before about the same thing.
pub fn record(consent: &Consent) -> ConsentRecord {
    let mut parties = vec![json!({
        "@id": CONTROLLER,
        "@type": ["dpv:Organisation", "dpv:DataController"],
        "dpv:hasIdentifier": consent.url,
        "dpv:hasName": consent.controller.name,
        "dpv:hasAddress": consent.controller.address.line(),
        "dpv:hasContact": consent.controller.email,
    })];
    if let Some(authority) = &consent.authority {
        parties.push(party(AUTHORITY, "dpv:DataProtectionAuthority", authority));
    }
    for (index, third) in consent.program.disclosure.third_parties.iter().enumerate() {
        parties.push(party(&third_party(consent, index), "dpv:ThirdParty", third));
    }
    let events = consent.earlier.iter().chain([&consent.said]);
    ConsentRecord {
        context: Some(vocabulary::context(&consent.url)),
        id: format!("id:record/{}", consent.ledger.position),
        kind: "dpv:ConsentRecord",
        conforms_to: if consent.jurisdiction.has_gdpr() {
            "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
        } else {
            "https://w3id.org/dpv/schema/dpv-27560#record"
        },
        identifier: consent.identifier(),
        created: moment(consent.said.at),
        language: consent.notice.language.tag(),
        subject: json!({
            "@id": subject(consent),
            "@type": ["dpv:DataSubject", "dpv:Employee"],
            "dpv:hasIdentifier": consent.subject,
        }),
        notice: json!({
            "@id": format!("id:notice/{}/{}", consent.notice.notice, consent.notice.version),
            "@type": "dpv:ConsentNotice",
            "dct:hasVersion": consent.notice.version.to_string(),
            "dct:language": consent.notice.language.tag(),
            "dct:issued": moment(consent.notice.issued),
            "p:contentSha256": consent.notice.sha256,
        }),
        processes: [process(consent)],
        parties,
        events: events.map(|said| event(consent, *said)).collect(),
        ledger: json!({
            "p:origin": consent.ledger.origin,
            "p:position": consent.ledger.position,
            "p:leafIndex": consent.ledger.index,
            "p:leafHash": format!("sha256:{}", consent.ledger.leaf),
            "p:chainNumber": consent.ledger.seq,
            "p:checkpoint": consent.ledger.checkpoint,
            "p:logKey": consent.ledger.vkey,
        }),
    }
}

const CONTROLLER: &str = "id:org/controller";
const AUTHORITY: &str = "id:org/authority";

fn process(consent: &Consent) -> Value {
    let program = &consent.program;
    let mut processing = vec!["dpv:Observe", "dpv:Store"];
    if program.disclosure.ai_training {
        processing.push("ai:ModelTraining");
    }
    let mut data = vec!["dpv:PersonalData"];
    if consent.is_sensitive() {
        data.push("dpv:SensitivePersonalData");
    }
    let recipients = program.disclosure.third_parties.iter().enumerate();
    let mut recipients: Vec<_> = recipients
        .map(|(index, _)| third_party(consent, index))
        .collect();
    // Recipients inside the company are the controller's own people.
    recipients.insert(0, CONTROLLER.to_owned());
    let locations = program.disclosure.storage_locations.iter();
    let locations: Vec<_> = locations.map(|country| format!("loc:{country}")).collect();
    let choices = format!("{}/choices", consent.url);
    let mut process = json!({
        "@id": format!("id:process/{}/{}", program.id, consent.category.id),
        "@type": "dpv:Process",
        "dct:title": format!("{}: {}", program.name, consent.category.name),
        "dct:description": consent.category.what,
        "dpv:hasPurpose": [format!("p:purpose/{}", program.id)],
        "dpv:hasPersonalData": [{"@id": format!("p:data/{}", consent.category.id), "@type": data}],
        "dpv:hasNecessity": "dpv:Optional",
        "dpv:hasProcessing": processing,
        "dpv:hasDataSource": "dpv:DataSubjectDataSource",
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": locations},
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": {"@type": "dpv:TemporalDuration", "rdf:value": consent.retention()}},
        ],
        "dpv:hasLegalBasis": legal_basis(consent),
        "dpv:hasDataController": CONTROLLER,
        "dpv:hasRecipient": recipients,
        "dpv:hasJurisdiction": format!("loc:{}", consent.jurisdiction),
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": choices},
        "dpv:hasRight": rights(consent),
    });
    if consent.authority.is_some() {
        process["dpv:hasAuthority"] = AUTHORITY.into();
    }
    process
}

fn legal_basis(consent: &Consent) -> &'static str {
    let gdpr = consent.jurisdiction.has_gdpr();
    match (consent.program.legal_basis, gdpr) {
        (LegalBasis::Consent, true) => "eu-gdpr:A6-1-a",
        (LegalBasis::Contract, true) => "eu-gdpr:A6-1-b",
        (LegalBasis::LegalObligation, true) => "eu-gdpr:A6-1-c",
        (LegalBasis::LegitimateInterest, true) => "eu-gdpr:A6-1-f",
        (LegalBasis::Consent, false) => "dpv:Consent",
        (LegalBasis::Contract, false) => "dpv:Contract",
        (LegalBasis::LegalObligation, false) => "dpv:LegalObligation",
        (LegalBasis::LegitimateInterest, false) => "dpv:LegitimateInterest",
    }
}

/// What can be done in the portal itself: turning it off, and having what was captured deleted.
fn rights(consent: &Consent) -> [Value; 2] {
    let (off, deletion) = match (consent.jurisdiction.has_gdpr(), consent.program.legal_basis) {
        (true, LegalBasis::Consent) => ("eu-gdpr:A7-3", "eu-gdpr:A17"),
        (true, _) => ("eu-gdpr:A21", "eu-gdpr:A17"),
        (false, _) => ("p:right/off", "p:right/deletion"),
    };
    [(off, "/choices"), (deletion, "/requests/new")].map(|(right, page)| {
        json!({
            "@id": right,
            "@type": "dpv:DataSubjectRight",
            "dpv:isExercisedAt": format!("{}{page}", consent.url),
        })
    })
}

fn event(consent: &Consent, said: Said) -> Value {
    let mut kinds = vec![state(said.state)];
    let by = if by_the_person(said.state) {
        kinds.push("dpv:ExplicitlyExpressedConsent");
        subject(consent)
    } else {
        CONTROLLER.to_owned()
    };
    json!({
        "@type": kinds,
        "dpv:isIndicatedAtTime": moment(said.at),
        "dpv:isIndicatedBy": by,
        "dpv:hasIndicationMethod": consent.method(),
        "dpv:hasDuration": {
            "@type": "dpv:UntilEventDuration",
            "rdf:value": "until the person says otherwise, or a new version of the notice changes what it is about",
        },
        "p:position": said.position,
    })
}

/// The state in DPV's words.
pub const fn state(state: ChoiceState) -> &'static str {
    match state {
        ChoiceState::Requested => "dpv:ConsentRequested",
        ChoiceState::Given => "dpv:ConsentGiven",
        ChoiceState::Refused => "dpv:ConsentRefused",
        ChoiceState::Withdrawn => "dpv:ConsentWithdrawn",
        ChoiceState::Expired => "dpv:ConsentExpired",
        ChoiceState::Invalidated => "dpv:ConsentInvalidated",
        ChoiceState::Renewed => "dpv:RenewedConsentGiven",
    }
}

const fn by_the_person(state: ChoiceState) -> bool {
    matches!(
        state,
        ChoiceState::Given | ChoiceState::Refused | ChoiceState::Withdrawn | ChoiceState::Renewed
    )
}

fn party(id: &str, kind: &str, party: &Party) -> Value {
    json!({
        "@id": id,
        "@type": [kind],
        "dpv:hasIdentifier": id,
        "dpv:hasName": party.name,
        "dpv:hasAddress": party.address,
        "dpv:hasContact": party.contact,
    })
}

fn third_party(consent: &Consent, index: usize) -> String {
    format!("id:org/{}/{}", consent.program.id, index + 1)
}

fn subject(consent: &Consent) -> String {
    format!("id:subject/{}", consent.subject)
}

fn moment(at: chrono::DateTime<chrono::Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}
