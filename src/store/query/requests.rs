//! SQL for requests and tasks; compiled once for each database.

use async_trait::async_trait;

use super::super::error::{Error, count, time};
use super::super::requests::{OpenTask, Requests};
use super::{Adapter, Db};
use crate::domain::id::{AgentName, RequestId, SubjectId, TaskId};
use crate::domain::request::{Attestation, Request, Scope, Task};

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: String,
    kind: String,
    program: Option<String>,
    category: Option<String>,
    from_at: Option<i64>,
    to_at: i64,
    received_at: i64,
    due_at: i64,
    completed_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
pub(super) struct TaskRow {
    id: String,
    request: String,
    store: String,
    dataset: String,
    program: String,
    outcome: Option<String>,
    count: Option<i64>,
    reason: Option<String>,
    answered_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct OpenRow {
    #[sqlx(flatten)]
    task: TaskRow,
    external_id: String,
    scope_program: Option<String>,
    category: Option<String>,
    from_at: Option<i64>,
    to_at: i64,
    received_at: i64,
    due_at: i64,
}

impl TryFrom<TaskRow> for Task {
    type Error = Error;

    fn try_from(row: TaskRow) -> Result<Self, Error> {
        let attestation = match (row.outcome, row.answered_at) {
            (Some(outcome), Some(answered_at)) => {
                let outcome = outcome.parse()?;
                Some((
                    Attestation {
                        outcome,
                        count: count(row.count.unwrap_or_default())?,
                        reason: row.reason,
                    },
                    time(answered_at)?,
                ))
            }
            _ => None,
        };
        Ok(Self {
            id: row.id.parse()?,
            request: row.request.parse()?,
            store: row.store.parse()?,
            dataset: row.dataset.parse()?,
            program: row.program.parse()?,
            attestation,
        })
    }
}

fn scope(
    program: Option<String>,
    category: Option<String>,
    from: Option<i64>,
    to: i64,
) -> Result<Scope, Error> {
    Ok(Scope {
        program: program.map(|program| program.parse()).transpose()?,
        category: category.map(|category| category.parse()).transpose()?,
        from: from.map(time).transpose()?,
        to: time(to)?,
    })
}

#[async_trait]
impl Requests for Adapter {
    async fn requests(
        &self,
        subject: &SubjectId,
        id: Option<&RequestId>,
    ) -> Result<Vec<Request>, Error> {
        let rows: Vec<RequestRow> = sqlx::query_as::<Db, _>(
            "select id, kind, program, category, from_at, to_at, received_at, due_at, completed_at from request
             where subject = $1 and ($2 is null or id = $2) order by received_at desc, id",
        )
        .bind(subject.to_string())
        .bind(id.map(ToString::to_string))
        .fetch_all(&self.read)
        .await?;
        let tasks: Vec<TaskRow> = sqlx::query_as::<Db, _>(
            "select task.id, request, store, dataset, task.program, outcome, count, reason, answered_at
             from task join request on request.id = task.request
             where subject = $1 and ($2 is null or request.id = $2) order by store, dataset",
        )
        .bind(subject.to_string())
        .bind(id.map(ToString::to_string))
        .fetch_all(&self.read)
        .await?;
        let tasks = tasks
            .into_iter()
            .map(Task::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let request = |row: RequestRow| {
            let id = row.id.parse()?;
            Ok(Request {
                id,
                kind: row.kind.parse()?,
                scope: scope(row.program, row.category, row.from_at, row.to_at)?,
                received_at: time(row.received_at)?,
                due_at: time(row.due_at)?,
                completed_at: row.completed_at.map(time).transpose()?,
                tasks: tasks
                    .iter()
                    .filter(|task| task.request == id)
                    .cloned()
                    .collect(),
            })
        };
        rows.into_iter().map(request).collect()
    }

    async fn open_tasks(&self, store: &AgentName, limit: u32) -> Result<Vec<OpenTask>, Error> {
        let rows: Vec<OpenRow> = sqlx::query_as::<Db, _>(
            "select task.id, request, store, dataset, task.program, outcome, count, reason, answered_at,
                    external_id, request.program as scope_program, category, from_at, to_at, received_at, due_at
             from task join request on request.id = task.request join employee on employee.subject = request.subject
             where store = $1 and (outcome is null or outcome = 'failed') order by received_at, task.id limit $2",
        )
        .bind(store.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        let open = |row: OpenRow| {
            Ok(OpenTask {
                task: row.task.try_into()?,
                employee: row.external_id.parse()?,
                scope: scope(row.scope_program, row.category, row.from_at, row.to_at)?,
                received_at: time(row.received_at)?,
                due_at: time(row.due_at)?,
            })
        };
        rows.into_iter().map(open).collect()
    }

    async fn task(&self, store: &AgentName, id: &TaskId) -> Result<Option<Task>, Error> {
        let row: Option<TaskRow> = sqlx::query_as::<Db, _>(
            "select id, request, store, dataset, program, outcome, count, reason, answered_at from task where store = $1 and id = $2",
        )
        .bind(store.as_str())
        .bind(id.to_string())
        .fetch_optional(&self.read)
        .await?;
        row.map(Task::try_from).transpose()
    }
}
