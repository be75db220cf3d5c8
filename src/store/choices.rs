//! The contract for choices. Recording one is a ledger write (`ledger::Change::Choice`).

use async_trait::async_trait;

use super::error::Error;
use crate::domain::choice::ChoiceEvent;
use crate::domain::id::{ProgramId, SubjectId};

/// Choices, as events.
#[async_trait]
pub trait Choices {
    /// A person's whole history, or that about one programme, oldest first.
    async fn choices(
        &self,
        subject: &SubjectId,
        program: Option<&ProgramId>,
    ) -> Result<Vec<ChoiceEvent>, Error>;
}
