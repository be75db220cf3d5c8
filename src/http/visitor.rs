//! Who is asking: authority as extractors, in the signature and never in the body.
//!
//! `SignedIn` is any employee, `Publisher` wears HR's hat, `Stopper` may pause a programme. Another role's pages get another extractor here and another
//! audience in `routes`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use leptos::prelude::AnyView;
use tower_sessions::Session;

use super::failure::Failure;
use super::page::page;
use super::state::AppState;
use crate::app::App;
use crate::app::accounts::{self, Account};
use crate::app::error::Error;
use crate::app::notices::{self, NoticeState};
use crate::app::sessions::SUBJECT;
use crate::domain::account::Role;
use crate::domain::id::{FormId, SubjectId};
use crate::ui::format::Calendar;
use crate::ui::shell::{Flash, Section, Viewer};

/// What a handler answers.
pub type Answer = Result<Response, Failure>;

/// Under this key a session holds the answer to the last act.
const FLASH: &str = "flash";
/// Under this key a session holds when it was last renewed, in Unix seconds.
const RENEWED: &str = "renewed";
/// A session in use is renewed after that many seconds: not at every click, a write each.
const RENEW_AFTER: i64 = 600;

/// Anybody, signed in or not.
pub struct Visitor {
    /// Their account.
    pub account: Option<Account>,
    /// Their session, empty until something is kept in it.
    pub session: Session,
    state: AppState,
}

/// An employee who is signed in.
pub struct SignedIn {
    /// Their account.
    pub account: Account,
    session: Session,
    state: AppState,
}

/// An employee who may publish notices.
pub struct Publisher(pub SignedIn);

/// An employee who may stop a programme for everybody, and the role by which.
pub struct Stopper(pub SignedIn, pub Role);

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let session = parts.extensions.get::<Session>().cloned();
        let session = session.ok_or_else(|| Failure::internal(&"no session layer"))?;
        let account = account(state, &session).await?;
        if account.is_some() {
            renew(state, &session).await?;
        }
        Ok(Self {
            account,
            session,
            state: state.clone(),
        })
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let Visitor {
            account,
            session,
            state,
        } = Visitor::from_request_parts(parts, state).await?;
        match account {
            Some(account) => Ok(Self {
                account,
                session,
                state,
            }),
            None if matches!(parts.method, Method::GET | Method::HEAD) => {
                let local = parts
                    .uri
                    .path_and_query()
                    .map_or("/", |local| local.as_str());
                Err(Failure::SignIn(local.to_owned()))
            }
            None => Err(Failure::SignedOut),
        }
    }
}

impl FromRequestParts<AppState> for Publisher {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let who = SignedIn::from_request_parts(parts, state).await?;
        if who.account.roles.contains(&Role::Publisher) {
            Ok(Self(who))
        } else {
            Err(Failure::Denied)
        }
    }
}

impl FromRequestParts<AppState> for Stopper {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let who = SignedIn::from_request_parts(parts, state).await?;
        let role = stopping_role(&who.account).ok_or(Failure::Denied)?;
        Ok(Self(who, role))
    }
}

/// The role by which somebody may stop a programme.
fn stopping_role(account: &Account) -> Option<Role> {
    let roles = [Role::PrivacyOfficer, Role::Representative];
    roles.into_iter().find(|role| account.roles.contains(role))
}

/// The live account behind a session.
pub async fn account(state: &AppState, session: &Session) -> Result<Option<Account>, Failure> {
    let subject: Option<String> = session.get(SUBJECT).await?;
    let Some(subject) = subject.and_then(|subject| subject.parse::<SubjectId>().ok()) else {
        return Ok(None);
    };
    Ok(accounts::account(state.app(), &subject).await?)
}

/// What the masthead says about somebody.
pub async fn viewer(state: &AppState, account: &Account) -> Result<Viewer, Error> {
    let cards = notices::notices(state.app(), &account.employee.subject).await?;
    let waits = cards
        .iter()
        .filter(|card| card.state != NoticeState::Replaced && card.acknowledged_at.is_none());
    Ok(Viewer {
        name: account.employee.name.clone(),
        publisher: account.roles.contains(&Role::Publisher),
        stops: stopping_role(account),
        to_read: waits.count(),
    })
}

async fn renew(state: &AppState, session: &Session) -> Result<(), Failure> {
    let now = state.app().now().timestamp();
    let renewed: i64 = session.get(RENEWED).await?.unwrap_or_default();
    if now - renewed > RENEW_AFTER {
        session.insert(RENEWED, now).await?;
    }
    Ok(())
}

impl Visitor {
    /// The application.
    pub fn app(&self) -> &App {
        self.state.app()
    }

    /// How times are shown.
    pub fn calendar(&self) -> Calendar {
        self.state.calendar()
    }

    /// A fresh mark for one rendering of a form.
    pub fn form(&self) -> FormId {
        self.state.form()
    }

    /// From now on this session is `subject`'s, under a new id.
    pub async fn become_subject(&self, subject: SubjectId) -> Result<(), Failure> {
        self.session.clear().await;
        self.session.cycle_id().await?;
        self.session.insert(SUBJECT, subject.to_string()).await?;
        Ok(self
            .session
            .insert(RENEWED, self.app().now().timestamp())
            .await?)
    }

    /// Keeps the answer to this act for the next page.
    pub async fn flash(&self, flash: Flash) -> Result<(), Failure> {
        Ok(self.session.insert(FLASH, flash).await?)
    }

    /// A page.
    pub async fn page(
        &self,
        section: Section,
        status: StatusCode,
        title: impl Into<String>,
        body: impl FnOnce() -> AnyView + Send + 'static,
    ) -> Answer {
        let viewer = match &self.account {
            Some(account) => Some(viewer(&self.state, account).await?),
            None => None,
        };
        let flash = self.session.remove(FLASH).await?;
        let frame = self.state.frame(section, viewer, flash).await;
        Ok(page(frame, status, title, body).await)
    }
}

impl SignedIn {
    /// The application.
    pub fn app(&self) -> &App {
        self.state.app()
    }

    /// Who it is.
    pub const fn subject(&self) -> &SubjectId {
        &self.account.employee.subject
    }

    /// How times are shown.
    pub fn calendar(&self) -> Calendar {
        self.state.calendar()
    }

    /// A fresh mark for one rendering of a form.
    pub fn form(&self) -> FormId {
        self.state.form()
    }

    /// Gives this session a new id, after a password change has ended all others.
    pub async fn renew_session(&self) -> Result<(), Failure> {
        Ok(self.session.cycle_id().await?)
    }

    /// Ends this session.
    pub async fn end_session(&self) -> Result<(), Failure> {
        Ok(self.session.flush().await?)
    }

    /// Keeps the answer to this act for the next page.
    pub async fn flash(&self, flash: Flash) -> Result<(), Failure> {
        Ok(self.session.insert(FLASH, flash).await?)
    }

    /// A page.
    pub async fn page(
        &self,
        section: Section,
        status: StatusCode,
        title: impl Into<String>,
        body: impl FnOnce() -> AnyView + Send + 'static,
    ) -> Answer {
        let viewer = viewer(&self.state, &self.account).await?;
        let flash = self.session.remove(FLASH).await?;
        let frame = self.state.frame(section, Some(viewer), flash).await;
        Ok(page(frame, status, title, body).await)
    }
}
