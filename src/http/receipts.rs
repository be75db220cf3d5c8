//! `/receipts`: everything said and asked, each with its proof.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::failure::Failure;
use super::input::{At, Home};
use super::visitor::{Answer, SignedIn};
use crate::app::receipts::{self, ReceiptCard};
use crate::app::{chain, choices, programs};
use crate::domain::choice::ChoiceEvent;
use crate::ledger::checkpoint::{Checkpoint, Level, Witnessed};
use crate::ledger::note::Note;
use crate::ledger::payload::Statement;
use crate::ledger::receipt::Receipt as File;
use crate::ui::format::number;
use crate::ui::receipt::{Receipt, ReceiptPage};
use crate::ui::receipts::{Chain, Line, Receipts};
use crate::ui::shell::Section;

/// How a receipt's file ends.
const SUFFIX: &str = ".tlog-proof";

/// `GET /receipts`
pub async fn list(who: SignedIn) -> Answer {
    let all = chain::receipts(who.app(), who.subject()).await?;
    let whole = chain::check(&all).map(|whole| whole.receipts);
    let chain = Chain {
        whole: whole.map_err(|broken| broken.to_string()),
        keys: all.keys.iter().map(ToString::to_string).collect(),
    };
    // Newest first.
    let lines: Vec<Line> = all
        .receipts
        .iter()
        .rev()
        .map(|(card, _)| line(card))
        .collect();
    let programs = programs::programs(who.app()).await?;
    let calendar = who.calendar();
    let body = move || view! { <Receipts lines chain programs calendar /> }.into_any();
    who.page(Section::Receipts, StatusCode::OK, "Receipts", body)
        .await
}

/// `GET /receipts/all.tlog-proofs`: every receipt, oldest first, one file after the other.
pub async fn all(who: SignedIn) -> Answer {
    let all = chain::receipts(who.app(), who.subject()).await?;
    let files: String = all.receipts.into_iter().map(|(_, file)| file).collect();
    Ok(attachment("receipts.tlog-proofs", files))
}

/// `GET /receipts/{entry}`, and with `.tlog-proof` behind it the file: the router's addresses cannot end in a suffix.
pub async fn show(who: SignedIn, Home(home): Home, At(entry): At<String>) -> Answer {
    let (entry, wants_file) = entry
        .strip_suffix(SUFFIX)
        .map_or((entry.as_str(), false), |entry| (entry, true));
    let entry: u64 = entry.parse().map_err(|_| Failure::NotFound)?;
    let (card, file) = receipts::receipt(who.app(), who.subject(), entry).await?;
    if wants_file {
        return Ok(attachment(&format!("receipt-{entry}{SUFFIX}"), file));
    }
    let (head, index, sealed) = opened(&file)?;
    let history = choices::history(who.app(), who.subject()).await?;
    let receipt = Receipt {
        line: line(&card),
        leaf: card.leaf,
        index,
        sealed,
        file,
        keys: receipts::keys(who.app(), &card).await?,
        witnesses: match &card.level {
            Level::Logged => Vec::new(),
            Level::Witnessed { by } => by.iter().filter_map(signed).collect(),
        },
        home,
        origin: head.origin,
        size: head.size,
        root: head.root,
        before: before(&card, &history),
        programs: programs::programs(who.app()).await?,
        house: who.app().settings().house.name.clone(),
    };
    let calendar = who.calendar();
    let body = move || view! { <ReceiptPage receipt calendar /> }.into_any();
    let title = format!("Receipt {}", number(entry));
    who.page(Section::Receipts, StatusCode::OK, title, body)
        .await
}

/// A cosignature, for people.
fn signed(witness: &Witnessed) -> Option<(String, DateTime<Utc>)> {
    let seconds = i64::try_from(witness.time).ok()?;
    Some((witness.name.clone(), DateTime::from_timestamp(seconds, 0)?))
}

/// A file to keep.
fn attachment(name: &str, text: String) -> Response {
    let kind = "text/plain; charset=utf-8".to_owned();
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, text).into_response()
}

fn line(card: &ReceiptCard) -> Line {
    Line {
        entry: card.entry,
        at: card.at,
        payload: card.payload.clone(),
    }
}

/// The head that a file proves against, the index in it, and the statement, word for word.
fn opened(file: &str) -> Result<(Checkpoint, u64, String), Failure> {
    let receipt = File::parse(file).map_err(|error| Failure::internal(&error))?;
    let note = Note::parse(&receipt.checkpoint).map_err(|error| Failure::internal(&error))?;
    let head = Checkpoint::parse(note.text()).map_err(|error| Failure::internal(&error))?;
    let sealed = receipt
        .opening
        .map(|opening| opening.payload)
        .unwrap_or_default();
    let sealed = String::from_utf8_lossy(&sealed).into_owned();
    Ok((head, receipt.index, sealed))
}

/// What was said about the same thing before.
fn before(card: &ReceiptCard, history: &[ChoiceEvent]) -> Option<ChoiceEvent> {
    let Statement::Choice(choice) = &card.payload.statement else {
        return None;
    };
    let same = |event: &&ChoiceEvent| {
        event.program == choice.program
            && event.category == choice.category
            && event.entry < card.entry
    };
    history
        .iter()
        .filter(same)
        .max_by_key(|event| event.entry)
        .cloned()
}
