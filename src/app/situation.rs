//! What a decision about one person and programme is made from.

use std::sync::Arc;

use super::App;
use super::catalogue::{Catalogue, Declared};
use super::error::Error;
use crate::domain::choice::ChoiceEvent;
use crate::domain::id::{CategoryId, ProgramId, SubjectId};
use crate::domain::standing::History;

/// One person's situation in every programme.
pub(super) struct Situations {
    catalogue: Arc<Catalogue>,
    choices: Vec<ChoiceEvent>,
}

/// One person's situation in one programme.
#[derive(Clone, Copy)]
pub(super) struct Situation<'a> {
    /// The programme and its notice.
    pub(super) declared: &'a Declared,
    choices: &'a [ChoiceEvent],
}

impl Situations {
    /// In every programme, by the programmes' names.
    pub(super) fn iter(&self) -> impl Iterator<Item = Situation<'_>> {
        let programs = self.catalogue.programs.iter();
        programs.map(|declared| self.situation(declared))
    }

    /// In one programme; `None` when it is not declared.
    pub(super) fn of(&self, program: &ProgramId) -> Option<Situation<'_>> {
        let declared = self.catalogue.program(program)?;
        Some(self.situation(declared))
    }

    fn situation<'a>(&'a self, declared: &'a Declared) -> Situation<'a> {
        Situation {
            declared,
            choices: &self.choices,
        }
    }
}

impl<'a> Situation<'a> {
    pub(super) fn history(self) -> History<'a> {
        History {
            program: &self.declared.program,
            material: &self.declared.material,
            choices: self.choices,
        }
    }
}

/// A person's situation as far as it bears on one programme and category: the latest choice about it, and no other.
pub(super) async fn situation_about(
    app: &App,
    subject: &SubjectId,
    program: &ProgramId,
    category: &CategoryId,
) -> Result<Situations, Error> {
    let latest = app.store.latest_choice(subject, program, category).await?;
    Ok(Situations {
        catalogue: app.catalogue().await?,
        choices: latest.into_iter().collect(),
    })
}

/// A person's situation in every programme.
pub(super) async fn situations(app: &App, subject: &SubjectId) -> Result<Situations, Error> {
    Ok(Situations {
        catalogue: app.catalogue().await?,
        choices: app.store.choices(subject, None).await?,
    })
}
