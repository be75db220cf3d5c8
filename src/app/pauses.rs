//! Pauses: a programme is stopped for everybody, at once, by the privacy officer or the employees' representative.
//!
//! A pause touches no choice. What it takes to go on is not here yet.

use super::App;
use super::acks::{self, Confirmations, Stop};
use super::error::Error;
use crate::domain::account::Role;
use crate::domain::id::{FormId, ProgramId};
use crate::domain::invalid::Invalid;
use crate::domain::program::{Program, ProgramStatus};
use crate::domain::stop::{StatusNote, StopReason};
use crate::store::write::{Change, Refusal};

/// What came of pausing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paused {
    /// It is paused now.
    Now {
        /// Position of the public entry.
        entry: u64,
        /// Everything before this position is in: a check that asks for it cannot see an older state.
        seq: u64,
    },
    /// It was paused already, and nothing was written.
    Already,
}

/// Why a programme stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Position of the public entry.
    pub entry: u64,
    /// What it says.
    pub note: StatusNote,
}

impl Pause {
    /// As something that collectors have to stop for.
    pub fn stop(&self) -> Stop {
        Stop {
            seq: self.entry + 1,
            at: self.note.at,
            program: self.note.program.clone(),
            category: None,
            unit: None,
        }
    }
}

/// Stops a programme for everybody.
///
/// # Errors
/// `NotFound` when it is not declared; `Invalid` when it has ended; `Replayed` when the form was already sent.
pub async fn pause(
    app: &App,
    program: &ProgramId,
    by: Role,
    reason: &StopReason,
    once: FormId,
) -> Result<Paused, Error> {
    let change = Change::Status {
        program: program.clone(),
        status: ProgramStatus::Paused,
        by,
        reason: reason.as_str().to_owned(),
    };
    match app.write(Some(once), vec![change]).await? {
        Ok(committed) => Ok(Paused::Now {
            entry: committed.entries.first().copied().unwrap_or_default(),
            seq: committed.log.seq(),
        }),
        Err(Refusal::AlreadySo) => match one(app, program).await?.status_now(app.now()) {
            Some(change) if change.status == ProgramStatus::Ended => {
                let message = "It has ended, so there is nothing to pause.";
                Err(Invalid::new("program", message).into())
            }
            _ => Ok(Paused::Already),
        },
        Err(refusal) => Err(refusal.into()),
    }
}

/// One programme.
///
/// # Errors
/// `NotFound` when it is not declared.
pub async fn one(app: &App, program: &ProgramId) -> Result<Program, Error> {
    let catalogue = app.catalogue().await?;
    let declared = catalogue.program(program).ok_or(Error::NotFound)?;
    Ok(declared.program.clone())
}

/// Why a programme stands still; `None` if it does not.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &App, program: &Program) -> Result<Option<Pause>, Error> {
    // Not by the clock: the latest status counts even if another server's clock is ahead.
    let paused = program
        .statuses
        .last()
        .is_some_and(|change| change.status == ProgramStatus::Paused);
    if !paused {
        return Ok(None);
    }
    let notes = app.store.status_notes(&program.declaration.id).await?;
    let latest = notes.into_iter().next();
    Ok(latest.map(|(entry, note)| Pause { entry, note }))
}

/// Who has stopped for a pause.
///
/// # Errors
/// When the database fails.
pub async fn spread(app: &App, pause: &Pause) -> Result<Confirmations, Error> {
    acks::confirmations(app, pause.stop()).await
}
