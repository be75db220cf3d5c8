//! What a verb can answer instead of doing it. Five kinds, no more.

use crate::domain::invalid::Invalid;
use crate::store::error::Error as StoreError;

/// Why something was not done. Nothing was changed in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks rules; each says what to do.
    #[error("invalid input")]
    Invalid(Vec<Invalid>),
    /// This person or agent may not do that.
    #[error("denied")]
    Denied,
    /// There is no such thing, or it is somebody else's: the two look alike.
    #[error("not found")]
    NotFound,
    /// It collides with what already holds.
    #[error("conflict: {0:?}")]
    Conflict(Conflict),
    /// Our own failure. The cause is for the log, never for a page.
    #[error("internal: {0}")]
    Internal(String),
}

/// With what it collides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// This very form was already sent.
    Replayed,
    /// A newer notice counts; `in_force` is its version.
    NoticeOutdated {
        /// The version that counts now.
        in_force: u32,
    },
    /// Somebody published that version first.
    VersionTaken,
    /// A different final answer already stands.
    AlreadyAnswered,
    /// The name is taken.
    NameTaken,
    /// The key was used with another body.
    KeyReused,
    /// What came with this key before is not yet answered.
    UnderWay,
    /// Too many attempts or too much load; try again in a while.
    Busy,
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(vec![invalid])
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}
