//! The contract for attributes of employees: what is known beyond the directory, for conditions of choices to compare.
//! Those of a programme's categories are part of its declaration.

use async_trait::async_trait;

use super::error::Error;
use crate::domain::attribute::Attributes;
use crate::domain::employee::ExternalId;
use crate::domain::id::SubjectId;
use crate::domain::property::Literal;

/// Attributes of employees.
#[async_trait]
pub trait EmployeeAttributes {
    /// Sets an attribute, or takes it away.
    async fn set_attribute(
        &self,
        subject: &SubjectId,
        name: &str,
        value: Option<&Literal>,
    ) -> Result<(), Error>;
    /// One person's.
    async fn attributes(&self, subject: &SubjectId) -> Result<Attributes, Error>;
    /// Everybody's, who has any, by the name that agents know.
    async fn all_attributes(&self) -> Result<Vec<(ExternalId, Attributes)>, Error>;
}
