//! The contract for choices. Recording one is a ledger write (`ledger::Change::Choice`).

use async_trait::async_trait;

use super::error::Error;
use crate::domain::choice::ChoiceEvent;
use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId, SubjectId};

/// Choices, as events.
#[async_trait]
pub trait Choices {
    /// The latest choice about one programme and category.
    async fn latest_choice(
        &self,
        subject: &SubjectId,
        program: &ProgramId,
        category: &CategoryId,
    ) -> Result<Option<ChoiceEvent>, Error>;
    /// A person's whole history, or that about one programme, oldest first.
    async fn choices(
        &self,
        subject: &SubjectId,
        program: Option<&ProgramId>,
    ) -> Result<Vec<ChoiceEvent>, Error>;
    /// Who ever said yes about one programme and category, at most `limit` of those after `after`, in the order of the
    /// names that agents know. Whether the yes still holds is another question.
    async fn choosers(
        &self,
        program: &ProgramId,
        category: &CategoryId,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<ExternalId>, Error>;
}
