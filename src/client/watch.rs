//! Follows what this agent may do, so that asking costs nanoseconds and a stop arrives by itself.
//!
//! A [`Watch`] fetches the snapshot, follows the stream of changes, falls back to asking again and again where streams
//! do not get through, and confirms each stop. [`Watch::guard`] answers from what is known, never waits, and says no
//! unless fresh proof says yes. Everything that goes wrong ends in a no: `docs/design/watch.md` has the rules.
//!
//! The parts: `sse` and `wire` read, `subset` and `apply` know, `pulse` and `fresh` say how old it is, `known` and `keep`
//! are the state behind `guard`, `follow` is the loop around it, `confirm` purges and tells the server.

mod apply;
pub mod condition;
mod confirm;
mod follow;
mod fresh;
mod keep;
mod known;
pub mod permit;
mod pulse;
mod snapshot;
mod sse;
pub mod status;
pub mod stop;
mod subset;
mod token;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::domain::employee::ExternalId;
use crate::domain::property::{NOTHING, Properties};
use crate::domain::standing::Reason;

use super::Client;
use super::error::Error;
use super::pace::Random;
use known::Shared;
use permit::Permit;
use status::Status;
use stop::Stop;

/// What to follow, and how strictly.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Only these people, at most [`Settings::MAX_EMPLOYEES`]; empty means everybody for whom the agent is registered.
    pub employees: Vec<ExternalId>,
    /// For how long at most what is known may be relied on without hearing the server. The server may say less.
    /// Values outside [`Settings::STALE`] count as its nearest end.
    pub max_stale: Duration,
}

impl Settings {
    /// Most people that can be named.
    pub const MAX_EMPLOYEES: usize = 100;
    /// Shortest and longest time without hearing the server.
    pub const STALE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(30)];
}

impl Default for Settings {
    /// Everybody, for five seconds.
    fn default() -> Self {
        Self {
            employees: Vec::new(),
            max_stale: Duration::from_secs(5),
        }
    }
}

/// May I collect this, about this person, for this programme, here?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask<'a> {
    /// About whom: the number that HR uses.
    pub employee: &'a str,
    /// For which programme.
    pub program: &'a str,
    /// Which kind of data.
    pub category: &'a str,
    /// In which app; can only narrow the answer.
    pub app: Option<&'a str>,
    /// What else is to be said about what is done, for a yes on conditions ("only if it is masked"). Can only narrow the
    /// answer.
    pub action: &'a Properties<'a>,
}

impl<'a> Ask<'a> {
    /// Without saying in which app.
    pub const fn new(employee: &'a str, program: &'a str, category: &'a str) -> Self {
        Self {
            employee,
            program,
            category,
            app: None,
            action: &NOTHING,
        }
    }

    /// In this app.
    #[must_use]
    pub const fn within(self, app: &'a str) -> Self {
        Self {
            app: Some(app),
            ..self
        }
    }
}

/// What follows the server. Cheap to clone; when the last clone is dropped, the answer is no for good.
#[derive(Clone)]
pub struct Watch {
    shared: Arc<Shared>,
    _running: Arc<Running>,
}

struct Running {
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Client {
    /// Begins to follow what this agent may do. Call it within a Tokio runtime; it does not wait for the server.
    ///
    /// On every stop, first [`Watch::guard`] says no, then `purge` is called and awaited, then the server is told. It
    /// has to remove whatever was captured within the stop's scope and not sent. Further stops are obeyed while it
    /// works, and purged after it.
    ///
    /// # Errors
    /// [`Error::Refused`] when the settings name too many people, or one whose number holds a comma.
    pub fn watch<P, F>(&self, settings: Settings, random: Random, purge: P) -> Result<Watch, Error>
    where
        P: FnMut(Stop) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let [shortest, longest] = Settings::STALE;
        let max_stale = settings.max_stale.clamp(shortest, longest);
        let people = follow::Filter::new(&settings.employees)?;
        let (jobs, queue) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::new(
            self.clock.clone(),
            max_stale,
            people.is_partial(),
            jobs,
        ));
        let (confirm, to_confirm) = watch::channel(None);
        let mut tasks = JoinSet::new();
        tasks.spawn(confirm::purge(queue, purge, confirm));
        tasks.spawn(confirm::tell(
            self.clone(),
            shared.clone(),
            to_confirm,
            random.clone(),
        ));
        tasks.spawn(follow::look(shared.clone()));
        tasks.spawn(follow::Follower::new(self.clone(), shared.clone(), people, random).run());
        let running = Running {
            shared: shared.clone(),
            _tasks: tasks,
        };
        Ok(Watch {
            shared,
            _running: Arc::new(running),
        })
    }
}

impl Watch {
    /// Whether it may be collected now. Takes nanoseconds, waits for nothing, and says no unless fresh proof says yes.
    pub fn guard(&self, employee: &str, program: &str, category: &str) -> bool {
        self.allows(&Ask::new(employee, program, category))
    }

    /// The same, where it matters in which app.
    pub fn allows(&self, ask: &Ask) -> bool {
        self.shared.permits(ask)
    }

    /// The same as a permit, which says since when, and until when at most.
    ///
    /// # Errors
    /// Why not.
    pub fn permit(&self, ask: &Ask) -> Result<Permit, Reason> {
        self.shared.permit(ask)
    }

    /// The ledger position that is known.
    pub fn seq(&self) -> Option<u64> {
        self.shared.seq()
    }

    /// For how much longer what is known may be relied on if nothing more is heard; zero: every answer is no.
    pub fn lease_left(&self) -> Duration {
        self.shared.lease_left()
    }

    /// Tells when to ask again.
    pub fn changes(&self) -> Changes {
        Changes(self.shared.changes())
    }

    /// How it stands with the server.
    pub fn status(&self) -> Status {
        self.shared.status()
    }
}

/// Tells a collector that an answer may have become another one.
#[derive(Debug, Clone)]
pub struct Changes(watch::Receiver<u64>);

impl Changes {
    /// Waits until something has changed since the last call: a stop, a new yes, or that the server is no longer
    /// heard. May report a change by which no answer has become another one. Never returns once the [`Watch`] is gone:
    /// the answer is no for good then, and the last report has said so.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
