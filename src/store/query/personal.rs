//! A personal entry: a commitment in the log, the opening sealed beside it, a link in the person's own chain.

use chrono::{DateTime, Utc};
use sqlx::Transaction;

use super::super::error::{Error, count, int, micros, time};
use super::super::ledger::Forge;
use super::Db;
use super::append::Log;
use super::ledger::{LOG, hash};
use crate::domain::id::SubjectId;
use crate::ledger::commitment::Opening;
use crate::ledger::entry::Entry;
use crate::ledger::payload::{Payload, Statement};
use crate::ledger::seal::{self, Dek};

type Tx = Transaction<'static, Db>;

/// A statement about to be sealed.
pub(super) struct Personal {
    /// About whom.
    pub(super) subject: SubjectId,
    /// When, by the server's clock.
    pub(super) at: DateTime<Utc>,
    /// Who acted: `employee` or `system`.
    pub(super) actor: &'static str,
    /// What is said.
    pub(super) statement: Statement,
}

/// Adds the entry; its index and the moment that counts. A person's events never run backwards in time, even if the
/// server's clock does.
pub(super) async fn personal_entry(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    personal: Personal,
) -> Result<(u64, DateTime<Utc>), Error> {
    let subject = personal.subject.to_string();
    let latest: Option<(i64, Vec<u8>, i64)> = sqlx::query_as::<Db, _>(
        "select seq, leaf, at from event where subject = $1 order by seq desc limit 1",
    )
    .bind(&subject)
    .fetch_optional(&mut **tx)
    .await?;
    let (seq, prev, at) = match latest {
        Some((seq, leaf, at)) => (
            count(seq)? + 1,
            Some(hash(leaf)?),
            time(at)?.max(personal.at),
        ),
        None => (0, None, personal.at),
    };
    let kind = personal.statement.kind();
    let payload = Payload {
        v: 1,
        subject: personal.subject,
        seq,
        prev,
        at,
        channel: "portal".to_owned(),
        actor: personal.actor.to_owned(),
        statement: personal.statement,
    };
    let mut r = [0; 64];
    (forge.fill)(&mut r);
    let opening = Opening {
        r,
        payload: payload
            .to_jcs()
            .map_err(|error| Error::Ledger(error.to_string()))?,
    };
    let (entry, leaf) = log
        .push(tx, &Entry::subject(opening.commitment()).to_bytes())
        .await?;

    let dek = dek(tx, forge, &personal.subject).await?;
    let mut nonce = [0; 24];
    (forge.fill)(&mut nonce);
    let ciphertext = seal::seal(&dek, entry, &opening, nonce)
        .map_err(|error| Error::Ledger(error.to_string()))?;
    sqlx::query::<Db>(
        "insert into sealed (log, entry, subject, ciphertext) values ($1, $2, $3, $4)",
    )
    .bind(LOG)
    .bind(int(entry))
    .bind(&subject)
    .bind(ciphertext)
    .execute(&mut **tx)
    .await?;
    sqlx::query::<Db>("insert into event (subject, seq, log, entry, leaf, type, at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(&subject)
        .bind(int(seq))
        .bind(LOG)
        .bind(int(entry))
        .bind(leaf.0.to_vec())
        .bind(kind)
        .bind(micros(at))
        .execute(&mut **tx)
        .await?;
    Ok((entry, at))
}

async fn dek(tx: &mut Tx, forge: &Forge<'_>, subject: &SubjectId) -> Result<Dek, Error> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as::<Db, _>("select epoch, wrapped from dek where subject = $1")
            .bind(subject.to_string())
            .fetch_optional(&mut **tx)
            .await?;
    if let Some((epoch, wrapped)) = row {
        return seal::unwrap(forge.epoch_key, subject, count(epoch)?, &wrapped)
            .map_err(|error| Error::Ledger(error.to_string()));
    }
    let (mut key, mut nonce) = ([0; 32], [0; 24]);
    (forge.fill)(&mut key);
    (forge.fill)(&mut nonce);
    let dek = Dek::from_random(key);
    let wrapped = seal::wrap(forge.epoch_key, subject, &dek, nonce)
        .map_err(|error| Error::Ledger(error.to_string()))?;
    sqlx::query::<Db>("insert into dek (subject, epoch, wrapped) values ($1, $2, $3)")
        .bind(subject.to_string())
        .bind(int(forge.epoch_key.epoch()))
        .bind(wrapped)
        .execute(&mut **tx)
        .await?;
    Ok(dek)
}
