//! When a write is refused. All checks of a write come before its first row, so that a refused one leaves nothing behind
//! in the batch's transaction.

use sqlx::Transaction;

use super::super::error::Error;
use super::super::write::{Change, Refusal, Write};
use super::Db;
use super::batch::Batch;
use crate::domain::id::{AgentName, NoticeId, ProgramId, SubjectId, TaskId};
use crate::domain::notice::NoticeVersion;
use crate::domain::program::ProgramStatus;
use crate::domain::request::Outcome;
use crate::ledger::prepared::{Link, Prepared};

type Tx = Transaction<'static, Db>;

/// Why a write must be left out, if it must.
pub(super) async fn check(batch: &mut Batch<'_>, write: &Write) -> Result<Option<Refusal>, Error> {
    if write
        .once
        .is_some_and(|once| !batch.unspent.contains(&once))
    {
        return Ok(Some(Refusal::Replayed));
    }
    if is_stale(batch, write) {
        return Ok(Some(Refusal::Stale));
    }
    for change in &write.changes {
        let tx = &mut batch.tx;
        let refusal = match change {
            Change::Notice(version) => check_notice(tx, version).await?,
            Change::Status {
                program, status, ..
            } => check_status(tx, program, *status).await?,
            Change::Acknowledgement {
                notice, version, ..
            } => check_acknowledgement(tx, notice, *version).await?,
            Change::Attestation { store, task, .. } => check_attestation(tx, store, task).await?,
            Change::Password {
                invitation: Some(token_sha256),
                ..
            } => check_invitation(tx, *token_sha256).await?,
            Change::Choice(_)
            | Change::Request { .. }
            | Change::Password {
                invitation: None, ..
            } => None,
        };
        if refusal.is_some() {
            return Ok(refusal);
        }
    }
    Ok(None)
}

/// Whether a statement was linked to a chain that has grown since. Everything that a person says is in the chain, so this
/// also tells whether a choice was decided upon the whole history.
fn is_stale(batch: &Batch<'_>, write: &Write) -> bool {
    let mut ends: Vec<(SubjectId, Link)> = Vec::new();
    for change in &write.changes {
        let statement: &Prepared = match change {
            Change::Choice(choice) => &choice.statement,
            Change::Request { statement, .. } => statement,
            _ => continue,
        };
        let subject = statement.subject;
        let own = ends.iter().rev().find(|(whose, _)| *whose == subject);
        let end = own.map(|(_, link)| link);
        if !statement.follows(end.or_else(|| batch.chains.link(&subject))) {
            return true;
        }
        ends.push((subject, statement.link()));
    }
    false
}

async fn check_acknowledgement(
    tx: &mut Tx,
    notice: &NoticeId,
    version: u32,
) -> Result<Option<Refusal>, Error> {
    let known: Option<(i64,)> = sqlx::query_as::<Db, _>(
        "select entry from notice_version where notice = $1 and version = $2",
    )
    .bind(notice.as_str())
    .bind(i64::from(version))
    .fetch_optional(&mut **tx)
    .await?;
    Ok(known.is_none().then_some(Refusal::NotFound))
}

async fn check_invitation(tx: &mut Tx, token_sha256: [u8; 32]) -> Result<Option<Refusal>, Error> {
    let open: Option<(i64,)> = sqlx::query_as::<Db, _>(
        "select expires_at from invitation where token_sha256 = $1 and spent_at is null",
    )
    .bind(token_sha256.to_vec())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(open.is_none().then_some(Refusal::NotFound))
}

async fn check_status(
    tx: &mut Tx,
    program: &ProgramId,
    wanted: ProgramStatus,
) -> Result<Option<Refusal>, Error> {
    let Some((status, _)) = status_of(tx, program).await? else {
        return Ok(Some(Refusal::NotFound));
    };
    let so = status == wanted || status == ProgramStatus::Ended;
    Ok(so.then_some(Refusal::AlreadySo))
}

/// A programme's latest status, and since when in microseconds.
pub(super) async fn status_of(
    tx: &mut Tx,
    program: &ProgramId,
) -> Result<Option<(ProgramStatus, i64)>, Error> {
    let row: Option<(String, i64)> = sqlx::query_as::<Db, _>(
        "select status, at from program_status where program = $1 order by at desc limit 1",
    )
    .bind(program.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|(status, at)| Ok((status.parse()?, at)))
        .transpose()
}

async fn check_notice(tx: &mut Tx, version: &NoticeVersion) -> Result<Option<Refusal>, Error> {
    let (latest,): (Option<i64>,) =
        sqlx::query_as::<Db, _>("select max(version) from notice_version where notice = $1")
            .bind(version.notice.as_str())
            .fetch_one(&mut **tx)
            .await?;
    Ok((latest.unwrap_or(0) + 1 != i64::from(version.version)).then_some(Refusal::VersionTaken))
}

async fn check_attestation(
    tx: &mut Tx,
    store: &AgentName,
    task: &TaskId,
) -> Result<Option<Refusal>, Error> {
    let row: Option<(Option<String>,)> =
        sqlx::query_as::<Db, _>("select outcome from task where id = $1 and store = $2")
            .bind(task.to_string())
            .bind(store.as_str())
            .fetch_optional(&mut **tx)
            .await?;
    let Some((outcome,)) = row else {
        return Ok(Some(Refusal::NotFound));
    };
    let outcome = outcome
        .map(|outcome| outcome.parse::<Outcome>())
        .transpose()?;
    Ok(outcome
        .is_some_and(Outcome::is_final)
        .then_some(Refusal::AlreadyAnswered))
}
