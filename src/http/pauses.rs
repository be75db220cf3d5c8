//! `/manage/programs`: stop a programme for everybody, and see how far the stop has come.

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;

use super::confirmations::{SEQ, spread};
use super::failure::Failure;
use super::input::{At, Posted};
use super::visitor::{Answer, SignedIn, Stopper};
use crate::app::pauses::{self, Paused};
use crate::app::{ledger, programs};
use crate::domain::id::{FormId, ProgramId};
use crate::domain::invalid::Invalid;
use crate::domain::program::{Program, ProgramStatus};
use crate::domain::stop::StopReason;
use crate::ui::format;
use crate::ui::pauses::{Pause, PauseForm, PauseList, PausePage};
use crate::ui::shell::{Flash, Section};

/// A posted pause.
#[derive(Deserialize)]
pub struct PausePost {
    reason: String,
    once: FormId,
}

/// `GET /manage/programs`
pub async fn list(Stopper(who, _): Stopper) -> Answer {
    let mut listed = Vec::new();
    for program in programs::programs(who.app()).await? {
        let pause = pauses::of(who.app(), &program).await?;
        listed.push((program, pause.map(|pause| pause.note)));
    }
    let calendar = who.calendar();
    let body = move || view! { <PauseList programs=listed calendar /> }.into_any();
    let title = "Programmes and pauses";
    who.page(Section::DeskPrograms, StatusCode::OK, title, body)
        .await
}

/// `GET /manage/programs/{program}/pause`: how to pause, or how far the pause has come.
pub async fn show(Stopper(who, _): Stopper, At(id): At<ProgramId>) -> Answer {
    let program = pauses::one(who.app(), &id).await?;
    if let Some(pause) = pause_of(&who, &program).await? {
        let (calendar, title) = (who.calendar(), paused_title(&program));
        let body = move || view! { <PausePage program pause calendar /> }.into_any();
        return who
            .page(Section::DeskPrograms, StatusCode::OK, title, body)
            .await;
    }
    let latest = program.statuses.last().map(|change| change.status);
    if latest != Some(ProgramStatus::Active) {
        return Err(Failure::NotFound);
    }
    let once = who.form();
    asked(
        who,
        program,
        (String::new(), Vec::new()),
        once,
        StatusCode::OK,
    )
    .await
}

/// `POST /manage/programs/{program}/pause`: one click and a reason. Pausing again says that it is so. The answer carries
/// the pause's position in `Sayso-Seq`.
pub async fn pause(
    Stopper(who, role): Stopper,
    At(id): At<ProgramId>,
    Posted(form): Posted<PausePost>,
) -> Answer {
    let program = pauses::one(who.app(), &id).await?;
    let reason = match form.reason.parse::<StopReason>() {
        Ok(reason) => reason,
        Err(error) => {
            let again = (form.reason, vec![error]);
            return asked(
                who,
                program,
                again,
                form.once,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await;
        }
    };
    let name = program.declaration.name;
    let paused = pauses::pause(who.app(), &id, role, &reason, form.once).await?;
    let text = match paused {
        Paused::Now { entry, .. } => {
            format!("{name} is paused, ledger entry {}.", format::number(entry))
        }
        Paused::Already => format!("{name} already was paused. Nothing was written."),
    };
    who.flash(Flash { text, link: None }).await?;
    let mut answer: Response =
        Redirect::to(&format!("/manage/programs/{id}/pause")).into_response();
    if let Paused::Now { seq, .. } = paused {
        answer.headers_mut().insert(SEQ, HeaderValue::from(seq));
    }
    Ok(answer)
}

/// A programme's pause as its page shows it; `None` if it is not paused.
pub async fn pause_of(who: &SignedIn, program: &Program) -> Result<Option<Pause>, Failure> {
    let Some(pause) = pauses::of(who.app(), program).await? else {
        return Ok(None);
    };
    let confirmations = pauses::spread(who.app(), &pause).await?;
    let index = ledger::index(who.app(), pause.entry).await?;
    Ok(Some(Pause {
        document: index.map_or_else(
            || "/ledger".to_owned(),
            |index| format!("/ledger/documents/{index}"),
        ),
        spread: spread(confirmations),
        entry: pause.entry,
        note: pause.note,
    }))
}

fn paused_title(program: &Program) -> String {
    format!("Paused: {}", program.declaration.name)
}

async fn asked(
    who: SignedIn,
    program: Program,
    (reason, errors): (String, Vec<Invalid>),
    once: FormId,
    status: StatusCode,
) -> Answer {
    let title = format!("Pause {}", program.declaration.name);
    let body = move || view! { <PauseForm program reason errors once /> }.into_any();
    who.page(Section::DeskPrograms, status, title, body).await
}
