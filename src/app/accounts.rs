//! Accounts: signing in, invitations, passwords, roles.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use super::App;
use super::error::Error;
use crate::domain::account::{NewPassword, Role};
use crate::domain::employee::{Email, Employee, ExternalId};
use crate::domain::id::{FormId, SubjectId};
use crate::domain::invalid::Invalid;
use crate::store::write::Change;

/// Who acts: a person and the hats they wear.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub employee: Employee,
    /// Roles on top of being an employee.
    pub roles: Vec<Role>,
}

/// An invitation that can still be accepted.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Whom it greets.
    pub name: String,
    /// The sign-in name that will count.
    pub email: Email,
    /// Until when it opens.
    pub expires_at: DateTime<Utc>,
}

/// The live account of a person; `None` when gone or disabled.
///
/// # Errors
/// When the database fails.
pub async fn account(app: &App, subject: &SubjectId) -> Result<Option<Account>, Error> {
    let Some(row) = app
        .store
        .account(subject)
        .await?
        .filter(|row| !row.disabled)
    else {
        return Ok(None);
    };
    Ok(app.store.employee(subject).await?.map(|employee| Account {
        employee,
        roles: row.roles,
    }))
}

/// Signs in. `client` is the caller's network address, for the limit on guessing.
///
/// # Errors
/// `Denied` for an unknown address, a wrong password, a disabled or never opened account: all alike, in words and in
/// time. `Busy` after too many attempts, `Replayed` when the form was already used.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: &str,
    client: &str,
    once: FormId,
) -> Result<SubjectId, Error> {
    // One account, however its address is spelled.
    let email = email.parse::<Email>().ok();
    app.passwords
        .allow(client, email.as_ref().map_or("", Email::as_str))?;
    let employee = match &email {
        Some(email) => app.store.employee_by_email(email).await?,
        None => None,
    };
    let row = match &employee {
        Some(employee) => app.store.account(&employee.subject).await?,
        None => None,
    };
    let hash = row
        .filter(|row| !row.disabled)
        .and_then(|row| row.password_hash);
    let fits = app.passwords.verify(password, hash).await?;
    let employee = employee.filter(|_| fits).ok_or(Error::Denied)?;
    app.write(Some(once), vec![]).await??;
    Ok(employee.subject)
}

/// The invitation behind a link.
///
/// # Errors
/// `NotFound` when unknown, used or expired.
pub async fn invitation(app: &App, token: &str) -> Result<Invitation, Error> {
    let (subject, expires_at) = open_invitation(app, token).await?;
    let employee = app.store.employee(&subject).await?.ok_or(Error::NotFound)?;
    Ok(Invitation {
        name: employee.name,
        email: employee.email,
        expires_at,
    })
}

/// Sets the first (or a new) password through a link, which is then spent.
///
/// # Errors
/// `NotFound` when the link does not open, `Invalid` when the password is too weak.
pub async fn accept_invitation(
    app: &App,
    token: &str,
    password: &str,
    once: FormId,
) -> Result<SubjectId, Error> {
    let (subject, _) = open_invitation(app, token).await?;
    let hash = app.passwords.hash(password.parse()?, app.random()).await?;
    let change = Change::Password {
        subject,
        hash,
        invitation: Some(token_sha256(token)),
    };
    app.write(Some(once), vec![change]).await??;
    Ok(subject)
}

/// Changes the password and ends every session of the account.
///
/// # Errors
/// `Invalid` on `current` when it is wrong, on `password` when the new one is too weak.
pub async fn change_password(
    app: &App,
    subject: &SubjectId,
    current: &str,
    new: &str,
    once: FormId,
) -> Result<(), Error> {
    app.passwords
        .allow("change-password", &subject.to_string())?;
    let new: NewPassword = new.parse()?;
    let hash = app
        .store
        .account(subject)
        .await?
        .and_then(|row| row.password_hash);
    if !app.passwords.verify(current, hash).await? {
        return Err(Invalid::new(
            "current",
            "This is not your present password. Type it again.",
        )
        .into());
    }
    let hash = app.passwords.hash(new, app.random()).await?;
    app.write(
        Some(once),
        vec![Change::Password {
            subject: *subject,
            hash,
            invitation: None,
        }],
    )
    .await??;
    Ok(())
}

/// Makes a one-time link for somebody; an earlier unused one stops working. With `reset`, the present password and
/// all sessions end at once. Returns the token that belongs into the link.
///
/// # Errors
/// `NotFound` when nobody has that external id.
pub async fn invite(app: &App, id: &ExternalId, reset: bool) -> Result<String, Error> {
    let employee = app
        .store
        .employee_by_external_id(id)
        .await?
        .ok_or(Error::NotFound)?;
    let token: String = app
        .random::<32>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let expires_at = app.now() + TimeDelta::days(app.settings.holds.invitation_days.into());
    app.store
        .invite(&employee.subject, token_sha256(&token), expires_at, reset)
        .await?;
    Ok(token)
}

/// Gives or takes away a role.
///
/// # Errors
/// `NotFound` when nobody has that external id.
pub async fn set_role(app: &App, id: &ExternalId, role: Role, held: bool) -> Result<(), Error> {
    let employee = app
        .store
        .employee_by_external_id(id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(app
        .store
        .set_role(&employee.subject, role, held, app.now())
        .await?)
}

/// Disables or enables an account. Choices hold either way.
///
/// # Errors
/// `NotFound` when nobody has that external id.
pub async fn set_disabled(app: &App, id: &ExternalId, disabled: bool) -> Result<(), Error> {
    let employee = app
        .store
        .employee_by_external_id(id)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(app.store.set_disabled(&employee.subject, disabled).await?)
}

async fn open_invitation(app: &App, token: &str) -> Result<(SubjectId, DateTime<Utc>), Error> {
    let row = app.store.invitation(token_sha256(token)).await?;
    let row = row
        .filter(|row| !row.spent && row.expires_at > app.now())
        .ok_or(Error::NotFound)?;
    let account = app
        .store
        .account(&row.subject)
        .await?
        .filter(|account| !account.disabled);
    account
        .map(|_| (row.subject, row.expires_at))
        .ok_or(Error::NotFound)
}

fn token_sha256(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
