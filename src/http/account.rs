//! `/account`: one's own account.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::choices::Marked;
use super::input::Posted;
use super::visitor::{Answer, SignedIn};
use crate::app::error::{Conflict, Error};
use crate::app::{accounts, sessions};
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;
use crate::ui::account::{Account, Session};
use crate::ui::shell::{Flash, Section};

/// The form that changes the password.
#[derive(Deserialize)]
pub struct PasswordForm {
    current: String,
    password: String,
    once: FormId,
}

/// `GET /account`
pub async fn show(who: SignedIn) -> Answer {
    page(who, Vec::new(), StatusCode::OK).await
}

/// `POST /account/password`: ends all other sessions.
pub async fn change_password(who: SignedIn, Posted(form): Posted<PasswordForm>) -> Answer {
    let changed = accounts::change_password(
        who.app(),
        who.subject(),
        &form.current,
        &form.password,
        form.once,
    )
    .await;
    match changed {
        Ok(()) => {
            who.renew_session().await?;
            let text = "Your password is changed. You are signed out everywhere else.".to_owned();
            who.flash(Flash { text, link: None }).await?;
            Ok(Redirect::to("/account").into_response())
        }
        Err(Error::Invalid(errors)) => page(who, errors, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(Error::Conflict(Conflict::Busy)) => {
            let error = Invalid::new(
                "current",
                "Too many attempts. Wait half a minute, then try again.",
            );
            page(who, vec![error], StatusCode::TOO_MANY_REQUESTS).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/sign-out-everywhere`
pub async fn sign_out_everywhere(who: SignedIn, Posted(form): Posted<Marked>) -> Answer {
    sessions::end_all(who.app(), who.subject(), form.once).await?;
    who.end_session().await?;
    Ok(Redirect::to("/sign-in").into_response())
}

async fn page(who: SignedIn, errors: Vec<Invalid>, status: StatusCode) -> Answer {
    let sessions = sessions::sessions(who.app(), who.subject()).await?;
    let sessions: Vec<Session> = sessions
        .into_iter()
        .map(|session| Session {
            created_at: session.created_at,
            seen_at: session.seen_at,
            expires_at: session.expires_at,
        })
        .collect();
    let (employee, roles) = (who.account.employee.clone(), who.account.roles.clone());
    let (once, calendar) = ([who.form(), who.form()], who.calendar());
    let body =
        move || view! { <Account employee roles sessions errors once calendar /> }.into_any();
    who.page(Section::Account, status, "Account", body).await
}
