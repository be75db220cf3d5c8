//! The rows that every choice owes, gathered over a batch and written together.

use super::super::error::{int, micros, to_json};
use super::super::pulse::ChoiceRow;
use super::super::write::ChoiceDraft;
use super::chains::Chains;
use super::script::Script;
use crate::domain::condition::Conditions;
use crate::domain::id::SubjectId;
use crate::ledger::prepared::Prepared;

/// Rows in one statement. Each number of rows up to it is a statement of its own, which stays prepared.
pub(super) const CHUNK: usize = 64;

/// What waits to be written. The log's own rows are in `append::Log`.
#[derive(Default)]
pub(super) struct Rows {
    deks: Vec<(SubjectId, u64, Vec<u8>)>,
    statements: Vec<(i64, u64, Prepared, Vec<u8>)>,
    choices: Vec<(u64, ChoiceDraft)>,
}

impl Rows {
    /// A person's new key, wrapped in an epoch.
    pub(super) fn dek(&mut self, subject: SubjectId, epoch: u64, wrapped: Vec<u8>) {
        self.deks.push((subject, epoch, wrapped));
    }

    /// A statement at a position of a log, with its sealed opening.
    pub(super) fn statement(
        &mut self,
        log: i64,
        position: u64,
        statement: Prepared,
        sealed: Vec<u8>,
    ) {
        self.statements.push((log, position, statement, sealed));
    }

    /// A choice at a position.
    pub(super) fn choice(&mut self, position: u64, choice: ChoiceDraft) {
        self.choices.push((position, choice));
    }

    /// The choices as they will stand, with the names of those who made them. Of somebody unknown there is none: the
    /// database refuses that row.
    pub(super) fn choice_rows(&self, chains: &Chains) -> Vec<ChoiceRow> {
        let row = |(position, choice): &(u64, ChoiceDraft)| {
            Some(ChoiceRow {
                employee: chains.name(&choice.statement.subject)?.clone(),
                event: choice.event(*position),
            })
        };
        self.choices.iter().filter_map(row).collect()
    }

    /// Writes them all. Nothing comes back.
    pub(super) fn write(self, script: &mut Script) {
        for chunk in self.deks.chunks(CHUNK) {
            let insert = script.statement("insert into dek (subject, epoch, wrapped) ");
            insert.push_values(chunk, |mut row, (subject, epoch, wrapped)| {
                row.push_bind(subject.to_string())
                    .push_bind(int(*epoch))
                    .push_bind(wrapped.clone());
            });
        }
        for chunk in self.statements.chunks(CHUNK) {
            let insert = script.statement("insert into sealed (log, entry, subject, ciphertext) ");
            insert.push_values(chunk, |mut row, (log, position, statement, sealed)| {
                row.push_bind(*log)
                    .push_bind(int(*position))
                    .push_bind(statement.subject.to_string())
                    .push_bind(sealed.clone());
            });
            let insert =
                script.statement("insert into event (subject, seq, log, entry, leaf, type, at) ");
            insert.push_values(chunk, |mut row, (log, position, statement, _)| {
                row.push_bind(statement.subject.to_string())
                    .push_bind(int(statement.seq))
                    .push_bind(*log)
                    .push_bind(int(*position))
                    .push_bind(statement.leaf.0.to_vec())
                    .push_bind(statement.kind)
                    .push_bind(micros(statement.at));
            });
        }
        for chunk in self.choices.chunks(CHUNK) {
            let insert = script.statement(
                "insert into choice (entry, subject, program, category, state, at, notice_version, language, conditions) ",
            );
            insert.push_values(chunk, |mut row, (position, choice)| {
                row.push_bind(int(*position))
                    .push_bind(choice.statement.subject.to_string())
                    .push_bind(choice.program.to_string())
                    .push_bind(choice.category.to_string())
                    .push_bind(choice.state.word())
                    .push_bind(micros(choice.statement.at))
                    .push_bind(i64::from(choice.notice_version))
                    .push_bind(choice.language.tag())
                    .push_bind(column(&choice.conditions));
            });
        }
    }
}

/// Nothing where the yes is a whole one, which is nearly always.
fn column(conditions: &Conditions) -> Option<String> {
    let some = Some(conditions).filter(|conditions| !conditions.is_empty());
    some.and_then(|conditions| to_json(conditions).ok())
}
