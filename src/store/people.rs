//! The contract for people: the directory, accounts, roles, invitations.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::Error;
use crate::domain::account::Role;
use crate::domain::employee::{Email, Employee, ExternalId};
use crate::domain::id::SubjectId;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// People who were not known before.
    pub added: u64,
    /// People whose row was brought up to date.
    pub updated: u64,
}

/// The part of an account that sign-in needs. No `Debug`: the hash must not reach a log.
#[derive(Clone)]
pub struct AccountRow {
    /// PHC string; `None` until an invitation was accepted.
    pub password_hash: Option<String>,
    /// A disabled account cannot sign in; its choices hold.
    pub disabled: bool,
    /// Hats.
    pub roles: Vec<Role>,
}

/// An invitation as stored: the token itself is not.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    /// Whom it invites.
    pub subject: SubjectId,
    /// Until when it opens.
    pub expires_at: DateTime<Utc>,
    /// Whether it was used.
    pub spent: bool,
}

/// People. Every method is one transaction.
#[async_trait]
pub trait People {
    /// Adds or updates everybody in `people`, all or none. The subject id of somebody already known (by external id)
    /// stays as it is.
    async fn import(&self, people: &[Employee], at: DateTime<Utc>) -> Result<Imported, Error>;
    /// By random id.
    async fn employee(&self, subject: &SubjectId) -> Result<Option<Employee>, Error>;
    /// By sign-in name.
    async fn employee_by_email(&self, email: &Email) -> Result<Option<Employee>, Error>;
    /// By HR number.
    async fn employee_by_external_id(&self, id: &ExternalId) -> Result<Option<Employee>, Error>;
    /// Everybody, by external id. For administration on the machine itself, never for a page.
    async fn employees(&self) -> Result<Vec<Employee>, Error>;
    /// Password, state and roles.
    async fn account(&self, subject: &SubjectId) -> Result<Option<AccountRow>, Error>;
    /// Gives (`true`) or takes away (`false`) a role.
    async fn set_role(
        &self,
        subject: &SubjectId,
        role: Role,
        held: bool,
        at: DateTime<Utc>,
    ) -> Result<(), Error>;
    /// Disables or enables an account; disabling ends its sessions.
    async fn set_disabled(&self, subject: &SubjectId, disabled: bool) -> Result<(), Error>;
    /// Replaces earlier unspent invitations of this person by a new one. Also takes the password away when `reset`.
    async fn invite(
        &self,
        subject: &SubjectId,
        token_sha256: [u8; 32],
        expires_at: DateTime<Utc>,
        reset: bool,
    ) -> Result<(), Error>;
    /// An invitation by the hash of its token.
    async fn invitation(&self, token_sha256: [u8; 32]) -> Result<Option<InvitationRow>, Error>;
}
