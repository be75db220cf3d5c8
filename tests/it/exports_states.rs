//! Records of every state that a choice can have, also those that the portal does not offer yet, in and outside the EEA.

use sayso::domain::choice::ChoiceState;
use sayso::domain::consent::{Address, Consent, Controller, Ledger, Party, Said, ShownNotice};
use sayso::domain::employee::Locale;
use sayso::domain::program::{LegalBasis, ProgramCategory};
use sayso::domain::{dpv, kantara};

use crate::kantara_rules;
use crate::shapes;
use crate::world::{DECLARATION, at};

fn consent(state: ChoiceState, country: &str, basis: LegalBasis) -> Consent {
    let mut program: sayso::domain::program::Declaration = toml::from_str(DECLARATION).unwrap();
    program.legal_basis = basis;
    Consent {
        url: "https://sayso.example".into(),
        written_at: at("2026-11-24T10:00:00Z"),
        subject: "AAAAAAAAAAAAAAAAAAAAAA".into(),
        program,
        category: ProgramCategory {
            id: "keystrokes".parse().unwrap(),
            name: "Keystrokes".into(),
            what: "Which keys you press.".into(),
            attributes: std::collections::BTreeMap::new(),
        },
        controller: Controller {
            name: "Brackwater".into(),
            address: Address {
                street: "Am Prüfstand 12".into(),
                postal_code: "10115".into(),
                city: "Berlin".into(),
                country: "DE".parse().unwrap(),
            },
            email: "privacy@brackwater.example".into(),
            phone: Some("1".into()),
        },
        jurisdiction: country.parse().unwrap(),
        authority: (country == "DE").then(|| Party {
            name: "Authority".into(),
            address: "Amtsweg 1".into(),
            contact: "a@authority.example".into(),
        }),
        notice: ShownNotice {
            notice: "mci".parse().unwrap(),
            version: 1,
            issued: at("2026-11-01T00:00:00Z"),
            sha256: "0".repeat(64),
            language: Locale::De,
        },
        earlier: Vec::new(),
        said: Said {
            state,
            at: at("2026-11-24T09:00:00Z"),
            position: 7,
        },
        ledger: Ledger {
            origin: "sayso.example/ledger".into(),
            position: 7,
            index: 7,
            leaf: "0".repeat(64),
            seq: 0,
            checkpoint: "a checkpoint".into(),
            vkey: "a key".into(),
        },
    }
}

#[test]
fn every_state_is_valid_under_every_law_and_basis() {
    for state in ChoiceState::ALL {
        for country in ["DE", "US"] {
            for basis in [
                LegalBasis::Consent,
                LegalBasis::Contract,
                LegalBasis::LegalObligation,
                LegalBasis::LegitimateInterest,
            ] {
                let consent = consent(state, country, basis);
                let receipt = serde_json::to_value(dpv::receipt(&consent)).unwrap();
                shapes::check_receipt(&receipt);
                shapes::check_terms(&receipt);
                let gdpr = receipt.to_string().contains("eu-gdpr:A");
                assert_eq!(gdpr, country == "DE", "the GDPR is named where it holds");
                match kantara::receipt(&consent) {
                    Some(receipt) => {
                        assert!(state.permits());
                        kantara_rules::check(&serde_json::to_value(receipt).unwrap()).unwrap();
                    }
                    None => assert!(!state.permits()),
                }
            }
        }
    }
}
