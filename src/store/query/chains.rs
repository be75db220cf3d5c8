//! Who and what a batch is about: where each person's chain ends, each one's key, and which forms are new.

use std::collections::{HashMap, HashSet};

use sqlx::{QueryBuilder, Transaction};

use super::super::error::{Error, count, micros, time};
use super::super::ledger::Forge;
use super::super::write::{Change, Write};
use super::Db;
use super::ledger::hash;
use super::rows::{CHUNK, Rows};
use crate::domain::employee::ExternalId;
use crate::domain::id::{FormId, SubjectId};
use crate::ledger::prepared::Link;
use crate::ledger::seal::{self, Dek};

type Tx = Transaction<'static, Db>;

/// Who, the name that agents know, and the epoch and wrapped key if there is one.
type KeyRow = (String, String, Option<i64>, Option<Vec<u8>>);

/// People's chains and keys, as this transaction sees them.
#[derive(Default)]
pub(super) struct Chains {
    links: HashMap<SubjectId, Link>,
    deks: HashMap<SubjectId, Dek>,
    /// Everybody who is known, by the name that agents know.
    names: HashMap<SubjectId, ExternalId>,
}

impl Chains {
    /// Adds everybody who makes a statement in `batch`.
    pub(super) async fn meet(
        &mut self,
        tx: &mut Tx,
        forge: &Forge<'_>,
        batch: &[Write],
    ) -> Result<(), Error> {
        let changes = batch.iter().flat_map(|write| &write.changes);
        let subject = |change: &Change| match change {
            Change::Choice(choice) => Some(choice.statement.subject),
            Change::Request { statement, .. } => Some(statement.subject),
            _ => None,
        };
        let subjects: HashSet<_> = changes
            .filter_map(subject)
            .filter(|subject| !self.names.contains_key(subject))
            .collect();
        self.load(tx, forge, subjects.into_iter().collect()).await
    }

    /// How many people are known.
    pub(super) fn people(&self) -> usize {
        self.names.len()
    }

    /// Adds somebody about whom the system makes a statement.
    pub(super) async fn know(
        &mut self,
        tx: &mut Tx,
        forge: &Forge<'_>,
        subject: SubjectId,
    ) -> Result<(), Error> {
        if self.names.contains_key(&subject) {
            return Ok(());
        }
        self.load(tx, forge, vec![subject]).await
    }

    /// Where somebody's chain ends.
    pub(super) fn link(&self, subject: &SubjectId) -> Option<&Link> {
        self.links.get(subject)
    }

    /// What agents call somebody.
    pub(super) fn name(&self, subject: &SubjectId) -> Option<&ExternalId> {
        self.names.get(subject)
    }

    /// A chain has grown.
    pub(super) fn grow(&mut self, subject: SubjectId, link: Link) {
        self.links.insert(subject, link);
    }

    /// Somebody's key, made now if there is none yet.
    pub(super) fn dek(
        &mut self,
        subject: SubjectId,
        forge: &Forge<'_>,
        rows: &mut Rows,
    ) -> Result<&Dek, Error> {
        match self.deks.entry(subject) {
            std::collections::hash_map::Entry::Occupied(dek) => Ok(dek.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => {
                let (mut key, mut nonce) = ([0; 32], [0; 24]);
                (forge.fill)(&mut key);
                (forge.fill)(&mut nonce);
                let dek = Dek::from_random(key);
                let wrapped = seal::wrap(forge.epoch_key, &subject, &dek, nonce)
                    .map_err(|error| Error::Ledger(error.to_string()))?;
                rows.dek(subject, forge.epoch_key.epoch(), wrapped);
                Ok(place.insert(dek))
            }
        }
    }

    async fn load(
        &mut self,
        tx: &mut Tx,
        forge: &Forge<'_>,
        subjects: Vec<SubjectId>,
    ) -> Result<(), Error> {
        for chunk in subjects.chunks(CHUNK) {
            let mut ends = QueryBuilder::<Db>::new(
                "select subject, seq, leaf, at from event where seq = (select max(seq) from event newest where newest.subject = event.subject) and subject in (",
            );
            among(&mut ends, chunk);
            let rows: Vec<(String, i64, Vec<u8>, i64)> =
                ends.build_query_as().fetch_all(&mut **tx).await?;
            for (subject, seq, leaf, at) in rows {
                let link = Link {
                    seq: count(seq)?,
                    leaf: hash(leaf)?,
                    at: time(at)?,
                };
                self.links.insert(subject.parse()?, link);
            }
            let mut keys = QueryBuilder::<Db>::new(
                "select employee.subject, external_id, epoch, wrapped
                 from employee left join dek on dek.subject = employee.subject where employee.subject in (",
            );
            among(&mut keys, chunk);
            let rows: Vec<KeyRow> = keys.build_query_as().fetch_all(&mut **tx).await?;
            for (subject, name, epoch, wrapped) in rows {
                let subject = subject.parse()?;
                if let Some((epoch, wrapped)) = epoch.zip(wrapped) {
                    let dek = seal::unwrap(forge.epoch_key, &subject, count(epoch)?, &wrapped)
                        .map_err(|error| Error::Ledger(error.to_string()))?;
                    self.deks.insert(subject, dek);
                }
                self.names.insert(subject, name.parse()?);
            }
        }
        Ok(())
    }
}

/// Marks the forms of `batch` as posted; those that were not posted before.
pub(super) async fn mark(tx: &mut Tx, batch: &[Write]) -> Result<HashSet<FormId>, Error> {
    let forms = batch
        .iter()
        .filter_map(|write| Some((write.once?, write.at)));
    let forms: Vec<_> = forms.collect();
    let mut fresh = HashSet::new();
    for chunk in forms.chunks(CHUNK) {
        let mut insert = QueryBuilder::<Db>::new("insert into form_post (once, at) ");
        insert.push_values(chunk, |mut row, (once, at)| {
            row.push_bind(once.to_string()).push_bind(micros(*at));
        });
        insert.push(" on conflict do nothing returning once");
        let rows: Vec<(String,)> = insert.build_query_as().fetch_all(&mut **tx).await?;
        for (once,) in rows {
            fresh.insert(once.parse()?);
        }
    }
    Ok(fresh)
}

/// Takes back the marks of forms whose writes were refused: they may be sent again.
pub(super) async fn unmark(tx: &mut Tx, forms: &[FormId]) -> Result<(), Error> {
    for chunk in forms.chunks(CHUNK) {
        let mut delete = QueryBuilder::<Db>::new("delete from form_post where once in (");
        among(&mut delete, chunk);
        delete.build().execute(&mut **tx).await?;
    }
    Ok(())
}

fn among<T: ToString>(query: &mut QueryBuilder<Db>, values: &[T]) {
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.to_string());
    }
    query.push(")");
}
