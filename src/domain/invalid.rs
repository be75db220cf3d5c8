//! What is wrong with an input, in words that say how to mend it.

/// An input that breaks a rule. `field` names the input as forms and JSON do, `message` says what to do
/// and never repeats the input itself (it may be somebody's data).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Invalid {
    /// Name of the field in the form, JSON object or CSV column.
    pub field: &'static str,
    /// A sentence that says what to do.
    pub message: String,
}

impl Invalid {
    /// An error about `field`.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}
