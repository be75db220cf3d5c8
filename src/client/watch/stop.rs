//! What has to stop, and why.

use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::standing::Reason;

/// Something was permitted and no longer is. When a collector hears of it, `guard` says no already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// What: whatever of it was captured and not sent has to go.
    pub scope: Scope,
    /// Why.
    pub reason: Reason,
}

/// How far a stop reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All that this agent captures.
    Everything,
    /// A whole programme.
    Program(ProgramId),
    /// One kind of data of one person.
    Choice {
        /// Whose.
        employee: ExternalId,
        /// For which programme.
        program: ProgramId,
        /// Which kind of data.
        category: CategoryId,
    },
}

impl Scope {
    /// Whether it reaches what was captured of this person.
    pub fn covers(&self, employee: &str, program: &str, category: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Program(stopped) => stopped.as_str() == program,
            Self::Choice {
                employee: whose,
                program: stopped,
                category: kind,
            } => {
                whose.as_str() == employee
                    && stopped.as_str() == program
                    && kind.as_str() == category
            }
        }
    }
}
