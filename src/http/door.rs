//! `/sign-in`, `/sign-out`, `/invitations/{token}`: the way in and out.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::input::{Asked, At, Client, Posted, local};
use super::visitor::{Answer, SignedIn, Visitor};
use crate::app::accounts;
use crate::app::error::{Conflict, Error};
use crate::domain::id::FormId;
use crate::domain::invalid::Invalid;
use crate::ui::door::{Invitation, SignIn};
use crate::ui::shell::{Flash, Section};

/// Where to go on after signing in.
#[derive(Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// The form on the way in.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
    next: Option<String>,
    once: FormId,
}

/// The form behind an invitation link.
#[derive(Deserialize)]
pub struct AcceptForm {
    password: String,
    once: FormId,
}

/// `GET /sign-in?next=`
pub async fn show(visitor: Visitor, Asked(Next { next }): Asked<Next>) -> Answer {
    let next = next.as_deref().and_then(local).map(str::to_owned);
    if visitor.account.is_some() {
        return Ok(Redirect::to(next.as_deref().unwrap_or("/")).into_response());
    }
    sign_in_page(visitor, String::new(), next, Vec::new(), StatusCode::OK).await
}

/// `POST /sign-in`
pub async fn sign_in(
    visitor: Visitor,
    Client(client): Client,
    Posted(form): Posted<SignInForm>,
) -> Answer {
    let next = form.next.as_deref().and_then(local).map(str::to_owned);
    let subject = accounts::sign_in(
        visitor.app(),
        &form.email,
        &form.password,
        &client,
        form.once,
    )
    .await;
    let (error, status) = match subject {
        Ok(subject) => {
            visitor.become_subject(subject).await?;
            return Ok(Redirect::to(next.as_deref().unwrap_or("/")).into_response());
        }
        Err(Error::Denied) => (
            "This address and this password do not fit together. Check both, and whether capitals are on.",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        Err(Error::Conflict(Conflict::Busy)) => (
            "Too many attempts. Wait half a minute, then try again.",
            StatusCode::TOO_MANY_REQUESTS,
        ),
        Err(error) => return Err(error.into()),
    };
    sign_in_page(
        visitor,
        form.email,
        next,
        vec![Invalid::new("email", error)],
        status,
    )
    .await
}

/// `POST /sign-out`. The body says nothing, but one that is too large is refused like everywhere.
pub async fn sign_out(who: SignedIn, _body: Bytes) -> Answer {
    who.end_session().await?;
    Ok(Redirect::to("/sign-in").into_response())
}

/// `GET /invitations/{token}`
pub async fn invitation(visitor: Visitor, At(token): At<String>) -> Answer {
    invitation_page(visitor, token, Vec::new(), StatusCode::OK).await
}

/// `POST /invitations/{token}`: sets the password and signs in.
pub async fn accept(
    visitor: Visitor,
    At(token): At<String>,
    Posted(form): Posted<AcceptForm>,
) -> Answer {
    match accounts::accept_invitation(visitor.app(), &token, &form.password, form.once).await {
        Ok(subject) => {
            visitor.become_subject(subject).await?;
            let text =
                "Your password is set, and you are signed in. The link does not open any more."
                    .to_owned();
            visitor.flash(Flash { text, link: None }).await?;
            Ok(Redirect::to("/").into_response())
        }
        Err(Error::Invalid(errors)) => {
            invitation_page(visitor, token, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign_in_page(
    visitor: Visitor,
    email: String,
    next: Option<String>,
    errors: Vec<Invalid>,
    status: StatusCode,
) -> Answer {
    let once = visitor.form();
    let body = move || view! { <SignIn email next errors once /> }.into_any();
    visitor
        .page(Section::Nowhere, status, "Sign in", body)
        .await
}

async fn invitation_page(
    visitor: Visitor,
    token: String,
    errors: Vec<Invalid>,
    status: StatusCode,
) -> Answer {
    let accounts::Invitation {
        name,
        email,
        expires_at,
    } = accounts::invitation(visitor.app(), &token).await?;
    let (once, calendar) = (visitor.form(), visitor.calendar());
    let action = format!("/invitations/{token}");
    let body = move || {
        view! { <Invitation name email expires_at action errors once calendar /> }.into_any()
    };
    visitor
        .page(Section::Nowhere, status, "Your password", body)
        .await
}
