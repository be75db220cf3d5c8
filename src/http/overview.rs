//! `/`

use axum::http::StatusCode;
use leptos::prelude::*;

use super::choices::boards;
use super::visitor::{Answer, SignedIn};
use crate::app::notices::NoticeState;
use crate::app::{activity, notices, requests};
use crate::ui::overview::{Overview, OverviewPage};
use crate::ui::shell::Section;

/// `GET /`
pub async fn show(who: SignedIn) -> Answer {
    let (app, subject) = (who.app(), who.subject());
    let week = activity::week(app, subject).await?;
    let cards = notices::notices(app, subject).await?;
    let waits = cards
        .into_iter()
        .filter(|card| card.state != NoticeState::Replaced && card.acknowledged_at.is_none());
    let overview = Overview {
        boards: boards(&who).await?,
        monday: week.from,
        quarantined: week.quarantined,
        last: week.last.map(|row| row.record),
        to_read: waits.map(|card| card.published).collect(),
        requests: requests::requests(app, subject).await?,
        once: who.form(),
    };
    let calendar = who.calendar();
    let body = move || view! { <OverviewPage overview calendar /> }.into_any();
    who.page(Section::Overview, StatusCode::OK, "Overview", body)
        .await
}
