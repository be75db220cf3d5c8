//! `/manage/notices`: HR's desk. Write, preview, publish.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::drafts::{DraftForm, check, draft};
use super::failure::Failure;
use super::input::{Asked, Posted};
use super::visitor::{Answer, Publisher, SignedIn};
use crate::app::error::Error;
use crate::app::{notices, programs};
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;
use crate::ui::format;
use crate::ui::published::{Published, Shelf};
use crate::ui::shell::{Flash, Section};
use crate::ui::writing::{Preview, Write, Written};

/// Which notice to write.
#[derive(Deserialize)]
pub struct Writing {
    notice: Option<String>,
}

/// `GET /manage/notices`
pub async fn list(Publisher(who): Publisher) -> Answer {
    let shelves = shelves(&who).await?;
    let calendar = who.calendar();
    let body = move || view! { <Published shelves calendar /> }.into_any();
    who.page(
        Section::DeskNotices,
        StatusCode::OK,
        "Notices, HR desk",
        body,
    )
    .await
}

/// `GET /manage/notices/new?notice=`
pub async fn new(Publisher(who): Publisher, Asked(writing): Asked<Writing>) -> Answer {
    let written = Written {
        notice: writing.notice.unwrap_or_default(),
        // The cautious answer: who skips the question ends choices rather than stretching them.
        material: Some(true),
        ..Written::default()
    };
    let once = who.form();
    write_page(who, written, once, Vec::new(), StatusCode::OK).await
}

/// `POST /manage/notices/new`: back from the preview, with what was written.
pub async fn change(Publisher(who): Publisher, Posted(form): Posted<DraftForm>) -> Answer {
    write_page(who, form.written(), form.once, Vec::new(), StatusCode::OK).await
}

/// `POST /manage/notices/preview`: writes nothing.
pub async fn preview(Publisher(who): Publisher, Posted(form): Posted<DraftForm>) -> Answer {
    let written = form.written();
    let draft = match draft(&written) {
        Ok(draft) => draft,
        Err(errors) => return refuse(who, written, form.once, errors).await,
    };
    let version = match check(who.app(), &draft).await? {
        Ok(version) => version,
        Err(errors) => return refuse(who, written, form.once, errors).await,
    };
    let (calendar, once, effective_on) = (who.calendar(), form.once, draft.effective_on);
    let body = move || view! { <Preview written version effective_on once calendar /> }.into_any();
    who.page(
        Section::DeskWriting,
        StatusCode::OK,
        "Preview, HR desk",
        body,
    )
    .await
}

/// `POST /manage/notices`: publishes.
pub async fn publish(Publisher(who): Publisher, Posted(form): Posted<DraftForm>) -> Answer {
    let written = form.written();
    let draft = match draft(&written) {
        Ok(draft) => draft,
        Err(errors) => return refuse(who, written, form.once, errors).await,
    };
    if let Err(errors) = check(who.app(), &draft).await? {
        return refuse(who, written, form.once, errors).await;
    }
    let published = match notices::publish(who.app(), &draft, Some(form.once)).await {
        Ok(published) => published,
        Err(Error::Invalid(errors)) => return refuse(who, written, form.once, errors).await,
        Err(error) => return Err(error.into()),
    };
    let number = published.version.version;
    let entry = format::number(published.entry);
    let text = format!(
        "Version {number} of {} is published, ledger entry {entry}.",
        draft.notice
    );
    let link = Some((
        format!("/notices/{}/{number}", draft.notice),
        "As employees see it".to_owned(),
    ));
    who.flash(Flash { text, link }).await?;
    Ok(Redirect::to("/manage/notices").into_response())
}

async fn refuse(who: SignedIn, written: Written, once: FormId, errors: Vec<Invalid>) -> Answer {
    write_page(who, written, once, errors, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn write_page(
    who: SignedIn,
    written: Written,
    once: FormId,
    errors: Vec<Invalid>,
    status: StatusCode,
) -> Answer {
    let programs = programs::programs(who.app()).await?;
    let mut known: Vec<String> = programs
        .iter()
        .map(|program| program.declaration.notice.to_string())
        .collect();
    known.sort_unstable();
    known.dedup();
    let body = move || view! { <Write written known errors once /> }.into_any();
    who.page(
        Section::DeskWriting,
        status,
        "Write a notice, HR desk",
        body,
    )
    .await
}

/// Every notice with its versions, those of programmes first.
async fn shelves(who: &SignedIn) -> Result<Vec<Shelf>, Failure> {
    let programs = programs::programs(who.app()).await?;
    let published = notices::notices(who.app(), who.subject()).await?;
    let of_programs = programs.iter().map(|program| &program.declaration.notice);
    let others = published.iter().map(|card| &card.published.version.notice);
    let mut shelves: Vec<Shelf> = Vec::new();
    for notice in of_programs.chain(others) {
        if shelves.iter().all(|shelf| &shelf.notice != notice) {
            let program = programs
                .iter()
                .find(|program| &program.declaration.notice == notice);
            shelves.push(Shelf {
                notice: notice.clone(),
                program: program.map(|program| program.declaration.name.clone()),
                versions: notices::versions(who.app(), notice).await?,
            });
        }
    }
    Ok(shelves)
}
