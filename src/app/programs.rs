//! Programmes: what is declared.

use super::App;
use super::error::Error;
use crate::domain::program::{Declaration, Program};

/// Every programme, by name.
///
/// # Errors
/// When the database fails.
pub async fn programs(app: &App) -> Result<Vec<Program>, Error> {
    let catalogue = app.catalogue().await?;
    let programs = catalogue.programs.iter();
    Ok(programs.map(|declared| declared.program.clone()).collect())
}

/// Declares a programme, or replaces the declaration of a known one.
///
/// # Errors
/// `Invalid` when the declaration does not hold together.
pub async fn declare(app: &App, declaration: &Declaration) -> Result<(), Error> {
    declaration.check()?;
    app.store.declare(declaration, app.now()).await?;
    app.noticed().await
}
