//! One batch in one transaction: what is read for all of it at the start, and what is written for all of it at the end.

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::Transaction;

use super::super::error::Error;
use super::super::ledger::Forge;
use super::super::write::{Change, Committed, Outcome, Write};
use super::append::Log;
use super::chains::{self, Chains};
use super::memory::Memory;
use super::rows::Rows;
use super::{Adapter, Db, apply, check, epochs};
use crate::domain::id::{FormId, SubjectId};
use crate::ledger::entry::Entry;
use crate::ledger::prepared::{Draft, Prepared};
use crate::ledger::seal;

/// A batch on its way.
pub(super) struct Batch<'a> {
    pub(super) tx: Transaction<'static, Db>,
    pub(super) forge: &'a Forge<'a>,
    pub(super) log: Log,
    pub(super) chains: Chains,
    /// Forms that were marked as posted for writes that are not yet done.
    pub(super) unspent: HashSet<FormId>,
    pub(super) rows: Rows,
}

/// Makes a batch durable.
pub(super) async fn commit(
    adapter: &Adapter,
    writes: &[Write],
    forge: &Forge<'_>,
) -> Result<Outcome, Error> {
    let mut tx = adapter.begin().await?;
    let mut log = Log::load(&mut tx).await?;
    epochs::held(&log, forge.epoch_key)?;
    let (mut chains, edge) = Memory::recall(adapter.remembered(), log.state());
    if let Some(edge) = edge {
        log.recall(edge);
    }
    chains.meet(&mut tx, forge, writes).await?;
    let mut batch = Batch {
        log,
        chains,
        unspent: chains::mark(&mut tx, writes).await?,
        rows: Rows::default(),
        tx,
        forge,
    };
    let mut results = Vec::with_capacity(writes.len());
    for write in writes {
        results.push(match check::check(&mut batch, write).await? {
            Some(refusal) => Err(refusal),
            None => Ok(apply::apply(&mut batch, write).await?),
        });
    }
    let before = batch.log.before();
    let choices = batch.rows.choice_rows(&batch.chains);
    let Batch {
        mut tx,
        log,
        chains,
        unspent,
        rows,
        ..
    } = batch;
    chains::unmark(&mut tx, &Vec::from_iter(unspent)).await?;
    let (log, state) = log.finish(&mut tx, rows, forge.signer).await?;
    tx.commit().await?;
    let log = Arc::new(log);
    adapter.remember(Memory {
        edge: log.edge(),
        log: state,
        chains,
    });
    let committed = |entries| Committed {
        entries,
        log: log.clone(),
    };
    let results = results
        .into_iter()
        .map(|result| result.map(committed))
        .collect();
    let changes = writes.iter().flat_map(|write| &write.changes);
    Ok(Outcome {
        results,
        before,
        after: log.seq(),
        choices,
        declarations: changes.into_iter().any(Change::is_declaration),
    })
}

impl Batch<'_> {
    /// Adds a prepared statement: a commitment in the log, the opening sealed beside it, a link in the person's own
    /// chain. Its position.
    pub(super) fn statement(&mut self, statement: Prepared) -> Result<u64, Error> {
        let entry = Entry::subject(statement.opening.commitment());
        let position = self.log.push(&entry, statement.leaf);
        let dek = self
            .chains
            .dek(statement.subject, self.forge, &mut self.rows)?;
        let mut nonce = [0; seal::NONCE];
        (self.forge.fill)(&mut nonce);
        let sealed = seal::seal(dek, position, &statement.opening, nonce)
            .map_err(|error| Error::Ledger(error.to_string()))?;
        self.chains.grow(statement.subject, statement.link());
        self.rows
            .statement(self.log.id(), position, statement, sealed);
        Ok(position)
    }

    /// A statement of the system's own about somebody, made inside the transaction because it says what stands in it.
    pub(super) async fn system_statement(
        &mut self,
        subject: SubjectId,
        at: chrono::DateTime<chrono::Utc>,
        statement: crate::ledger::payload::Statement,
    ) -> Result<(u64, chrono::DateTime<chrono::Utc>), Error> {
        self.chains.know(&mut self.tx, self.forge, subject).await?;
        let mut r = [0; 64];
        (self.forge.fill)(&mut r);
        let draft = Draft {
            subject,
            at,
            actor: "system",
            statement,
        };
        let prepared = Prepared::new(self.chains.link(&subject), draft, r)
            .map_err(|error| Error::Ledger(error.to_string()))?;
        let at = prepared.at;
        Ok((self.statement(prepared)?, at))
    }
}
