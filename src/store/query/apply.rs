//! What each kind of change does to the rows. `check.rs` has refused what must not happen; rights requests stand in
//! `rights.rs`.

use chrono::{DateTime, Utc};
use sqlx::Transaction;

use super::super::error::{Error, int, micros, time};
use super::super::pulse::Counter;
use super::super::write::{Change, Write};
use super::Db;
use super::append::{Log, public_entry};
use super::batch::Batch;
use super::check::status_of;
use super::pulse::bump;
use super::rights::{attested, request_filed};
use crate::domain::id::{NoticeId, SubjectId};
use crate::domain::notice::NoticeVersion;
use crate::domain::program::ProgramStatus;
use crate::domain::stop::StatusNote;
use crate::ledger::entry::PublicType;

type Tx = Transaction<'static, Db>;

/// Does a checked write; the positions of its entries.
pub(super) async fn apply(batch: &mut Batch<'_>, write: &Write) -> Result<Vec<u64>, Error> {
    let mut entries = Vec::new();
    if let Some(once) = write.once {
        batch.unspent.remove(&once);
    }
    for change in &write.changes {
        match change {
            Change::Choice(choice) => {
                let position = batch.statement(choice.statement.clone())?;
                batch.rows.choice(position, choice.clone());
                entries.push(position);
            }
            Change::Notice(version) => {
                entries.push(notice(&mut batch.tx, &mut batch.log, version).await?);
            }
            Change::Status { .. } => {
                entries.extend(status(&mut batch.tx, &mut batch.log, change, write.at).await?);
            }
            Change::Acknowledgement {
                subject,
                notice,
                version,
            } => acknowledged(&mut batch.tx, subject, notice, *version, write.at).await?,
            Change::Request { request, statement } => {
                entries.extend(request_filed(batch, request, statement).await?);
            }
            Change::Attestation {
                task, attestation, ..
            } => entries.extend(attested(batch, task, attestation, write.at).await?),
            Change::Password {
                subject,
                hash,
                invitation,
            } => password(&mut batch.tx, subject, hash, *invitation, write.at).await?,
        }
    }
    Ok(entries)
}

async fn acknowledged(
    tx: &mut Tx,
    subject: &SubjectId,
    notice: &NoticeId,
    version: u32,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query::<Db>("insert into acknowledgement (subject, notice, version, at) values ($1, $2, $3, $4) on conflict do nothing")
        .bind(subject.to_string())
        .bind(notice.as_str())
        .bind(i64::from(version))
        .bind(micros(at))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn notice(tx: &mut Tx, log: &mut Log, version: &NoticeVersion) -> Result<u64, Error> {
    use sha2::{Digest as _, Sha256};

    let document =
        serde_json_canonicalizer::to_string(version).map_err(|_| Error::Corrupt("notice"))?;
    let entry = public_entry(tx, log, PublicType::NoticePublished, &document).await?;
    sqlx::query::<Db>(
        "insert into notice_version (notice, version, material, effective_at, published_at, sha256, entry) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(version.notice.as_str())
    .bind(i64::from(version.version))
    .bind(version.material)
    .bind(micros(version.effective_at))
    .bind(micros(version.published_at))
    .bind(Sha256::digest(document.as_bytes()).to_vec())
    .bind(int(entry))
    .execute(&mut **tx)
    .await?;
    bump(tx, Counter::Declarations).await?;
    Ok(entry)
}

/// A change of status: why, in public, and the row that counts, which is later than the one before even where the
/// server's clock runs behind.
async fn status(
    tx: &mut Tx,
    log: &mut Log,
    change: &Change,
    at: DateTime<Utc>,
) -> Result<Option<u64>, Error> {
    let Change::Status {
        program,
        status,
        by,
        reason,
    } = change
    else {
        return Ok(None);
    };
    let before = status_of(tx, program).await?;
    let at = before.map_or(micros(at), |(_, before)| micros(at).max(before + 1));
    let kind = match status {
        ProgramStatus::Active => PublicType::ProgramResumed,
        ProgramStatus::Paused => PublicType::ProgramPaused,
        ProgramStatus::Ended => return Ok(None),
    };
    let note = StatusNote {
        program: program.clone(),
        status: *status,
        at: time(at)?,
        by: *by,
        reason: reason.clone(),
    };
    let document =
        serde_json_canonicalizer::to_string(&note).map_err(|_| Error::Corrupt("status"))?;
    let entry = public_entry(tx, log, kind, &document).await?;
    sqlx::query::<Db>(
        "insert into program_status (program, at, status, entry) values ($1, $2, $3, $4)",
    )
    .bind(program.as_str())
    .bind(at)
    .bind(status.word())
    .bind(int(entry))
    .execute(&mut **tx)
    .await?;
    bump(tx, Counter::Declarations).await?;
    Ok(Some(entry))
}

async fn password(
    tx: &mut Tx,
    subject: &SubjectId,
    hash: &str,
    invitation: Option<[u8; 32]>,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query::<Db>("update account set password_hash = $2 where subject = $1")
        .bind(subject.to_string())
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    if let Some(token_sha256) = invitation {
        sqlx::query::<Db>("update invitation set spent_at = $2 where token_sha256 = $1")
            .bind(token_sha256.to_vec())
            .bind(micros(at))
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query::<Db>("delete from session where subject = $1")
        .bind(subject.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
