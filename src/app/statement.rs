//! How a verb says something for good: a person's statement linked to their chain, and a write handed to the ledger's writer.

use super::App;
use super::error::{Conflict, Error};
use crate::domain::id::{FormId, SubjectId};
use crate::ledger::payload::Statement;
use crate::ledger::prepared::{Draft, Link, Prepared};
use crate::store::write::{Change, Committed, Refusal, Write};

impl App {
    /// A person's own statement, linked to the end of their chain and ready for the log.
    pub(super) fn prepare(
        &self,
        link: Option<&Link>,
        subject: SubjectId,
        statement: Statement,
    ) -> Result<Prepared, Error> {
        let draft = Draft {
            subject,
            at: self.now(),
            actor: "employee",
            statement,
        };
        Prepared::new(link, draft, self.random())
            .map_err(|error| Error::Internal(error.to_string()))
    }

    pub(super) async fn write(
        &self,
        once: Option<FormId>,
        changes: Vec<Change>,
    ) -> Result<Result<Committed, Refusal>, Error> {
        self.running()?;
        self.writer
            .write(Write {
                once,
                at: self.now(),
                changes,
            })
            .await
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Replayed => Conflict::Replayed.into(),
            Refusal::Stale => Conflict::Busy.into(),
            Refusal::VersionTaken => Conflict::VersionTaken.into(),
            Refusal::AlreadyAnswered | Refusal::AlreadySo => Conflict::AlreadyAnswered.into(),
            Refusal::NotFound => Self::NotFound,
        }
    }
}
