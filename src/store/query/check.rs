//! When a write is refused. All checks of a write come before its first row, so that a refused one leaves nothing behind
//! in the batch's transaction.

use sqlx::Transaction;

use super::super::error::{Error, int};
use super::super::ledger::{Change, ChoiceDraft, Refusal, Write};
use super::Db;
use crate::domain::id::{AgentName, TaskId};
use crate::domain::notice::NoticeVersion;
use crate::domain::request::Outcome;

type Tx = Transaction<'static, Db>;

/// Why a write must be left out, if it must.
pub(super) async fn check(tx: &mut Tx, write: &Write) -> Result<Option<Refusal>, Error> {
    if let Some(once) = write.once {
        let posted: Option<(i64,)> =
            sqlx::query_as::<Db, _>("select at from form_post where once = $1")
                .bind(once.to_string())
                .fetch_optional(&mut **tx)
                .await?;
        if posted.is_some() {
            return Ok(Some(Refusal::Replayed));
        }
    }
    for change in &write.changes {
        let refusal = match change {
            Change::Choice(draft) => check_choice(tx, draft).await?,
            Change::Notice(version) => check_notice(tx, version).await?,
            Change::Acknowledgement {
                notice, version, ..
            } => {
                let known: Option<(i64,)> = sqlx::query_as::<Db, _>(
                    "select entry from notice_version where notice = $1 and version = $2",
                )
                .bind(notice.as_str())
                .bind(i64::from(*version))
                .fetch_optional(&mut **tx)
                .await?;
                known.is_none().then_some(Refusal::NotFound)
            }
            Change::Attestation { store, task, .. } => check_attestation(tx, store, task).await?,
            Change::Password {
                invitation: Some(token_sha256),
                ..
            } => {
                let open: Option<(i64,)> =
                    sqlx::query_as::<Db, _>("select expires_at from invitation where token_sha256 = $1 and spent_at is null")
                        .bind(token_sha256.to_vec())
                        .fetch_optional(&mut **tx)
                        .await?;
                open.is_none().then_some(Refusal::NotFound)
            }
            Change::Request { .. }
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

async fn check_choice(tx: &mut Tx, draft: &ChoiceDraft) -> Result<Option<Refusal>, Error> {
    let (latest,): (Option<i64>,) = sqlx::query_as::<Db, _>(
        "select max(entry) from choice where subject = $1 and program = $2 and category = $3",
    )
    .bind(draft.subject.to_string())
    .bind(draft.program.as_str())
    .bind(draft.category.as_str())
    .fetch_one(&mut **tx)
    .await?;
    Ok((latest != draft.after.map(int)).then_some(Refusal::Stale))
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
