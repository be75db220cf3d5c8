//! `/notices`: read, check, acknowledge.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::choices::Marked;
use super::failure::Failure;
use super::input::{Asked, At, Posted};
use super::visitor::{Answer, SignedIn};
use crate::app::board::{self, ChoiceRow};
use crate::app::notices::{self, NoticeCard, NoticeState};
use crate::domain::id::NoticeId;
use crate::ui::format::inner;
use crate::ui::notice::{Notice, NoticePage};
use crate::ui::notices::{Card, Notices, Standing};
use crate::ui::shell::{Flash, Section};

/// Which language to show.
#[derive(Deserialize)]
pub struct Reading {
    lang: Option<String>,
}

/// `GET /notices`
pub async fn list(who: SignedIn) -> Answer {
    let cards = notices::notices(who.app(), who.subject()).await?;
    let cards: Vec<Card> = cards.into_iter().map(card).collect();
    let (locale, calendar) = (who.account.employee.locale, who.calendar());
    let body = move || view! { <Notices cards locale calendar /> }.into_any();
    who.page(Section::Notices, StatusCode::OK, "Notices", body)
        .await
}

/// `GET /notices/{notice}/{version}?lang=`
pub async fn show(
    who: SignedIn,
    At((notice, version)): At<(NoticeId, u32)>,
    Asked(reading): Asked<Reading>,
) -> Answer {
    let found = notices::notice(who.app(), who.subject(), &notice, version).await?;
    let versions = notices::versions(who.app(), &notice).await?;
    let before = versions
        .iter()
        .map(|published| &published.version)
        .filter(|other| other.version < version);
    let before = before
        .max_by_key(|other| other.version)
        .map(|other| (other.version, other.effective_at));
    let boards = board::board(who.app(), who.subject()).await?;
    let concerned = || {
        boards
            .iter()
            .filter(|board| board.program.declaration.notice == notice)
    };
    let is_next = |upcoming: Option<u32>| upcoming == Some(version);
    let ends = |row: &&ChoiceRow| {
        row.standing.permits() && row.standing_then.is_some_and(|then| !then.permits())
    };
    let ending = concerned()
        .filter(|board| {
            is_next(
                board
                    .upcoming
                    .as_ref()
                    .map(|upcoming| upcoming.version.version),
            )
        })
        .flat_map(|board| &board.rows)
        .filter(ends)
        .map(|row| inner(&row.category.name));
    let page = Notice {
        locale: reading
            .lang
            .and_then(|lang| lang.parse().ok())
            .unwrap_or(who.account.employee.locale),
        ending: ending.collect(),
        before,
        agreement: concerned().find_map(|board| board.program.declaration.agreement_ref.clone()),
        once: who.form(),
        card: card(found),
    };
    let calendar = who.calendar();
    let title = format!("Notice {notice}, version {version}");
    let body = move || view! { <NoticePage notice=page calendar /> }.into_any();
    who.page(Section::Notices, StatusCode::OK, title, body)
        .await
}

/// `GET /notices/{notice}/{version}/document.json`: the bytes whose SHA-256 stands in the ledger.
pub async fn document(who: SignedIn, At((notice, version)): At<(NoticeId, u32)>) -> Answer {
    let document = notices::document(who.app(), &notice, version).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

/// `POST /notices/{notice}/{version}/acknowledgement`: "I have read this". Never a yes.
pub async fn acknowledge(
    who: SignedIn,
    At((notice, version)): At<(NoticeId, u32)>,
    Posted(form): Posted<Marked>,
) -> Answer {
    notices::acknowledge(who.app(), who.subject(), &notice, version, form.once).await?;
    let text = format!("Noted: you have read version {version}. None of your choices was changed.");
    who.flash(Flash { text, link: None }).await?;
    Ok(Redirect::to("/notices").into_response())
}

fn card(card: NoticeCard) -> Card {
    Card {
        published: card.published,
        program: card.program,
        read_at: card.acknowledged_at,
        standing: match card.state {
            NoticeState::Upcoming => Standing::Upcoming,
            NoticeState::InForce => Standing::InForce,
            NoticeState::Replaced => Standing::Replaced,
        },
    }
}

/// The version of a notice that counts now.
pub async fn counting(app: &crate::app::App, notice: &NoticeId) -> Result<Option<u32>, Failure> {
    let versions = notices::versions(app, notice).await?;
    let current = crate::domain::notice::in_force(&versions, app.now());
    Ok(current.map(|published| published.version.version))
}
