//! Simulated collectors that run beside the server and know it only through its API.
//!
//! Each asks every few seconds about everybody it watches, well within the lease, and counts only what lies between
//! two answers of yes that hold together. A no ends the record at the last yes. Nothing is captured in between, when
//! nobody answers, or after the lease has run out.

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
use crate::client::decision::{Decision, Permit, Question};
use crate::client::moment::Clock;
use crate::client::report::Outcome;
use crate::domain::employee::ExternalId;
use crate::domain::invalid::Invalid;
use crate::domain::record::Record;

/// How often a collector asks: below the default lease of five seconds.
const ROUND: Duration = Duration::from_secs(3);
/// Records kept while the server does not answer; the oldest go first.
const BACKLOG: usize = 500;
/// Shortest span that is worth a record.
const SHORTEST: TimeDelta = TimeDelta::seconds(2);

/// One running collector.
pub(super) struct Collector {
    agent: &'static Agent,
    client: Client,
    clock: Clock,
    rng: StdRng,
    watches: Vec<Watch>,
    outbox: Vec<Record>,
}

/// One kind of data of one person.
struct Watch {
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
    /// A collector that watches these people; with each, whether they never pause. `seed` must differ from run to run: it makes the records' ids.
    pub(super) fn new(
        agent: &'static Agent,
        client: Client,
        clock: Clock,
        people: &[(ExternalId, bool)],
        seed: [u8; 32],
    ) -> Self {
        let now = clock().wall;
        let mut watches = Vec::new();
        for (employee, diligent) in people {
            for category in agent.captures() {
                watches.push(Watch {
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
        Self {
            agent,
            client,
            watches,
            clock,
            rng: StdRng::from_seed(seed),
            outbox: Vec::new(),
        }
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        let mut rounds = tokio::time::interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            if let Err(invalid) = self.round().await {
                tracing::error!(collector = self.agent.name, %invalid, "the simulated collector stops");
                return;
            }
        }
    }

    async fn round(&mut self) -> Result<(), Invalid> {
        let asked = (self.clock)().wall;
        for index in 0..self.watches.len() {
            if self.watches[index].until <= asked {
                self.finish(index)?;
                self.turn(index, asked);
            }
        }
        let active: Vec<usize> = (0..self.watches.len())
            .filter(|index| self.watches[*index].active)
            .collect();
        let mut questions = Vec::with_capacity(active.len());
        for index in &active {
            let watch = &self.watches[*index];
            questions.push(Question {
                employee: watch.employee.clone(),
                program: self.agent.program.parse()?,
                category: watch.category.parse()?,
                app: watch.app.map(Into::into),
            });
        }
        match self.client.evaluations(&questions).await {
            Ok(decisions) => {
                for (index, decision) in active.into_iter().zip(decisions) {
                    self.obey(index, decision, asked)?;
                }
            }
            Err(error) => {
                tracing::debug!(collector = self.agent.name, %error, "nobody answers: nothing is captured");
                for index in active {
                    self.finish(index)?;
                }
            }
        }
        self.send().await;
        Ok(())
    }

    /// Another stretch of work, in another app, or of none.
    fn turn(&mut self, index: usize, now: DateTime<Utc>) {
        let app = (self.agent.program == MCI).then(|| APPS.choose(&mut self.rng).copied());
        let watch = &mut self.watches[index];
        watch.app = app.flatten();
        watch.active = watch.diligent || self.rng.random_bool(0.6);
        watch.until = now + TimeDelta::seconds(self.rng.random_range(18..=30));
    }

    fn obey(
        &mut self,
        index: usize,
        decision: Decision,
        asked: DateTime<Utc>,
    ) -> Result<(), Invalid> {
        let now = (self.clock)();
        let Decision::Permit(permit) = decision else {
            return self.finish(index);
        };
        if let Some(open) = &mut self.watches[index].open
            && open.permit.holds(now)
            && permit.since <= open.to
        {
            // Yes then and yes when asked, without a break: so it was in between.
            open.to = asked;
            open.permit = permit;
            return Ok(());
        }
        self.finish(index)?;
        let from = asked.max(permit.since);
        self.watches[index].open = Some(Open {
            from,
            to: from,
            permit,
        });
        Ok(())
    }

    /// Ends what is being captured, and makes it a record.
    fn finish(&mut self, index: usize) -> Result<(), Invalid> {
        let watch = &mut self.watches[index];
        let Some(open) = watch
            .open
            .take()
            .filter(|open| open.to - open.from >= SHORTEST)
        else {
            return Ok(());
        };
        let span = Span {
            employee: watch.employee.clone(),
            program: self.agent.program,
            category: watch.category,
            app: watch.app,
            from: open.from,
            to: open.to,
        };
        self.outbox.push(span.record(&mut self.rng)?);
        Ok(())
    }

    async fn send(&mut self) {
        if self.outbox.is_empty() {
            return;
        }
        match self.client.report(&self.outbox).await {
            Ok(results) => {
                for result in results {
                    if result.outcome != Outcome::Accepted {
                        tracing::warn!(collector = self.agent.name, outcome = ?result.outcome, "not accepted");
                    }
                }
                self.outbox.clear();
            }
            Err(error) => {
                tracing::debug!(collector = self.agent.name, %error, "records wait");
                let excess = self.outbox.len().saturating_sub(BACKLOG);
                self.outbox.drain(..excess);
            }
        }
    }
}
