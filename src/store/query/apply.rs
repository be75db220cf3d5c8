//! What each kind of change does to the rows, and when it is refused. All checks of a write come before its first row,
//! so that a refused write leaves nothing behind in the batch's transaction.

use chrono::{DateTime, Utc};
use sqlx::Transaction;

use super::super::error::{Error, count, int, micros};
use super::super::ledger::{Change, ChoiceDraft, Forge, Refusal, Write};
use super::Db;
use super::append::{Log, public_entry};
use super::personal::{Personal, personal_entry};
use crate::domain::id::{AgentName, SubjectId, TaskId};
use crate::domain::notice::NoticeVersion;
use crate::domain::request::{Attestation, Outcome, Request};
use crate::ledger::entry::PublicType;
use crate::ledger::hash::Hash;
use crate::ledger::payload::{
    ChoiceStatement, CompletionStatement, RequestStatement, Statement, TaskResult,
};

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
            Change::Request { .. } => None,
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
            Change::Password {
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

/// Does a checked write; the indices of its entries.
pub(super) async fn apply(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    write: &Write,
) -> Result<Vec<u64>, Error> {
    let mut entries = Vec::new();
    if let Some(once) = write.once {
        sqlx::query::<Db>("insert into form_post (once, at) values ($1, $2)")
            .bind(once.to_string())
            .bind(micros(write.at))
            .execute(&mut **tx)
            .await?;
    }
    for change in &write.changes {
        match change {
            Change::Choice(draft) => entries.push(choice(tx, log, forge, draft, write.at).await?),
            Change::Notice(version) => entries.push(notice(tx, log, version).await?),
            Change::Acknowledgement {
                subject,
                notice,
                version,
            } => {
                sqlx::query::<Db>("insert into acknowledgement (subject, notice, version, at) values ($1, $2, $3, $4) on conflict do nothing")
                    .bind(subject.to_string())
                    .bind(notice.as_str())
                    .bind(i64::from(*version))
                    .bind(micros(write.at))
                    .execute(&mut **tx)
                    .await?;
            }
            Change::Request { subject, request } => {
                entries.extend(request_filed(tx, log, forge, subject, request).await?)
            }
            Change::Attestation {
                task, attestation, ..
            } => entries.extend(attested(tx, log, forge, task, attestation, write.at).await?),
            Change::Password {
                subject,
                hash,
                invitation,
            } => password(tx, subject, hash, *invitation, write.at).await?,
        }
    }
    Ok(entries)
}

async fn choice(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    draft: &ChoiceDraft,
    at: DateTime<Utc>,
) -> Result<u64, Error> {
    let shown = draft.shown.as_ref();
    let statement = Statement::Choice(ChoiceStatement {
        program: draft.program.clone(),
        category: draft.category.clone(),
        notice: shown.map(|shown| shown.notice.clone()),
        notice_version: shown.map(|shown| shown.version),
        notice_leaf: shown.map(|shown| shown.entry),
        notice_sha256: shown.map(|shown| Hash(shown.sha256)),
        language: draft.language,
        decision: draft.state,
    });
    let (entry, at) = personal_entry(
        tx,
        log,
        forge,
        Personal {
            subject: draft.subject,
            at,
            actor: "employee",
            statement,
        },
    )
    .await?;
    sqlx::query::<Db>(
        "insert into choice (entry, subject, program, category, state, at, notice_version, language) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(int(entry))
    .bind(draft.subject.to_string())
    .bind(draft.program.as_str())
    .bind(draft.category.as_str())
    .bind(draft.state.word())
    .bind(micros(at))
    .bind(i64::from(shown.map_or(0, |shown| shown.version)))
    .bind(draft.language.tag())
    .execute(&mut **tx)
    .await?;
    Ok(entry)
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
    Ok(entry)
}

async fn request_filed(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    subject: &SubjectId,
    request: &Request,
) -> Result<Vec<u64>, Error> {
    let scope = &request.scope;
    sqlx::query::<Db>(
        "insert into request (id, subject, kind, program, category, from_at, to_at, received_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(request.id.to_string())
    .bind(subject.to_string())
    .bind(request.kind.word())
    .bind(scope.program.as_ref().map(|program| program.as_str()))
    .bind(scope.category.as_ref().map(|category| category.as_str()))
    .bind(scope.from.map(micros))
    .bind(micros(scope.to))
    .bind(micros(request.received_at))
    .bind(micros(request.due_at))
    .execute(&mut **tx)
    .await?;
    for task in &request.tasks {
        sqlx::query::<Db>(
            "insert into task (id, request, store, dataset, program) values ($1, $2, $3, $4, $5)",
        )
        .bind(task.id.to_string())
        .bind(request.id.to_string())
        .bind(task.store.as_str())
        .bind(task.dataset.as_str())
        .bind(task.program.as_str())
        .execute(&mut **tx)
        .await?;
    }
    let statement = Statement::Request(RequestStatement {
        request: request.id,
        kind: request.kind,
        program: scope.program.clone(),
        category: scope.category.clone(),
        from: scope.from,
        to: scope.to,
    });
    let personal = Personal {
        subject: *subject,
        at: request.received_at,
        actor: "employee",
        statement,
    };
    let mut entries = vec![personal_entry(tx, log, forge, personal).await?.0];
    if request.tasks.is_empty() {
        entries
            .extend(complete(tx, log, forge, &request.id.to_string(), request.received_at).await?);
    }
    Ok(entries)
}

async fn attested(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    task: &TaskId,
    attestation: &Attestation,
    at: DateTime<Utc>,
) -> Result<Option<u64>, Error> {
    sqlx::query::<Db>(
        "update task set outcome = $2, count = $3, reason = $4, answered_at = $5 where id = $1",
    )
    .bind(task.to_string())
    .bind(attestation.outcome.word())
    .bind(int(attestation.count))
    .bind(attestation.reason.as_deref())
    .bind(micros(at))
    .execute(&mut **tx)
    .await?;
    let (request,): (String,) = sqlx::query_as::<Db, _>("select request from task where id = $1")
        .bind(task.to_string())
        .fetch_one(&mut **tx)
        .await?;
    if attestation.outcome == Outcome::Erased {
        // Our own metadata of what is gone goes too.
        sqlx::query::<Db>(
            "delete from record where exists (
                 select 1 from task join request on request.id = task.request
                 where task.id = $1 and request.subject = record.subject and task.dataset = record.dataset and task.program = record.program
                 and (request.category is null or request.category = record.category)
                 and (request.from_at is null or record.to_at >= request.from_at) and record.from_at < request.to_at)",
        )
        .bind(task.to_string())
        .execute(&mut **tx)
        .await?;
    }
    complete(tx, log, forge, &request, at).await
}

/// Completes a request once no task of it is open any more.
async fn complete(
    tx: &mut Tx,
    log: &mut Log,
    forge: &Forge<'_>,
    request: &str,
    at: DateTime<Utc>,
) -> Result<Option<u64>, Error> {
    type TaskRow = (String, String, Option<String>, Option<i64>);
    let tasks: Vec<TaskRow> = sqlx::query_as::<Db, _>("select store, dataset, outcome, count from task where request = $1 order by store, dataset")
        .bind(request)
        .fetch_all(&mut **tx)
        .await?;
    let mut results = Vec::with_capacity(tasks.len());
    for (store, dataset, outcome, erased) in tasks {
        let outcome = outcome
            .map(|outcome| outcome.parse::<Outcome>())
            .transpose()?;
        let Some(outcome) = outcome.filter(|outcome| outcome.is_final()) else {
            return Ok(None);
        };
        results.push(TaskResult {
            store: store.parse()?,
            dataset: dataset.parse()?,
            outcome,
            count: count(erased.unwrap_or_default())?,
        });
    }
    let (subject,): (String,) =
        sqlx::query_as::<Db, _>("select subject from request where id = $1")
            .bind(request)
            .fetch_one(&mut **tx)
            .await?;
    let statement = Statement::Completion(CompletionStatement {
        request: request.parse()?,
        results,
    });
    let personal = Personal {
        subject: subject.parse()?,
        at,
        actor: "system",
        statement,
    };
    let (entry, at) = personal_entry(tx, log, forge, personal).await?;
    sqlx::query::<Db>("update request set completed_at = $2 where id = $1")
        .bind(request)
        .bind(micros(at))
        .execute(&mut **tx)
        .await?;
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
