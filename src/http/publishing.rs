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
use crate::domain::id::{FormId, NoticeId};
use crate::domain::invalid::Invalid;
use crate::ui::manage::{Preview, Published, Shelf, Write, Written};
use crate::ui::shell::{Flash, Section};
use crate::ui::standing::receipt;

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
    let entry = receipt(published.entry)
        .1
        .replace("Receipt", "ledger entry");
    let text = format!(
        "Version {number} of {} is published: {entry}.",
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
    let mut options: Vec<(String, String)> = Vec::new();
    for program in programs {
        let notice = program.declaration.notice.to_string();
        if !options.iter().any(|(known, _)| *known == notice) {
            options.push((notice, program.declaration.name));
        }
    }
    let body = move || view! { <Write written notices=options errors once /> }.into_any();
    who.page(
        Section::DeskWriting,
        status,
        "Write a notice, HR desk",
        body,
    )
    .await
}

/// The notices that programmes name, each with its versions.
async fn shelves(who: &SignedIn) -> Result<Vec<Shelf>, Failure> {
    let mut shelves: Vec<Shelf> = Vec::new();
    for program in programs::programs(who.app()).await? {
        let notice: NoticeId = program.declaration.notice.clone();
        if shelves.iter().all(|shelf| shelf.notice != notice) {
            let versions = notices::versions(who.app(), &notice).await?;
            shelves.push(Shelf {
                notice,
                program: Some(program.declaration.name),
                versions,
            });
        }
    }
    Ok(shelves)
}
