//! What the company declares: two programmes.
//!
//! To add a programme: its declaration here, a notice in `notices.rs`, its agents in `agents.rs`, what people say to it
//! in `plan.rs`.

use crate::domain::attribute::Attributes;
use crate::domain::consent::{Disclosure, Party};
use crate::domain::id::CategoryId;
use crate::domain::invalid::Invalid;
use crate::domain::program::{Dataset, Declaration, LegalBasis, Mechanism, ProgramCategory};

/// The AI-training programme.
pub(super) const MCI: &str = "mci";
/// The programme around support calls.
pub(super) const SUPPORT_REVIEW: &str = "support-review";

/// What the AI-training programme captures, in the declaration's order.
pub(super) const MCI_CATEGORIES: [&str; 4] = [
    "keystrokes",
    "mouse_movement",
    "click_location",
    "screen_content",
];
/// What the support programme captures.
pub(super) const SUPPORT_CATEGORIES: [&str; 2] = ["screen_content", "mouse_movement"];

/// The apps in which the AI-training programme captures.
pub(super) const APPS: [&str; 6] = [
    "browser",
    "editor",
    "terminal",
    "spreadsheet",
    "planning_board",
    "parts_catalogue",
];

/// Keeps what the collectors of the AI-training programme send.
pub(super) const LAKE: &str = "research-lake";
/// Keeps a copy of it.
pub(super) const ARCHIVE: &str = "tape-archive";
/// Keeps what is captured during support calls.
pub(super) const DESK: &str = "support-desk";

/// The AI-training programme as it was first declared: kept for longer, and without a copy.
pub(super) fn mci_at_first() -> Result<Declaration, Invalid> {
    let mut declaration = mci()?;
    declaration.retention_days = 365;
    declaration
        .datasets
        .retain(|dataset| dataset.store.as_str() != ARCHIVE);
    Ok(declaration)
}

/// The AI-training programme as it is declared now.
pub(super) fn mci() -> Result<Declaration, Invalid> {
    Ok(Declaration {
        id: MCI.parse()?,
        name: "Model Capability Initiative".into(),
        purpose: "Trains software to operate a computer the way people do.".into(),
        controller: "Brackwater Instruments, Research Department".into(),
        legal_basis: LegalBasis::Consent,
        mechanism: Mechanism::OptIn,
        categories: vec![
            category(
                "keystrokes",
                "Keystrokes",
                "The keys you press and the moment of each, in six apps. Never in a password field.",
            )?,
            category(
                "mouse_movement",
                "Mouse movement",
                "The way and the speed of the pointer, twenty points a second, in six apps.",
            )?,
            category(
                "click_location",
                "Click location",
                "The place in a window where you click, and the sort of control that you hit.",
            )?,
            category(
                "screen_content",
                "Screen content",
                "Pictures of the window that you work in, at most one every 30 seconds.",
            )?,
        ],
        apps: APPS.iter().map(|app| (*app).to_owned()).collect(),
        retention_days: 180,
        recipients: vec!["Research Department".into()],
        datasets: vec![
            dataset(
                "mci-pointer",
                "Pointer data",
                LAKE,
                &["mouse_movement", "click_location"],
                "Members of the Research Department",
            )?,
            dataset(
                "mci-content",
                "Typed and shown content",
                LAKE,
                &["keystrokes", "screen_content"],
                "Members of the Research Department who signed the annex on content",
            )?,
            dataset(
                "mci-archive",
                "Safety copy on tape",
                ARCHIVE,
                &MCI_CATEGORIES,
                "Two archivists, to restore what was lost",
            )?,
        ],
        agreement_ref: Some("Works agreement 2026/3".into()),
        disclosure: Disclosure {
            storage_locations: vec!["DE".parse()?],
            ai_training: true,
            sensitive: ids(&["screen_content"])?,
            ..Disclosure::default()
        },
        notice: MCI.parse()?,
    })
}

/// The programme around support calls.
pub(super) fn support_review() -> Result<Declaration, Invalid> {
    Ok(Declaration {
        id: SUPPORT_REVIEW.parse()?,
        name: "Support Call Review".into(),
        purpose: "Shows the support team where customers’ questions take long.".into(),
        controller: "Brackwater Instruments, Customer Support".into(),
        legal_basis: LegalBasis::Consent,
        mechanism: Mechanism::OptIn,
        categories: vec![
            category(
                "screen_content",
                "Screen content during calls",
                "Pictures of the support desk window while a call is open.",
            )?,
            category(
                "mouse_movement",
                "Mouse movement during calls",
                "The way of the pointer in the support desk window while a call is open.",
            )?,
        ],
        apps: Vec::new(),
        retention_days: 30,
        recipients: vec!["Customer Support, team for quality".into()],
        datasets: vec![dataset(
            "support-calls",
            "Calls under review",
            DESK,
            &SUPPORT_CATEGORIES,
            "Three reviewers of the support team",
        )?],
        agreement_ref: Some("Works agreement 2026/5".into()),
        disclosure: Disclosure {
            storage_locations: vec!["DE".parse()?, "NL".parse()?],
            third_parties: vec![Party {
                name: "Fernbank Quality Services".into(),
                address: "Keizersgracht 200, 1016 DW Amsterdam, NL".into(),
                contact: "privacy@fernbank.example".into(),
            }],
            ..Disclosure::default()
        },
        notice: SUPPORT_REVIEW.parse()?,
    })
}

fn category(id: &str, name: &str, what: &str) -> Result<ProgramCategory, Invalid> {
    Ok(ProgramCategory {
        id: id.parse()?,
        name: name.into(),
        what: what.into(),
        attributes: Attributes::new(),
    })
}

fn dataset(
    id: &str,
    name: &str,
    store: &str,
    categories: &[&str],
    audience: &str,
) -> Result<Dataset, Invalid> {
    Ok(Dataset {
        id: id.parse()?,
        name: name.into(),
        store: store.parse()?,
        categories: ids(categories)?,
        audience: audience.into(),
    })
}

pub(super) fn ids(categories: &[&str]) -> Result<Vec<CategoryId>, Invalid> {
    categories.iter().map(|category| category.parse()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::agents::AGENTS;
    use super::*;

    #[test]
    fn what_is_declared_holds_together_and_its_stores_are_registered() {
        for declaration in [
            mci_at_first().unwrap(),
            mci().unwrap(),
            support_review().unwrap(),
        ] {
            declaration.check().unwrap();
            for dataset in &declaration.datasets {
                let store = AGENTS
                    .iter()
                    .find(|agent| agent.name == dataset.store.as_str());
                assert!(store.is_some_and(|agent| agent.kind.stores()));
            }
        }
        for agent in &AGENTS {
            agent.new_agent().unwrap();
        }
    }
}
