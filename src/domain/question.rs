//! A question of an agent: may I collect this category for this programme about this employee, in this case? The agent
//! itself is known from its key and is no part of it.

use super::property::Given;

/// One question in the caller's words, borrowed from the call. What does not parse as one of our names is unknown here
/// and gets the answer of the unknown.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// External id of the employee.
    pub employee: &'a str,
    /// The programme.
    pub program: &'a str,
    /// The category.
    pub category: &'a str,
    /// The app in which would be captured.
    pub app: Option<&'a str>,
    /// What the caller says beyond that. It can only narrow the answer.
    pub given: Given<'a>,
    /// A position of the ledger that the answer must not be older than.
    pub min_seq: Option<u64>,
}

impl<'a> Question<'a> {
    /// With nothing said beyond the names.
    pub const fn about(employee: &'a str, program: &'a str, category: &'a str) -> Self {
        Self {
            employee,
            program,
            category,
            app: None,
            given: Given::NOTHING,
            min_seq: None,
        }
    }
}
