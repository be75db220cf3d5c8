//! What is declared and published: every programme with its notice, read once and kept until something in it changes.
//!
//! Every decision and every page needs it, and it changes a few times a year. Whether it still holds is asked each time
//! with one small query, so that a notice published by another replica or from the command line counts at once.

use std::sync::{Arc, Mutex, PoisonError};

use super::App;
use super::error::Error;
use crate::domain::id::ProgramId;
use crate::domain::notice::PublishedNotice;
use crate::domain::program::Program;
use crate::domain::standing::MaterialChange;
use crate::store::Store;

/// Everything that is declared and published.
#[derive(Debug)]
pub struct Catalogue {
    /// The revision of the declarations that this is, or an older one than it is.
    pub stamp: i64,
    /// Every programme, by name.
    pub programs: Vec<Declared>,
    /// Every version of every notice, newest publication first.
    pub notices: Vec<PublishedNotice>,
}

/// One programme.
#[derive(Debug)]
pub struct Declared {
    /// The programme.
    pub program: Program,
    /// Every version of its notice, newest publication first.
    pub notices: Vec<PublishedNotice>,
    /// Those that end older choices.
    pub material: Vec<MaterialChange>,
}

/// The catalogue that was read last.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf(Arc<Mutex<Option<Arc<Catalogue>>>>);

impl Catalogue {
    /// One programme; `None` when it is not declared.
    pub fn program(&self, id: &ProgramId) -> Option<&Declared> {
        let own = |declared: &&Declared| declared.program.declaration.id == *id;
        self.programs.iter().find(own)
    }
}

impl App {
    /// What is declared and published now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn catalogue(&self) -> Result<Arc<Catalogue>, Error> {
        self.shelf.catalogue(&*self.store).await
    }
}

impl Shelf {
    /// What is declared and published now.
    pub(super) async fn catalogue(&self, store: &dyn Store) -> Result<Arc<Catalogue>, Error> {
        // The stamp is read first: what is read after it can only be newer, and is then read once more next time.
        let stamp = store.stamp().await?;
        let last = {
            let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            last.clone()
        };
        if let Some(catalogue) = last.filter(|catalogue| catalogue.stamp == stamp) {
            return Ok(catalogue);
        }
        let (programs, notices) = (store.programs().await?, store.notices().await?);
        let programs = programs
            .into_iter()
            .map(|program| declared(program, &notices))
            .collect();
        let catalogue = Arc::new(Catalogue {
            stamp,
            programs,
            notices,
        });
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(catalogue.clone());
        Ok(catalogue)
    }
}

fn declared(program: Program, notices: &[PublishedNotice]) -> Declared {
    let own = |notice: &&PublishedNotice| notice.version.notice == program.declaration.notice;
    let notices: Vec<_> = notices.iter().filter(own).cloned().collect();
    let material = notices
        .iter()
        .map(|notice| &notice.version)
        .filter(|version| version.material);
    let material = material.map(|version| MaterialChange {
        version: version.version,
        effective_at: version.effective_at,
    });
    Declared {
        material: material.collect(),
        notices,
        program,
    }
}
