//! The contract for choices. Recording one is a ledger write (`ledger::Change::Choice`).

use async_trait::async_trait;

use super::error::Error;
use crate::domain::choice::ChoiceEvent;
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
}
