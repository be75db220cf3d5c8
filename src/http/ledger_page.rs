//! `/ledger`: what the ledger is and where it stands. Readable without signing in, as the ledger itself is.

use axum::http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;

use super::failure::Failure;
use super::input::Asked;
use super::visitor::{Answer, Visitor};
use crate::app::ledger;
use crate::app::witnessed::{self, WitnessCard};
use crate::ledger::hash::Hash;
use crate::ui::ledger::{Ledger, LedgerPage, Witness};
use crate::ui::paper::Paper;
use crate::ui::shell::Section;

/// A printed receipt to compare with the ledger: what its square code says.
#[derive(Debug, Deserialize)]
pub struct Printed {
    #[serde(default)]
    entry: String,
    #[serde(default)]
    leaf: String,
}

/// `GET /ledger`, and with `?entry=&leaf=` whether that entry has that leaf.
pub async fn show(visitor: Visitor, Asked(printed): Asked<Printed>) -> Answer {
    let app = visitor.app();
    let watch = witnessed::watch(app).await?;
    let paper = paper(&visitor, &printed).await?;
    let status = match &paper {
        Some(Paper::Unreadable) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let ledger = Ledger {
        origin: watch.origin,
        size: watch.size,
        note: watch.newest,
        witnesses: watch.witnesses.iter().map(witness).collect(),
        witnessed: watch.witnessed.map(|head| head.size),
        vkey: ledger::log_vkey(app),
        house: app.settings().house.name.clone(),
        entry: printed.entry,
        leaf: printed.leaf,
        paper,
    };
    let calendar = visitor.calendar();
    let body = move || view! { <LedgerPage ledger calendar /> }.into_any();
    visitor
        .page(Section::Ledger, status, "The ledger", body)
        .await
}

/// A witness, for people.
fn witness(card: &WitnessCard) -> Witness {
    Witness {
        name: card.name.clone(),
        cosigned: card.cosigned,
        trouble: card.trouble.as_ref().map(|(_, words)| words.clone()),
    }
}

/// What the ledger says about a printed receipt; nothing when none was asked about.
async fn paper(visitor: &Visitor, printed: &Printed) -> Result<Option<Paper>, Failure> {
    if printed.entry.is_empty() && printed.leaf.is_empty() {
        return Ok(None);
    }
    let digits = |text: &str| text.replace([' ', ',', '\u{a0}', '\u{202f}'], "");
    let entry: Option<u64> = digits(&printed.entry).parse().ok();
    let leaf = Hash::from_hex(&digits(&printed.leaf).to_ascii_lowercase());
    let (Some(entry), Some(leaf)) = (entry, leaf) else {
        return Ok(Some(Paper::Unreadable));
    };
    Ok(Some(match ledger::leaf(visitor.app(), entry).await? {
        None => Paper::Absent { entry },
        Some(held) if held == leaf => Paper::Same { entry },
        Some(_) => Paper::Other { entry },
    }))
}
