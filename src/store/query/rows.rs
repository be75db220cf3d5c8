//! The rows that every choice owes, gathered over a batch and written together.

use sqlx::{QueryBuilder, Transaction};

use super::super::error::{Error, int, micros};
use super::super::write::ChoiceDraft;
use super::Db;
use crate::domain::id::SubjectId;
use crate::ledger::prepared::Prepared;

/// Rows in one statement. Each number of rows up to it is a statement of its own, which stays prepared.
pub(super) const CHUNK: usize = 64;

type Tx = Transaction<'static, Db>;

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

    /// Writes them all.
    pub(super) async fn write(self, tx: &mut Tx) -> Result<(), Error> {
        for chunk in self.deks.chunks(CHUNK) {
            let mut insert = QueryBuilder::<Db>::new("insert into dek (subject, epoch, wrapped) ");
            insert.push_values(chunk, |mut row, (subject, epoch, wrapped)| {
                row.push_bind(subject.to_string())
                    .push_bind(int(*epoch))
                    .push_bind(wrapped.clone());
            });
            insert.build().execute(&mut **tx).await?;
        }
        for chunk in self.statements.chunks(CHUNK) {
            write_statements(tx, chunk).await?;
        }
        for chunk in self.choices.chunks(CHUNK) {
            let mut insert = QueryBuilder::<Db>::new(
                "insert into choice (entry, subject, program, category, state, at, notice_version, language) ",
            );
            insert.push_values(chunk, |mut row, (position, choice)| {
                row.push_bind(int(*position))
                    .push_bind(choice.statement.subject.to_string())
                    .push_bind(choice.program.as_str())
                    .push_bind(choice.category.as_str())
                    .push_bind(choice.state.word())
                    .push_bind(micros(choice.statement.at))
                    .push_bind(i64::from(choice.notice_version))
                    .push_bind(choice.language.tag());
            });
            insert.build().execute(&mut **tx).await?;
        }
        Ok(())
    }
}

async fn write_statements(
    tx: &mut Tx,
    chunk: &[(i64, u64, Prepared, Vec<u8>)],
) -> Result<(), Error> {
    let mut insert =
        QueryBuilder::<Db>::new("insert into sealed (log, entry, subject, ciphertext) ");
    insert.push_values(chunk, |mut row, (log, position, statement, sealed)| {
        row.push_bind(*log)
            .push_bind(int(*position))
            .push_bind(statement.subject.to_string())
            .push_bind(sealed.clone());
    });
    insert.build().execute(&mut **tx).await?;
    let mut insert =
        QueryBuilder::<Db>::new("insert into event (subject, seq, log, entry, leaf, type, at) ");
    insert.push_values(chunk, |mut row, (log, position, statement, _)| {
        row.push_bind(statement.subject.to_string())
            .push_bind(int(statement.seq))
            .push_bind(*log)
            .push_bind(int(*position))
            .push_bind(statement.leaf.0.to_vec())
            .push_bind(statement.kind)
            .push_bind(micros(statement.at));
    });
    insert.build().execute(&mut **tx).await?;
    Ok(())
}
