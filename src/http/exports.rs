//! A choice in the formats of others, as files for the person whose choice it is; and the words that they use.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::failure::Failure;
use super::input::At;
use super::visitor::{Answer, SignedIn};
use crate::app::App;
use crate::app::error::Error;
use crate::app::exports::{self, Format};

const JSON_LD: &str = "application/ld+json";

/// `GET /receipts/{entry}/consent-record.jsonld`
pub async fn consent_record(who: SignedIn, At(entry): At<u64>) -> Answer {
    file(&who, entry, Format::ConsentRecord).await
}

/// `GET /receipts/{entry}/consent-receipt.jsonld`
pub async fn consent_receipt(who: SignedIn, At(entry): At<u64>) -> Answer {
    file(&who, entry, Format::ConsentReceipt).await
}

/// `GET /receipts/{entry}/kantara-1.1.json`
pub async fn kantara(who: SignedIn, At(entry): At<u64>) -> Answer {
    file(&who, entry, Format::Kantara).await
}

/// `GET /ns`: our own terms, with a broader one of DPV for each.
pub async fn terms(State(app): State<App>) -> Response {
    match exports::terms(&app).await {
        Ok(terms) => {
            let headers = [
                (header::CONTENT_TYPE, JSON_LD),
                (header::CACHE_CONTROL, "public, max-age=300"),
            ];
            (headers, terms).into_response()
        }
        Err(Error::Invalid(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "terms");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn file(who: &SignedIn, entry: u64, format: Format) -> Answer {
    let (kind, name) = match format {
        Format::ConsentRecord => (JSON_LD, format!("consent-record-{entry}.jsonld")),
        Format::ConsentReceipt => (JSON_LD, format!("consent-receipt-{entry}.jsonld")),
        Format::Kantara => ("application/json", format!("kantara-1.1-{entry}.json")),
    };
    let body = match exports::export(who.app(), who.subject(), entry, format).await {
        Err(Error::Invalid(unsaid)) => {
            let sentences = unsaid.into_iter().map(|unsaid| unsaid.message).collect();
            return Err(Failure::Unsaid(sentences));
        }
        body => body?,
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}
