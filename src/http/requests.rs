//! `/requests`: ask for deletion, and follow what becomes of it.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::failure::Failure;
use super::input::{Asked, At, Posted};
use super::visitor::{Answer, SignedIn};
use crate::app::error::Error;
use crate::app::requests::{self, Ask};
use crate::app::{programs, receipts};
use crate::domain::id::{FormId, RequestId};
use crate::domain::invalid::Invalid;
use crate::domain::request::due_at;
use crate::ledger::payload::Statement;
use crate::ui::request::RequestPage;
use crate::ui::requests::{Asked as Shown, NewRequest, Requests};
use crate::ui::shell::{Flash, Section};

/// What is asked for, as it stands in an address.
#[derive(Deserialize, Default)]
pub struct Asking {
    #[serde(default)]
    program: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// What is asked for, as it is posted.
#[derive(Deserialize)]
pub struct RequestForm {
    program: String,
    category: String,
    from: String,
    to: String,
    once: FormId,
}

/// `GET /requests`
pub async fn list(who: SignedIn) -> Answer {
    let requests = requests::requests(who.app(), who.subject()).await?;
    let programs = programs::programs(who.app()).await?;
    let calendar = who.calendar();
    let body = move || view! { <Requests requests programs calendar /> }.into_any();
    who.page(Section::Requests, StatusCode::OK, "My requests", body)
        .await
}

/// `GET /requests/new`: what to delete, and how many records that is.
pub async fn new(who: SignedIn, Asked(asking): Asked<Asking>) -> Answer {
    let (ask, errors) = parse(&asking);
    ask_page(who, asking, ask, errors).await
}

/// `POST /requests`
pub async fn create(who: SignedIn, Posted(form): Posted<RequestForm>) -> Answer {
    let RequestForm {
        program,
        category,
        from,
        to,
        once,
    } = form;
    let asking = Asking {
        program,
        category,
        from,
        to,
    };
    let (ask, errors) = parse(&asking);
    if !errors.is_empty() {
        return ask_page(who, asking, ask, errors).await;
    }
    let request = match requests::file(who.app(), who.subject(), &ask, Some(once)).await {
        Ok(request) => request,
        Err(Error::Invalid(errors)) => return ask_page(who, asking, ask, errors).await,
        Err(error) => return Err(error.into()),
    };
    let stores = request.tasks.len();
    let text = match stores {
        0 => "Your request is on record. No store keeps any of it.".to_owned(),
        1 => "Your request is on record. The store was asked.".to_owned(),
        stores => format!("Your request is on record. {stores} stores were asked."),
    };
    who.flash(Flash { text, link: None }).await?;
    Ok(Redirect::to(&format!("/requests/{}", request.id)).into_response())
}

/// `GET /requests/{id}`
pub async fn show(who: SignedIn, At(id): At<RequestId>) -> Answer {
    let request = requests::request(who.app(), who.subject(), &id).await?;
    let programs = programs::programs(who.app()).await?;
    let about = |statement: &Statement| match statement {
        Statement::Request(request) => request.request == id,
        Statement::Completion(completion) => completion.request == id,
        Statement::Choice(_) => false,
    };
    let cards = receipts::receipts(who.app(), who.subject()).await?;
    let entries = cards
        .into_iter()
        .rev()
        .filter(|card| about(&card.payload.statement));
    let receipts: Vec<u64> = entries.map(|card| card.entry).collect();
    let calendar = who.calendar();
    let body = move || view! { <RequestPage request programs receipts calendar /> }.into_any();
    who.page(Section::Requests, StatusCode::OK, "Request", body)
        .await
}

async fn ask_page(who: SignedIn, asking: Asking, ask: Ask, mut errors: Vec<Invalid>) -> Answer {
    let covers = match requests::preview(who.app(), who.subject(), &ask).await {
        Ok(covers) => Some(covers).filter(|_| errors.is_empty()),
        Err(Error::Invalid(problems)) => {
            errors.extend(problems);
            None
        }
        Err(error) => return Err(Failure::from(error)),
    };
    let mut known: Vec<Invalid> = Vec::new();
    for error in errors {
        if !known.contains(&error) {
            known.push(error);
        }
    }
    let programs = programs::programs(who.app()).await?;
    let status = if known.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let (once, due) = (who.form(), who.calendar().date(due_at(who.app().now())));
    let Asking {
        program,
        category,
        from,
        to,
    } = asking;
    let asked = Shown {
        program,
        category,
        from,
        to,
    };
    let body =
        move || view! { <NewRequest asked programs covers errors=known once due /> }.into_any();
    who.page(Section::Requests, status, "Ask for deletion", body)
        .await
}

fn parse(asking: &Asking) -> (Ask, Vec<Invalid>) {
    let mut errors = Vec::new();
    let mut day = |name: &'static str, text: &str| {
        let parsed = (!text.is_empty()).then(|| text.parse());
        parsed.transpose().unwrap_or_else(|_| {
            errors.push(Invalid::new(
                name,
                "Give the day as year-month-day, for example 2026-11-18.",
            ));
            None
        })
    };
    let (from, to) = (day("from", &asking.from), day("to", &asking.to));
    let program = (!asking.program.is_empty())
        .then(|| asking.program.parse())
        .transpose();
    let category = (!asking.category.is_empty())
        .then(|| asking.category.parse())
        .transpose();
    let ask = Ask {
        program: program.unwrap_or_else(|_| {
            errors.push(Invalid::new(
                "program",
                "Choose one of the programmes, or all of them.",
            ));
            None
        }),
        category: category.unwrap_or_else(|_| {
            errors.push(Invalid::new(
                "category",
                "Choose one of the kinds of data, or all of them.",
            ));
            None
        }),
        from,
        to,
    };
    (ask, errors)
}
