//! Rights requests: ask, follow, and the stores' side of it.

use chrono::NaiveDate;

use super::App;
use super::error::{Conflict, Error};
use super::notices::begin_of;
use crate::domain::agent::Agent;
use crate::domain::id::{CategoryId, FormId, ProgramId, RequestId, SubjectId, TaskId};
use crate::domain::invalid::Invalid;
use crate::domain::request::{Attestation, Request, RequestKind, Scope, Task, due_at};
use crate::ledger::payload::{RequestStatement, Statement};
pub use crate::store::requests::OpenTask;
use crate::store::write::{Change, Refusal};

/// How often a request is linked anew when the same person said something else meanwhile.
const ATTEMPTS: usize = 16;
/// Tasks that a store gets in one answer.
const TASKS: u32 = 1000;

/// What a person asks to have deleted.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// One programme, or all.
    pub program: Option<ProgramId>,
    /// One category, or all.
    pub category: Option<CategoryId>,
    /// First day, in the house's time zone; `None` from the beginning.
    pub from: Option<NaiveDate>,
    /// Last day, included; `None` until now.
    pub to: Option<NaiveDate>,
}

/// A person's requests, newest first.
///
/// # Errors
/// When the database fails.
pub async fn requests(app: &App, subject: &SubjectId) -> Result<Vec<Request>, Error> {
    Ok(app.store.requests(subject, None).await?)
}

/// One of a person's requests.
///
/// # Errors
/// `NotFound` when there is none, or it is somebody else's.
pub async fn request(app: &App, subject: &SubjectId, id: &RequestId) -> Result<Request, Error> {
    app.store
        .requests(subject, Some(id))
        .await?
        .pop()
        .ok_or(Error::NotFound)
}

/// How many records a request would cover if it were filed now.
///
/// # Errors
/// `Invalid` with what to mend.
pub async fn preview(app: &App, subject: &SubjectId, ask: &Ask) -> Result<u64, Error> {
    let scope = scope(app, ask).await?;
    Ok(app.store.count_in_scope(subject, &scope).await?)
}

/// Files a request for erasure: one task for each dataset that its scope touches.
///
/// # Errors
/// `Invalid` with what to mend; `Replayed` when the form was already sent.
pub async fn file(
    app: &App,
    subject: &SubjectId,
    ask: &Ask,
    once: Option<FormId>,
) -> Result<Request, Error> {
    let scope = scope(app, ask).await?;
    let id = RequestId::from_random(app.random());
    let mut tasks = Vec::new();
    for program in app
        .store
        .programs()
        .await?
        .iter()
        .map(|program| &program.declaration)
    {
        let wanted_program = scope
            .program
            .as_ref()
            .is_none_or(|wanted| wanted == &program.id);
        for dataset in program.datasets.iter().filter(|_| wanted_program) {
            if scope
                .category
                .as_ref()
                .is_none_or(|wanted| dataset.categories.contains(wanted))
            {
                let task = TaskId::from_random(app.random());
                let (store, dataset) = (dataset.store.clone(), dataset.id.clone());
                tasks.push(Task {
                    id: task,
                    request: id,
                    store,
                    dataset,
                    program: program.id.clone(),
                    attestation: None,
                });
            }
        }
    }
    let received_at = app.now();
    let request = Request {
        id,
        kind: RequestKind::Erasure,
        scope,
        received_at,
        due_at: due_at(received_at),
        completed_at: None,
        tasks,
    };
    let statement = Statement::Request(RequestStatement {
        request: id,
        kind: request.kind,
        program: request.scope.program.clone(),
        category: request.scope.category.clone(),
        from: request.scope.from,
        to: request.scope.to,
    });
    for _ in 0..ATTEMPTS {
        let link = app.store.link(subject).await?;
        let change = Change::Request {
            request: request.clone(),
            statement: app.prepare(link.as_ref(), *subject, statement.clone())?,
        };
        match app.write(once, vec![change]).await? {
            Ok(_) => return self::request(app, subject, &id).await,
            Err(Refusal::Stale) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(Conflict::Busy.into())
}

/// What a store still has to answer, oldest first.
///
/// # Errors
/// `Denied` when the agent keeps nothing.
pub async fn open_tasks(app: &App, agent: &Agent) -> Result<Vec<OpenTask>, Error> {
    if !agent.kind.stores() {
        return Err(Error::Denied);
    }
    Ok(app.store.open_tasks(&agent.name, TASKS).await?)
}

/// Takes a store's answer. The same final answer again is fine and changes nothing.
///
/// # Errors
/// `NotFound` when it is not this store's task; `AlreadyAnswered` when a different final answer stands; `Invalid`
/// when count or reason do not fit the outcome.
pub async fn attest(
    app: &App,
    agent: &Agent,
    id: &TaskId,
    attestation: Attestation,
) -> Result<Task, Error> {
    if !agent.kind.stores() {
        return Err(Error::Denied);
    }
    attestation.check()?;
    let task = app
        .store
        .task(&agent.name, id)
        .await?
        .ok_or(Error::NotFound)?;
    if let Some((standing, _)) = task
        .attestation
        .as_ref()
        .filter(|(standing, _)| standing.outcome.is_final())
    {
        let same = *standing == attestation;
        return if same {
            Ok(task)
        } else {
            Err(Conflict::AlreadyAnswered.into())
        };
    }
    app.write(
        None,
        vec![Change::Attestation {
            store: agent.name.clone(),
            task: *id,
            attestation,
        }],
    )
    .await??;
    app.store
        .task(&agent.name, id)
        .await?
        .ok_or(Error::NotFound)
}

async fn scope(app: &App, ask: &Ask) -> Result<Scope, Error> {
    let (now, zone) = (app.now(), app.settings.house.time_zone);
    let programs = app.store.programs().await?;
    let declares = |category: &CategoryId| {
        programs
            .iter()
            .filter(|program| {
                ask.program
                    .as_ref()
                    .is_none_or(|wanted| wanted == &program.declaration.id)
            })
            .any(|program| program.declaration.category(category).is_some())
    };
    if ask.program.as_ref().is_some_and(|wanted| {
        !programs
            .iter()
            .any(|program| &program.declaration.id == wanted)
    }) {
        return Err(
            Invalid::new("program", "Choose one of the programmes, or all of them.").into(),
        );
    }
    if ask
        .category
        .as_ref()
        .is_some_and(|category| !declares(category))
    {
        return Err(Invalid::new(
            "category",
            "Choose a kind of data that this programme captures, or all kinds.",
        )
        .into());
    }
    let today = now.with_timezone(&zone).date_naive();
    if ask.to.is_some_and(|to| to > today) {
        let message = "Choose today or an earlier day: what is not yet captured cannot be deleted. To stop it, turn it off.";
        return Err(Invalid::new("to", message).into());
    }
    let to = ask
        .to
        .and_then(|to| to.succ_opt())
        .map_or(now, |after| begin_of(after, zone).min(now));
    let scope = Scope {
        program: ask.program.clone(),
        category: ask.category.clone(),
        from: ask.from.map(|from| begin_of(from, zone)),
        to,
    };
    scope.check(now)?;
    Ok(scope)
}
