//! Simulated collectors that run beside the server and know it only through its API.
//!
//! Each follows what it may do ([`client::watch`](crate::client::watch)) and looks every few seconds at everybody it
//! watches. It counts only what lies between two answers of yes that hold together, up to a moment for which the yes is
//! proven. On a stop, what was captured and not sent is dropped, and only then is the stop confirmed.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use tokio::time::MissedTickBehavior;

use super::agents::Agent;
use super::capture::Span;
use super::programmes::{APPS, MCI};
use crate::client::Client;
use crate::client::error::Error;
use crate::client::moment::Clock;
use crate::client::pace::Random;
use crate::client::report::{ItemResult, Outcome};
use crate::client::watch::permit::Permit;
use crate::client::watch::stop::{Scope, Stop};
use crate::client::watch::{Ask, Settings, Watch};
use crate::domain::employee::ExternalId;
use crate::domain::invalid::Invalid;
use crate::domain::record::Record;

/// How often a collector looks: below the default lease of five seconds.
const ROUND: Duration = Duration::from_secs(3);
/// Records kept while the server does not answer; the oldest go first.
const BACKLOG: usize = 500;
/// Shortest span that is worth a record.
const SHORTEST: TimeDelta = TimeDelta::seconds(2);
/// What was captured last is not counted: a choice that is being written has its time already.
const MARGIN: TimeDelta = TimeDelta::milliseconds(500);

/// One running collector.
pub(super) struct Collector {
    client: Client,
    watch: Watch,
    clock: Clock,
    desk: Arc<Mutex<Desk>>,
}

/// What a collector has at hand.
struct Desk {
    agent: &'static Agent,
    rng: StdRng,
    subjects: Vec<Subject>,
    outbox: Vec<Record>,
}

/// One kind of data of one person.
struct Subject {
    employee: ExternalId,
    category: &'static str,
    /// The app in which the person works, where the programme names apps.
    app: Option<&'static str>,
    /// Whether this person never pauses, so that whoever tries the demo need not wait.
    diligent: bool,
    /// Whether there is anything to capture at present.
    active: bool,
    /// When app and activity change.
    until: DateTime<Utc>,
    open: Option<Open>,
}

/// What is being captured.
struct Open {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    permit: Permit,
}

impl Collector {
    /// A collector that watches these people; with each, whether they never pause. `seed` must differ from run to run:
    /// it makes the records' ids.
    pub(super) fn new(
        agent: &'static Agent,
        client: Client,
        clock: Clock,
        people: &[(ExternalId, bool)],
        random: Random,
        seed: [u8; 32],
    ) -> Result<Self, Error> {
        let now = clock().wall;
        let mut subjects = Vec::new();
        for (employee, diligent) in people {
            for category in agent.captures() {
                subjects.push(Subject {
                    employee: employee.clone(),
                    category,
                    app: None,
                    diligent: *diligent,
                    active: false,
                    until: now,
                    open: None,
                });
            }
        }
        let desk = Arc::new(Mutex::new(Desk {
            agent,
            rng: StdRng::from_seed(seed),
            subjects,
            outbox: Vec::new(),
        }));
        let stopping = desk.clone();
        let purge = move |stop: Stop| {
            lock(&stopping).purge(&stop.scope);
            std::future::ready(())
        };
        Ok(Self {
            watch: client.watch(Settings::default(), random, purge)?,
            client,
            clock,
            desk,
        })
    }

    /// Runs until it is dropped.
    pub(super) async fn run(self) {
        let mut rounds = tokio::time::interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            let now = (self.clock)().wall;
            let records = match lock(&self.desk).round(&self.watch, now) {
                Ok(records) => records,
                Err(invalid) => {
                    tracing::error!(%invalid, "a simulated collector stops");
                    return;
                }
            };
            self.send(records).await;
        }
    }

    async fn send(&self, records: Vec<Record>) {
        if records.is_empty() {
            return;
        }
        match self.client.report(&records).await {
            Ok(results) => {
                for result in &results {
                    if result.outcome != Outcome::Accepted {
                        tracing::warn!(outcome = ?result.outcome, "a collector's record was not accepted");
                    }
                }
                lock(&self.desk).sent(&results);
            }
            // They stay in the outbox, where a stop finds them.
            Err(error) => tracing::debug!(%error, "a collector's records wait"),
        }
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Looks at everybody. Returns what is to be sent; it stays in the outbox until it is.
    fn round(&mut self, watch: &Watch, now: DateTime<Utc>) -> Result<Vec<Record>, Invalid> {
        for index in 0..self.subjects.len() {
            if self.subjects[index].until <= now {
                self.finish(index)?;
                self.turn(index, now);
            }
            let subject = &self.subjects[index];
            if !subject.active {
                continue;
            }
            let ask = Ask {
                app: subject.app,
                ..Ask::new(
                    subject.employee.as_str(),
                    self.agent.program,
                    subject.category,
                )
            };
            match watch.permit(&ask) {
                Ok(permit) => self.go_on(index, permit)?,
                Err(_) => self.finish(index)?,
            }
        }
        let excess = self.outbox.len().saturating_sub(BACKLOG);
        self.outbox.drain(..excess);
        Ok(self.outbox.clone())
    }

    /// Another stretch of work, in another app, or of none.
    fn turn(&mut self, index: usize, now: DateTime<Utc>) {
        let app = (self.agent.program == MCI).then(|| APPS.choose(&mut self.rng).copied());
        let subject = &mut self.subjects[index];
        subject.app = app.flatten();
        subject.active = subject.diligent || self.rng.random_bool(0.6);
        subject.until = now + TimeDelta::seconds(self.rng.random_range(18..=30));
    }

    fn go_on(&mut self, index: usize, permit: Permit) -> Result<(), Invalid> {
        let proven = permit.as_of() - MARGIN;
        if let Some(open) = &mut self.subjects[index].open
            && open.permit.holds()
            && permit.since() <= open.to
        {
            // Yes then and yes now, without a break: so it was in between.
            open.to = proven.max(open.to);
            open.permit = permit;
            return Ok(());
        }
        self.finish(index)?;
        let from = proven.max(permit.since());
        self.subjects[index].open = Some(Open {
            from,
            to: from,
            permit,
        });
        Ok(())
    }

    /// Ends what is being captured, and makes it a record.
    fn finish(&mut self, index: usize) -> Result<(), Invalid> {
        let subject = &mut self.subjects[index];
        let open = subject.open.take();
        let Some(open) = open.filter(|open| open.to - open.from >= SHORTEST) else {
            return Ok(());
        };
        let span = Span {
            employee: subject.employee.clone(),
            program: self.agent.program,
            category: subject.category,
            app: subject.app,
            from: open.from,
            to: open.to,
        };
        self.outbox.push(span.record(&mut self.rng)?);
        Ok(())
    }

    /// Drops what was captured there and not sent.
    fn purge(&mut self, scope: &Scope) {
        let program = self.agent.program;
        for subject in &mut self.subjects {
            if scope.covers(subject.employee.as_str(), program, subject.category) {
                subject.open = None;
            }
        }
        self.outbox.retain(|record| {
            let (employee, category) = (record.employee.as_str(), record.category.as_str());
            !scope.covers(employee, program, category)
        });
    }

    /// Forgets what the server has taken.
    fn sent(&mut self, results: &[ItemResult]) {
        let sent: HashSet<_> = results.iter().map(|result| result.id).collect();
        self.outbox.retain(|record| !sent.contains(&record.id));
    }
}
