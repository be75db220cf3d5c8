//! `/programs`: what is declared. Readable without signing in.

use axum::http::StatusCode;
use leptos::prelude::*;

use super::notices::counting;
use super::visitor::{Answer, Visitor};
use crate::app::{pauses, programs};
use crate::ui::programs::Programs;
use crate::ui::shell::Section;

/// `GET /programs`
pub async fn list(visitor: Visitor) -> Answer {
    let app = visitor.app();
    let mut declared = Vec::new();
    for program in programs::programs(app).await? {
        let notice = counting(app, &program.declaration.notice).await?;
        let pause = pauses::of(app, &program).await?;
        declared.push((program, notice, pause.map(|pause| pause.note)));
    }
    let house = app.settings().house.name.clone();
    let (signed_in, calendar) = (visitor.account.is_some(), visitor.calendar());
    let body = move || view! { <Programs programs=declared signed_in house calendar /> }.into_any();
    visitor
        .page(Section::Programs, StatusCode::OK, "Programmes", body)
        .await
}
