//! Erasing what one person said: the openings of their ledger entries, their key, and the rows that tell what they
//! mean. Their entries stay in the log, where they say nothing any more. See `docs/design/erasure.md`.

use super::App;
use super::error::Error;
use crate::domain::employee::{Employee, ExternalId};
use crate::store::erasure::{Erased, Holdings};

/// Who it is, and what an erasure would take.
///
/// # Errors
/// `NotFound` when nobody has that number.
pub async fn holdings(app: &App, id: &ExternalId) -> Result<(Employee, Holdings), Error> {
    let employee = app.store.employee_by_external_id(id).await?;
    let employee = employee.ok_or(Error::NotFound)?;
    let holdings = app.store.holdings(&employee.subject).await?;
    Ok((employee, holdings))
}

/// Erases a person's statements. `true` beside it when no file beside the database holds a copy either; else
/// [`settle`] has to be tried again.
///
/// # Errors
/// `NotFound` when nobody has that number.
pub async fn erase(app: &App, id: &ExternalId) -> Result<(Erased, bool), Error> {
    let (employee, _) = holdings(app, id).await?;
    let erased = app
        .store
        .erase(&employee.subject, &app.keys.signer, app.now())
        .await?;
    app.noticed().await?;
    Ok((erased, settle(app).await?))
}

/// Leaves no copy of deleted rows beside the database; `false` when a reader still uses one.
///
/// # Errors
/// When the database fails.
pub async fn settle(app: &App) -> Result<bool, Error> {
    Ok(app.store.settle().await?)
}
