//! Who has stopped, for an island that keeps a page current: the content of one place, as the page itself would have it.

use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use leptos::prelude::*;

use super::choices::boards;
use super::failure::Failure;
use super::input::At;
use super::page::piece;
use super::pauses::pause_of;
use super::visitor::{Answer, SignedIn, Stopper};
use crate::app::acks::Confirmations;
use crate::app::pauses;
use crate::domain::id::{CategoryId, ProgramId};
use crate::ui::board::choice;
use crate::ui::pauses::Stopped;
use crate::ui::row::Line;
use crate::ui::spread::Spread;

/// In the answer to a write: the position after it. A check that asks for it (`context.min_seq`) sees the write.
pub const SEQ: HeaderName = HeaderName::from_static("sayso-seq");

/// `GET /choices/{program}/{category}/confirmations`: the status line of one of one's own choices.
pub async fn of_choice(
    who: SignedIn,
    At((program, category)): At<(ProgramId, CategoryId)>,
) -> Answer {
    let boards = boards(&who).await?;
    let own = |board: &&crate::ui::board::Board| board.program.declaration.id == program;
    let board = boards.iter().find(own).ok_or(Failure::NotFound)?;
    let mut rows = board.rows.iter();
    let found = rows.find(|(row, _)| row.category.id == category);
    let (row, once) = found.ok_or(Failure::NotFound)?;
    let locale = who.account.employee.locale;
    let choice = choice(board, row, once[0], locale, who.calendar());
    Ok(place(piece(|| view! { <Line choice /> }.into_any())))
}

/// `GET /manage/programs/{program}/pause/confirmations`: how far a pause has come.
pub async fn of_pause(Stopper(who, _): Stopper, At(id): At<ProgramId>) -> Answer {
    let program = pauses::one(who.app(), &id).await?;
    let pause = pause_of(&who, &program).await?;
    let pause = pause.ok_or(Failure::NotFound)?;
    let (program, calendar) = (format!("/manage/programs/{id}/pause"), who.calendar());
    Ok(place(piece(|| {
        view! { <Stopped program pause calendar /> }.into_any()
    })))
}

/// Who has stopped, as pages show it.
pub fn spread(confirmations: Confirmations) -> Spread {
    let waiting = confirmations.waiting.into_iter();
    Spread {
        confirmed: confirmations
            .confirmed
            .iter()
            .map(|(_, after)| *after)
            .collect(),
        waiting: waiting
            .map(|agent| (agent.name.to_string(), agent.runs_on))
            .collect(),
        leases_end: confirmations.leases_end,
    }
}

/// As text: opened by itself it is no page.
fn place(content: String) -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        content,
    )
        .into_response()
}
