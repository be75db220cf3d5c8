//! Confirmations: collectors say that they have stopped, and people see who has and who has not yet.
//!
//! A stop for many is confirmed by many in the same moment, so confirmations that wait are made durable together, as in
//! `writer.rs`, and never wait for the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, oneshot};

use super::App;
use super::error::{Conflict, Error};
use crate::domain::agent::Agent;
use crate::domain::id::{AgentName, CategoryId, ProgramId};
use crate::domain::invalid::Invalid;
use crate::store::Store;
use crate::store::acks::Ack;

/// Confirmations that may wait at the same time.
const QUEUE: usize = 65_536;

type Answer = Result<DateTime<Utc>, Error>;
type Job = (Ack, oneshot::Sender<Answer>);

/// For how long confirmations are kept: who looks at an older stop is not told who had confirmed it.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// Something that collectors have to stop for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The position after it.
    pub seq: u64,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// In which programme.
    pub program: ProgramId,
    /// Which kind of data; `None`: everything.
    pub category: Option<CategoryId>,
    /// The unit of the person whose stop it is; `None`: everybody's.
    pub unit: Option<String>,
}

/// Who has stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmations {
    /// What for.
    pub stop: Stop,
    /// Collectors that have confirmed, and how long after the stop; fastest first.
    pub confirmed: Vec<(Agent, TimeDelta)>,
    /// Collectors that have not confirmed yet, by name.
    pub waiting: Vec<Agent>,
    /// When the last lease ends that could have been given before the stop: from then on none of them may capture.
    pub leases_end: DateTime<Utc>,
}

impl Confirmations {
    /// Collectors that the stop is for.
    pub fn all(&self) -> usize {
        self.confirmed.len() + self.waiting.len()
    }

    /// How long it took until all had confirmed; `None` before that, and where there is no collector.
    pub fn took(&self) -> Option<TimeDelta> {
        let last = self.confirmed.last().map(|(_, after)| *after);
        last.filter(|_| self.waiting.is_empty())
    }
}

/// A collector says that everything that was to stop before position `seq` has stopped; when that was said first.
///
/// # Errors
/// `Denied` for an agent that collects nothing; `Invalid` for a position that is not reached yet.
pub async fn confirm(app: &App, agent: &Agent, seq: u64) -> Result<DateTime<Utc>, Error> {
    if !agent.kind.collects() {
        return Err(Error::Denied);
    }
    let at = app.now();
    if seq > app.feed().seq() && seq > super::ledger::head(app).await?.seq() {
        let hint = "Confirm a position that the server has told you.";
        return Err(Invalid::new("seq", hint).into());
    }
    if let Some(earlier) = app.store.confirmation(&agent.name, seq).await? {
        return Ok(earlier.at);
    }
    let agent = agent.name.clone();
    app.confirmer.confirm(Ack { agent, seq, at }).await
}

/// Who has stopped for `stop`, of the collectors that could have had a yes.
///
/// # Errors
/// When the database fails.
pub async fn confirmations(app: &App, stop: Stop) -> Result<Confirmations, Error> {
    let acks = app.store.confirmations(stop.seq).await?;
    let agents = app.store.agents().await?;
    Ok(sorted(app, stop, agents, &acks))
}

fn sorted(app: &App, stop: Stop, agents: Vec<Agent>, acks: &[Ack]) -> Confirmations {
    let (mut confirmed, mut waiting) = (Vec::new(), Vec::new());
    for agent in agents {
        if !concerns(&stop, &agent) {
            continue;
        }
        match acks.iter().find(|ack| ack.agent == agent.name) {
            // Another server's clock may run behind.
            Some(ack) => confirmed.push((agent, (ack.at - stop.at).max(TimeDelta::zero()))),
            None => waiting.push(agent),
        }
    }
    confirmed.sort_by_key(|(_, after)| *after);
    Confirmations {
        leases_end: stop.at + app.settings.holds.lease(),
        stop,
        confirmed,
        waiting,
    }
}

/// Who of `agents` has stopped for something; `None` when there is nothing or it is too long ago.
///
/// # Errors
/// When the database fails.
pub(super) async fn recent(
    app: &App,
    stop: Option<Stop>,
    agents: &[Agent],
) -> Result<Option<Confirmations>, Error> {
    let Some(stop) = stop.filter(|stop| app.now() - stop.at < KEPT) else {
        return Ok(None);
    };
    let acks = app.store.confirmations(stop.seq).await?;
    Ok(Some(sorted(app, stop, agents.to_vec(), &acks)))
}

/// Whether a collector could have had a yes that the stop ends.
fn concerns(stop: &Stop, agent: &Agent) -> bool {
    let registered = match &stop.category {
        Some(category) => agent.covers(&stop.program, category),
        None => {
            agent.revoked_at.is_none()
                && agent.kind.collects()
                && agent.programs.contains(&stop.program)
        }
    };
    let unit = stop.unit.as_ref();
    let reaches = agent.units.is_empty() || unit.is_none_or(|unit| agent.units.contains(unit));
    registered && reaches && agent.registered_at <= stop.at
}

/// A handle to the task that keeps confirmations.
#[derive(Clone)]
pub(super) struct Confirmer {
    jobs: mpsc::Sender<Job>,
}

impl Confirmer {
    /// Starts the task. It ends when the last handle is dropped.
    pub(super) fn start(store: Arc<dyn Store>) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run(store, queue));
        Self { jobs }
    }

    async fn confirm(&self, ack: Ack) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.jobs
            .try_send((ack, answer))
            .map_err(|_| Error::Conflict(Conflict::Busy))?;
        answered.await.unwrap_or_else(|_| {
            Err(Error::Internal(
                "confirmations are not kept any more".into(),
            ))
        })
    }
}

async fn run(store: Arc<dyn Store>, mut queue: mpsc::Receiver<Job>) {
    let mut jobs = Vec::new();
    while queue.recv_many(&mut jobs, QUEUE).await > 0 {
        // Of several by one agent the furthest covers the others.
        let mut furthest: BTreeMap<AgentName, Ack> = BTreeMap::new();
        for (ack, _) in &jobs {
            let known = furthest.entry(ack.agent.clone());
            let known = known.or_insert_with(|| ack.clone());
            if known.seq < ack.seq {
                *known = ack.clone();
            }
        }
        let acks: Vec<_> = furthest.into_values().collect();
        let kept = store.confirm(&acks).await;
        if let Err(error) = &kept {
            tracing::error!(%error, confirmations = acks.len(), "confirmations were not kept");
        }
        for (ack, answer) in jobs.drain(..) {
            // Whoever asked may be gone; the confirmation stands all the same.
            let _ = answer.send(match &kept {
                Ok(()) => Ok(ack.at),
                Err(_) => Err(Error::Internal("a confirmation was not kept".into())),
            });
        }
    }
}
