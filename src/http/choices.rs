//! `/choices`: see, say yes or no, everything off.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::confirmations::{SEQ, spread};
use super::failure::Failure;
use super::input::{At, Posted, Wanted, text};
use super::page::piece;
use super::visitor::{Answer, SignedIn};
use crate::app::board::{self, ChoiceRow, ProgramChoices};
use crate::app::choices::{self, Choosing, Chosen};
use crate::app::error::{Conflict, Error};
use crate::app::fresh::Fresh;
use crate::app::programs;
use crate::domain::choice::{self, ChoiceEvent};
use crate::domain::employee::Locale;
use crate::domain::id::{CategoryId, FormId, ProgramId};
use crate::domain::program::Program;
use crate::ui::board::{Board, Said, all_done, choice, done};
use crate::ui::choices::{AllOff, Choices, History};
use crate::ui::marks::Mark;
use crate::ui::row::{Line, Renewal, Switch, Toast};
use crate::ui::shell::{Flash, Section};
use crate::ui::standing::Row;

/// A posted choice.
#[derive(Deserialize)]
pub struct ChoiceForm {
    #[serde(deserialize_with = "text")]
    choice: choice::Answer,
    notice_version: u32,
    language: Locale,
    once: FormId,
}

/// A form of nothing but its mark.
#[derive(Deserialize)]
pub struct Marked {
    pub once: FormId,
}

/// `GET /choices`
pub async fn list(who: SignedIn) -> Answer {
    let boards = boards(&who).await?;
    let history = history(&who, &programs_of(&boards)).await?;
    let (locale, calendar, once) = (who.account.employee.locale, who.calendar(), who.form());
    let body = move || view! { <Choices boards history locale calendar once /> }.into_any();
    who.page(Section::Choices, StatusCode::OK, "My choices", body)
        .await
}

/// `POST /choices/{program}/{category}`: a yes or a no. A browser goes back to the page, an island gets the pieces that
/// changed, and whoever asks for plain text gets the receipt (204 when it already was so and nothing was written). Each of
/// them carries the position after the choice in `Sayso-Seq`.
pub async fn choose(
    who: SignedIn,
    At((program, category)): At<(ProgramId, CategoryId)>,
    wanted: Wanted,
    Posted(form): Posted<ChoiceForm>,
) -> Answer {
    let ChoiceForm {
        choice: answer,
        notice_version,
        language,
        once,
    } = form;
    let choosing = Choosing {
        program,
        category,
        answer,
        notice_version,
        language,
        conditions: None,
    };
    let chosen = match choices::choose(who.app(), who.subject(), &choosing, Some(once)).await {
        Ok(chosen) => chosen,
        Err(Error::Conflict(Conflict::NoticeOutdated { in_force })) => {
            return Err(outdated(&who, &choosing.program, in_force).await?);
        }
        Err(error) => return Err(error.into()),
    };
    let seq = chosen.fresh.as_ref().map(|fresh| fresh.log.seq());
    let answer = shown(&who, &choosing, chosen, wanted).await;
    answer.map(|answer| positioned(answer, seq))
}

/// An answer with the position of what was written.
fn positioned(mut answer: Response, seq: Option<u64>) -> Response {
    if let Some(seq) = seq {
        answer.headers_mut().insert(SEQ, HeaderValue::from(seq));
    }
    answer
}

async fn shown(who: &SignedIn, choosing: &Choosing, chosen: Chosen, wanted: Wanted) -> Answer {
    if wanted == Wanted::Receipt {
        return match chosen.fresh {
            Some(fresh) => made(fresh),
            None => Ok(StatusCode::NO_CONTENT.into_response()),
        };
    }
    let boards = boards(who).await?;
    let name = names(&programs_of(&boards), &choosing.program, &choosing.category).1;
    let flash = done(&name, chosen.event.as_ref());
    if wanted == Wanted::Pieces {
        return answered(who, choosing, boards, flash).await;
    }
    who.flash(flash).await?;
    Ok(Redirect::to("/choices").into_response())
}

/// The receipt of a choice, and where it stands.
fn made(fresh: Fresh) -> Answer {
    let place = format!("/receipts/{}", fresh.entry);
    let kind = "text/plain; charset=utf-8".to_owned();
    let headers = [(header::LOCATION, place), (header::CONTENT_TYPE, kind)];
    Ok((StatusCode::CREATED, headers, fresh.receipt()?).into_response())
}

/// `POST /choices/off`: everything off.
pub async fn all_off(who: SignedIn, Posted(form): Posted<Marked>) -> Answer {
    let events = choices::all_off(who.app(), who.subject(), form.once).await?;
    who.flash(all_done(events.len())).await?;
    Ok(Redirect::to("/choices").into_response())
}

/// Every programme with the person's rows, each with fresh form marks.
pub async fn boards(who: &SignedIn) -> Result<Vec<Board>, Failure> {
    let row = |row: ChoiceRow| Row {
        category: row.category,
        standing: row.standing,
        standing_then: row.standing_then,
        latest: row.latest,
        records_this_week: row.records_this_week,
        settled_by: row.settled_by,
        spread: row.spread.map(spread),
    };
    let board = |choices: ProgramChoices| Board {
        program: choices.program,
        in_force: choices.in_force,
        upcoming: choices.upcoming,
        pause: choices.pause.map(|pause| pause.note),
        rows: choices
            .rows
            .into_iter()
            .map(|of| (row(of), [who.form(), who.form()]))
            .collect(),
    };
    let boards = board::board(who.app(), who.subject()).await?;
    Ok(boards.into_iter().map(board).collect())
}

/// Names of a programme and a category; their ids where they are not declared any more.
pub fn names(programs: &[Program], program: &ProgramId, category: &CategoryId) -> (String, String) {
    let declared = programs
        .iter()
        .map(|program| &program.declaration)
        .find(|declared| &declared.id == program);
    let named = declared.and_then(|declared| declared.category(category));
    (
        declared.map_or_else(|| program.to_string(), |declared| declared.name.clone()),
        named.map_or_else(|| category.to_string(), |named| named.name.clone()),
    )
}

fn programs_of(boards: &[Board]) -> Vec<Program> {
    boards.iter().map(|board| board.program.clone()).collect()
}

async fn history(who: &SignedIn, programs: &[Program]) -> Result<Vec<Said>, Failure> {
    let said = |event: ChoiceEvent| {
        let (program, category) = names(programs, &event.program, &event.category);
        Said {
            event,
            category,
            program,
        }
    };
    let events = choices::history(who.app(), who.subject()).await?;
    Ok(events.into_iter().map(said).collect())
}

/// The pieces that an island puts into the page: element id and markup, for the row and every other place that the
/// choice changes.
async fn answered(who: &SignedIn, choosing: &Choosing, boards: Vec<Board>, flash: Flash) -> Answer {
    let calendar = who.calendar();
    let (program, category) = (&choosing.program, &choosing.category);
    let board = boards
        .iter()
        .find(|board| &board.program.declaration.id == program)
        .ok_or(Failure::NotFound)?;
    let (row, once) = board
        .rows
        .iter()
        .find(|(row, _)| &row.category.id == category)
        .ok_or(Failure::NotFound)?;
    let history = history(who, &programs_of(&boards)).await?;
    let choice = choice(board, row, once[0], who.account.employee.locale, calendar);
    let locale = who.account.employee.locale;
    let (line, any, off) = (
        choice.clone(),
        boards.iter().any(Board::any_yes),
        who.form(),
    );
    let replace = [
        (
            format!("t-{program}-{category}"),
            piece(|| view! { <Line choice=line /> }.into_any()),
        ),
        (
            format!("w-{program}-{category}"),
            piece(|| view! { <Switch choice /> }.into_any()),
        ),
        (
            format!("s-{program}"),
            piece(|| board.status(calendar).into_any()),
        ),
        (
            format!("r-{program}-{category}"),
            piece(|| {
                view! { <Renewal row=row.clone() once=once[1] board=board.clone() locale calendar /> }.into_any()
            }),
        ),
        (
            "history".to_owned(),
            piece(|| view! { <History history calendar /> }.into_any()),
        ),
        (
            "all-off".to_owned(),
            piece(|| view! { <AllOff any once=off /> }.into_any()),
        ),
        (
            "toast".to_owned(),
            piece(|| view! { <Toast flash drawn=Mark::Check /> }.into_any()),
        ),
    ];
    Ok(Json(json!({ "replace": replace })).into_response())
}

async fn outdated(who: &SignedIn, program: &ProgramId, in_force: u32) -> Result<Failure, Failure> {
    let programs = programs::programs(who.app()).await?;
    let declared = programs
        .iter()
        .find(|declared| &declared.declaration.id == program);
    Ok(match declared {
        Some(declared) if in_force > 0 => Failure::NoticeOutdated(format!(
            "/notices/{}/{in_force}",
            declared.declaration.notice
        )),
        _ => Failure::Invalid(vec![
            "Its notice is not in force, so it cannot be turned on.".to_owned(),
        ]),
    })
}
