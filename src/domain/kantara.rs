//! A yes as a Kantara Consent Receipt 1.1 (2017).
//!
//! That format knows only consent that was given: a no written in it would read as a yes. So there is none for a no.

use serde::Serialize;

use super::consent::{Address, Consent};

/// A receipt. Names of fields and which are there are the specification's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    version: &'static str,
    jurisdiction: String,
    /// Whole seconds since 1970.
    consent_timestamp: i64,
    collection_method: String,
    #[serde(rename = "consentReceiptID")]
    consent_receipt_id: String,
    public_key: String,
    language: &'static str,
    pii_principal_id: String,
    pii_controllers: [Controller; 1],
    policy_url: String,
    services: [Service; 1],
    sensitive: bool,
    spi_cat: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "the names are the specification's"
)]
struct Controller {
    pii_controller: String,
    on_behalf: bool,
    contact: String,
    address: PostalAddress,
    email: String,
    phone: String,
    pii_controller_url: String,
}

/// As schema.org's `PostalAddress`, which the specification points to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PostalAddress {
    street_address: String,
    postal_code: String,
    address_locality: String,
    address_country: String,
}

#[derive(Debug, Serialize)]
struct Service {
    service: String,
    purposes: [Purpose; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "the names are the specification's"
)]
struct Purpose {
    purpose: String,
    consent_type: &'static str,
    purpose_category: [String; 1],
    pii_category: [String; 1],
    primary_purpose: bool,
    termination: String,
    third_party_disclosure: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    third_party_name: Option<String>,
}

/// The receipt of a yes; `None` for anything else, and where no telephone number is known, which the format demands.
pub fn receipt(consent: &Consent) -> Option<Receipt> {
    if !consent.said.state.permits() {
        return None;
    }
    let Consent {
        controller,
        program,
        category,
        notice,
        url,
        ..
    } = consent;
    let third_parties = &program.disclosure.third_parties;
    let names: Vec<_> = third_parties
        .iter()
        .map(|party| party.name.as_str())
        .collect();
    Some(Receipt {
        version: "KI-CR-v1.1.0",
        jurisdiction: consent.jurisdiction.to_string(),
        consent_timestamp: consent.said.at.timestamp(),
        collection_method: consent.method(),
        consent_receipt_id: consent.identifier(),
        public_key: consent.ledger.vkey.clone(),
        language: notice.language.tag(),
        pii_principal_id: consent.subject.clone(),
        pii_controllers: [Controller {
            pii_controller: controller.name.clone(),
            on_behalf: false,
            contact: controller.email.clone(),
            address: address(&controller.address),
            email: controller.email.clone(),
            phone: controller.phone.clone()?,
            pii_controller_url: url.clone(),
        }],
        policy_url: format!("{url}/notices/{}/{}", notice.notice, notice.version),
        services: [Service {
            service: program.name.clone(),
            purposes: [Purpose {
                purpose: program.purpose.clone(),
                consent_type: "EXPLICIT",
                purpose_category: [format!("{url}/ns#purpose/{}", program.id)],
                pii_category: [category.name.clone()],
                primary_purpose: false,
                termination: format!(
                    "When the person turns it off at {url}/choices. Records are kept for {} days.",
                    program.retention_days
                ),
                third_party_disclosure: !names.is_empty(),
                third_party_name: (!names.is_empty()).then(|| names.join(", ")),
            }],
        }],
        sensitive: consent.is_sensitive(),
        spi_cat: consent
            .is_sensitive()
            .then(|| category.name.clone())
            .into_iter()
            .collect(),
    })
}

fn address(address: &Address) -> PostalAddress {
    PostalAddress {
        street_address: address.street.clone(),
        postal_code: address.postal_code.clone(),
        address_locality: address.city.clone(),
        address_country: address.country.to_string(),
    }
}
