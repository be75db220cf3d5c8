//! What a decision about one person and programme is made from.

use super::App;
use super::error::Error;
use crate::domain::choice::ChoiceEvent;
use crate::domain::id::SubjectId;
use crate::domain::notice::PublishedNotice;
use crate::domain::program::Program;
use crate::domain::standing::{History, MaterialChange};

/// One person's situation in one programme.
pub(super) struct Situation {
    /// The programme.
    pub(super) program: Program,
    /// Every version of its notice.
    pub(super) notices: Vec<PublishedNotice>,
    /// Those that end older choices.
    pub(super) material: Vec<MaterialChange>,
    /// Everything that the person ever said.
    pub(super) choices: Vec<ChoiceEvent>,
}

impl Situation {
    pub(super) fn history(&self) -> History<'_> {
        History {
            program: &self.program,
            material: &self.material,
            choices: &self.choices,
        }
    }
}

/// A person's situation in every programme, by the programmes' names.
pub(super) async fn situations(app: &App, subject: &SubjectId) -> Result<Vec<Situation>, Error> {
    let (programs, notices) = (app.store.programs().await?, app.store.notices().await?);
    let choices = app.store.choices(subject, None).await?;
    let situation = |program: Program| {
        let own = notices
            .iter()
            .filter(|notice| notice.version.notice == program.declaration.notice)
            .cloned();
        let own: Vec<_> = own.collect();
        let material = own
            .iter()
            .map(|notice| &notice.version)
            .filter(|version| version.material);
        let material = material.map(|version| MaterialChange {
            version: version.version,
            effective_at: version.effective_at,
        });
        Situation {
            material: material.collect(),
            notices: own,
            choices: choices.clone(),
            program,
        }
    };
    Ok(programs.into_iter().map(situation).collect())
}
