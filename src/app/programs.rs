//! Programmes: what is declared.

use super::App;
use super::error::Error;
use crate::domain::id::ProgramId;
use crate::domain::program::{Declaration, Program};
use crate::domain::standing::MaterialChange;

/// Every programme, by name.
///
/// # Errors
/// When the database fails.
pub async fn programs(app: &App) -> Result<Vec<Program>, Error> {
    Ok(app.store.programs().await?)
}

/// Declares a programme, or replaces the declaration of a known one.
///
/// # Errors
/// `Invalid` when the declaration does not hold together.
pub async fn declare(app: &App, declaration: &Declaration) -> Result<(), Error> {
    declaration.check()?;
    Ok(app.store.declare(declaration, app.now()).await?)
}

/// One programme.
pub(super) async fn program(app: &App, id: &ProgramId) -> Result<Option<Program>, Error> {
    Ok(app
        .store
        .programs()
        .await?
        .into_iter()
        .find(|program| &program.declaration.id == id))
}

/// The material versions of a programme's notice.
pub(super) async fn material(app: &App, program: &Program) -> Result<Vec<MaterialChange>, Error> {
    let notices = app.store.notices().await?;
    let own = notices
        .iter()
        .map(|published| &published.version)
        .filter(|version| version.notice == program.declaration.notice && version.material);
    Ok(own
        .map(|version| MaterialChange {
            version: version.version,
            effective_at: version.effective_at,
        })
        .collect())
}
