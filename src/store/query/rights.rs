//! What filing and answering a rights request does to the rows.

use chrono::{DateTime, Utc};

use super::super::error::{Error, count, int, micros};
use super::Db;
use super::batch::Batch;
use crate::domain::id::TaskId;
use crate::domain::request::{Attestation, Outcome, Request};
use crate::ledger::payload::{CompletionStatement, Statement, TaskResult};
use crate::ledger::prepared::Prepared;

pub(super) async fn request_filed(
    batch: &mut Batch<'_>,
    request: &Request,
    statement: &Prepared,
) -> Result<Vec<u64>, Error> {
    let scope = &request.scope;
    sqlx::query::<Db>(
        "insert into request (id, subject, kind, program, category, from_at, to_at, received_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(request.id.to_string())
    .bind(statement.subject.to_string())
    .bind(request.kind.word())
    .bind(scope.program.as_ref().map(crate::domain::id::ProgramId::as_str))
    .bind(scope.category.as_ref().map(crate::domain::id::CategoryId::as_str))
    .bind(scope.from.map(micros))
    .bind(micros(scope.to))
    .bind(micros(request.received_at))
    .bind(micros(request.due_at))
    .execute(&mut *batch.tx)
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
        .execute(&mut *batch.tx)
        .await?;
    }
    let mut entries = vec![batch.statement(statement.clone())?];
    if request.tasks.is_empty() {
        entries.extend(complete(batch, &request.id.to_string(), request.received_at).await?);
    }
    Ok(entries)
}

pub(super) async fn attested(
    batch: &mut Batch<'_>,
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
    .execute(&mut *batch.tx)
    .await?;
    let (request,): (String,) = sqlx::query_as::<Db, _>("select request from task where id = $1")
        .bind(task.to_string())
        .fetch_one(&mut *batch.tx)
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
        .execute(&mut *batch.tx)
        .await?;
    }
    complete(batch, &request, at).await
}

/// Completes a request once no task of it is open any more.
async fn complete(
    batch: &mut Batch<'_>,
    request: &str,
    at: DateTime<Utc>,
) -> Result<Option<u64>, Error> {
    type TaskRow = (String, String, Option<String>, Option<i64>);
    let tasks: Vec<TaskRow> = sqlx::query_as::<Db, _>("select store, dataset, outcome, count from task where request = $1 order by store, dataset")
        .bind(request)
        .fetch_all(&mut *batch.tx)
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
            .fetch_one(&mut *batch.tx)
            .await?;
    let statement = Statement::Completion(CompletionStatement {
        request: request.parse()?,
        results,
    });
    let (entry, at) = batch
        .system_statement(subject.parse()?, at, statement)
        .await?;
    sqlx::query::<Db>("update request set completed_at = $2 where id = $1")
        .bind(request)
        .bind(micros(at))
        .execute(&mut *batch.tx)
        .await?;
    Ok(Some(entry))
}
