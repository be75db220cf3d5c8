//! A choice in the formats of others: gathered here, written by `domain::dpv` and `domain::kantara`.

use super::App;
use super::error::Error;
use super::receipts;
use crate::domain::attribute::Attributes;
use crate::domain::consent::{Consent, Controller, Ledger, Said, ShownNotice};
use crate::domain::country::Country;
use crate::domain::id::SubjectId;
use crate::domain::invalid::Invalid;
use crate::domain::program::{Declaration, ProgramCategory};
use crate::domain::{dpv, kantara, vocabulary};
use crate::ledger::payload::{ChoiceStatement, Statement};
use crate::ledger::receipt::Receipt;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A consent record: ISO/IEC TS 27560 in DPV.
    ConsentRecord,
    /// A consent receipt with the record in it.
    ConsentReceipt,
    /// Kantara Consent Receipt 1.1.
    Kantara,
}

/// One of a person's choices in a format.
///
/// # Errors
/// `NotFound` when there is no such choice, or it is somebody else's; `Invalid` when something is missing that the
/// format demands: each problem says what, and who has to say it.
pub async fn export(
    app: &App,
    subject: &SubjectId,
    entry: u64,
    format: Format,
) -> Result<String, Error> {
    let consent = gather(app, subject, entry).await?;
    match format {
        Format::ConsentRecord => json(&dpv::record(&consent)),
        Format::ConsentReceipt => json(&dpv::receipt(&consent)),
        Format::Kantara => {
            if !consent.said.state.permits() {
                return Err(unsaid(
                    "This format is for a yes only, and this choice is a no. The consent record says so in its own words.",
                ));
            }
            let receipt = kantara::receipt(&consent);
            json(&receipt.ok_or_else(|| {
                unsaid("Your company has not yet said under which telephone number it is reached.")
            })?)
        }
    }
}

/// Our own terms for what the company declares.
///
/// # Errors
/// `Invalid` when the portal does not know its own address.
pub async fn terms(app: &App) -> Result<String, Error> {
    let programs = super::programs::programs(app).await?;
    let declarations: Vec<&Declaration> = programs
        .iter()
        .map(|program| &program.declaration)
        .collect();
    let url = app
        .settings()
        .url
        .as_deref()
        .ok_or_else(|| unsaid(NO_URL))?;
    json(&vocabulary::vocabulary(url, &declarations))
}

const NO_URL: &str = "Your company has not yet said under which address this portal is reached.";

async fn gather(app: &App, subject: &SubjectId, entry: u64) -> Result<Consent, Error> {
    let (card, file) = receipts::receipt(app, subject, entry).await?;
    let Statement::Choice(choice) = &card.payload.statement else {
        return Err(Error::NotFound);
    };
    let catalogue = app.catalogue().await?;
    let declared = catalogue.program(&choice.program);
    let program = declared.ok_or(Error::NotFound)?.program.declaration.clone();
    let notice = shown(app, choice).await?;
    let house = &app.settings().house;
    let said = Said {
        state: choice.decision,
        at: card.payload.at,
        position: entry,
    };
    let (Some(url), Some(address), Some(email), Some(jurisdiction), Some(notice), true, true) = (
        &app.settings().url,
        &house.address,
        &house.privacy_email,
        &house.jurisdiction,
        notice,
        !program.disclosure.storage_locations.is_empty(),
        house.authority.is_some() || !house.jurisdiction.as_ref().is_some_and(Country::has_gdpr),
    ) else {
        return Err(Error::Invalid(missing(app, &program, choice)));
    };
    let receipt = Receipt::parse(&file).map_err(|error| Error::Internal(error.to_string()))?;
    let head = app.store.head_at(entry).await?.ok_or(Error::NotFound)?;
    Ok(Consent {
        url: url.trim_end_matches('/').to_owned(),
        written_at: app.now(),
        subject: subject.to_string(),
        category: category(&program, choice),
        controller: Controller {
            name: program.controller.clone(),
            address: address.clone(),
            email: email.clone(),
            phone: house.phone.clone(),
        },
        jurisdiction: jurisdiction.clone(),
        authority: house.authority.clone(),
        notice,
        earlier: earlier(app, subject, choice, entry).await?,
        said,
        ledger: Ledger {
            origin: head.origin.clone(),
            position: entry,
            index: receipt.index,
            leaf: card.leaf.to_hex(),
            seq: card.payload.seq,
            checkpoint: receipt.checkpoint,
            vkey: app.log_key(&head.origin)?.to_string(),
        },
        program,
    })
}

/// The version that was shown, as it was published.
async fn shown(app: &App, choice: &ChoiceStatement) -> Result<Option<ShownNotice>, Error> {
    let (Some(notice), Some(version)) = (&choice.notice, choice.notice_version) else {
        return Ok(None);
    };
    let published = app.store.notices().await?.into_iter().find(|published| {
        &published.version.notice == notice && published.version.version == version
    });
    Ok(published.map(|published| ShownNotice {
        notice: notice.clone(),
        version,
        issued: published.version.published_at,
        sha256: crate::ledger::hash::Hash(published.sha256).to_hex(),
        language: choice.language,
    }))
}

async fn earlier(
    app: &App,
    subject: &SubjectId,
    choice: &ChoiceStatement,
    entry: u64,
) -> Result<Vec<Said>, Error> {
    let history = app.store.choices(subject, Some(&choice.program)).await?;
    let same = history
        .into_iter()
        .filter(|event| event.category == choice.category && event.entry < entry);
    Ok(same
        .map(|event| Said {
            state: event.state,
            at: event.at,
            position: event.entry,
        })
        .collect())
}

/// The declared kind of data; one that is not declared any more has only its name.
fn category(program: &Declaration, choice: &ChoiceStatement) -> ProgramCategory {
    let declared = program.category(&choice.category).cloned();
    declared.unwrap_or_else(|| ProgramCategory {
        id: choice.category.clone(),
        name: choice.category.to_string(),
        what: "No longer declared.".into(),
        attributes: Attributes::new(),
    })
}

/// Everything that has not been said yet, one sentence each.
fn missing(app: &App, program: &Declaration, choice: &ChoiceStatement) -> Vec<Invalid> {
    let house = &app.settings().house;
    let gdpr = house.jurisdiction.as_ref().is_some_and(Country::has_gdpr);
    let sentences = [
        (app.settings().url.is_none(), NO_URL),
        (
            house.address.is_none(),
            "Your company has not yet said its postal address.",
        ),
        (
            house.privacy_email.is_none(),
            "Your company has not yet said its privacy office's e-mail address.",
        ),
        (
            house.jurisdiction.is_none(),
            "Your company has not yet said which country's law applies.",
        ),
        (
            gdpr && house.authority.is_none(),
            "Your company has not yet said which data protection authority is in charge.",
        ),
        (
            program.disclosure.storage_locations.is_empty(),
            "Your company has not yet said in which countries this programme's records are stored.",
        ),
        (
            choice.notice.is_none(),
            "This choice was made before the programme had a notice, and these formats demand one.",
        ),
    ];
    let unsaid = sentences.into_iter().filter(|(missing, _)| *missing);
    unsaid
        .map(|(_, sentence)| Invalid::new("export", sentence))
        .collect()
}

fn unsaid(sentence: &'static str) -> Error {
    Invalid::new("export", sentence).into()
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string_pretty(value).map_err(|error| Error::Internal(error.to_string()))
}
