//! The fleet: each agent a client that follows the server, and a task that notes when its answer becomes no.

use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sayso::client::address::Transport;
use sayso::client::moment::{Clock, Moment};
use sayso::client::report::Outcome;
use sayso::client::watch::{Ask, Settings, Watch};
use sayso::client::{Client, Timeouts};
use tokio::task::JoinSet;

use crate::company::{Company, now};
use crate::relay::Relay;

/// From and to.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// Sort of stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Withdrawal,
    Pause,
}

/// What is stopped in a round.
#[derive(Debug, Clone)]
pub struct Case {
    pub program: String,
    pub person: usize,
}

/// One agent.
struct Agent {
    name: String,
    /// For records: never through the relay.
    direct: Client,
    watch: Watch,
    cut: bool,
    target: Arc<Mutex<Target>>,
}

/// What its task looks at, and when the answer was first seen to be no.
#[derive(Default)]
struct Target {
    case: Option<Case>,
    stopped: Option<Instant>,
}

/// All of them.
pub struct Fleet(Vec<Agent>);

/// How long each took, from before the stop was written.
pub struct Times {
    pub connected: Vec<Duration>,
    pub cut: Vec<Duration>,
}

fn clock() -> Clock {
    Arc::new(|| Moment::at(now()))
}

impl Fleet {
    /// Starts them. The first `cut` go through the relay.
    pub fn start(company: &Company, relay: &Relay, cut: usize) -> Self {
        let agents = company.keys.iter().enumerate().map(|(index, (name, key))| {
            let cut = index < cut;
            // A client of its own has connections of its own.
            let client = |address| {
                let url = format!("http://{address}");
                let timeouts = Timeouts::default();
                Client::new(&url, key, timeouts, Transport::Protected, clock()).expect("a client")
            };
            let direct = client(company.address);
            let followed = if cut {
                client(relay.address)
            } else {
                direct.clone()
            };
            let random = Arc::new(rand::random::<[u8; 16]>);
            let purge = |_| std::future::ready(());
            let watch = followed.watch(Settings::default(), random, purge);
            let watch = watch.expect("a watch");
            let target = Arc::new(Mutex::new(Target::default()));
            tokio::spawn(look(watch.clone(), target.clone()));
            Agent {
                name: name.clone(),
                direct,
                watch,
                cut,
                target,
            }
        });
        Self(agents.collect())
    }

    /// How many are not cut off.
    pub fn connected(&self) -> usize {
        self.0.iter().filter(|agent| !agent.cut).count()
    }

    /// The names of those that are.
    pub fn cut(&self) -> Vec<String> {
        let cut = self.0.iter().filter(|agent| agent.cut);
        cut.map(|agent| agent.name.clone()).collect()
    }

    /// Waits until every agent may capture it.
    pub async fn wait_for_yes(&self, case: &Case, patience: Duration) {
        let start = Instant::now();
        for agent in &self.0 {
            while !yes(&agent.watch, case) || agent.watch.status().connected.is_none() {
                let status = agent.watch.status();
                assert!(
                    start.elapsed() < patience,
                    "{} does not follow: {status:?}",
                    agent.name
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        for agent in &self.0 {
            let mut target = agent.target.lock().expect("a lock");
            target.case = Some(case.clone());
            target.stopped = None;
        }
    }

    /// What one `guard` that says yes costs, on average over many.
    pub fn guard(&self, case: &Case) -> Duration {
        const CALLS: u32 = 200_000;
        let agent = self.0.last().expect("an agent");
        let employee = format!("E{}", case.person);
        let start = Instant::now();
        for _ in 0..CALLS {
            let guard = agent
                .watch
                .guard(black_box(&employee), &case.program, "keystrokes");
            assert!(guard, "it is permitted");
        }
        start.elapsed() / CALLS
    }

    /// Waits until every agent says no, cut off or not.
    pub async fn wait_for_no(&self, began: Instant) -> Times {
        let (mut connected, mut cut) = (Vec::new(), Vec::new());
        for agent in &self.0 {
            let stopped = loop {
                if let Some(stopped) = agent.target.lock().expect("a lock").stopped {
                    break stopped;
                }
                assert!(
                    began.elapsed() < Duration::from_mins(1),
                    "{} goes on",
                    agent.name
                );
                tokio::time::sleep(Duration::from_millis(5)).await;
            };
            let took = stopped.saturating_duration_since(began);
            if agent.cut { &mut cut } else { &mut connected }.push(took);
        }
        Times { connected, cut }
    }

    /// Waits until each connected agent knows that its confirmation was taken. How many, and how long the last one took.
    pub fn confirming(&self, seq: u64, began: Instant) -> JoinSet<Option<Duration>> {
        let mut waiting = JoinSet::new();
        for agent in self.0.iter().filter(|agent| !agent.cut) {
            let watch = agent.watch.clone();
            waiting.spawn(async move {
                while watch.status().confirmed < Some(seq) {
                    if began.elapsed() > Duration::from_secs(20) {
                        return None;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Some(began.elapsed())
            });
        }
        waiting
    }

    /// Up to `most` agents report something captured since the yes, up to the moment for which it is proven. How many,
    /// and how many were accepted.
    pub async fn report_before(
        &self,
        company: &Company,
        case: &Case,
        most: usize,
    ) -> (usize, usize) {
        let employee = format!("E{}", case.person);
        let mut spans = Vec::new();
        for agent in self.0.iter().rev().take(most) {
            let span = loop {
                let permit = agent
                    .watch
                    .permit(&Ask::new(&employee, &case.program, "keystrokes"));
                match permit {
                    Ok(permit) if permit.as_of() > permit.since() => {
                        break (permit.since(), permit.as_of());
                    }
                    _ => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            };
            spans.push((agent, span));
        }
        report(company, case, spans).await
    }

    /// Up to `most` agents, cut off or not, report something captured after the stop. How many, and how many were
    /// accepted.
    pub async fn report_after(
        &self,
        company: &Company,
        case: &Case,
        stop: DateTime<Utc>,
        most: usize,
    ) -> (usize, usize) {
        let ends = self
            .0
            .iter()
            .take(most / 2)
            .chain(self.0.iter().rev().take(most / 2));
        let spans = ends.map(|agent| (agent, (stop, now()))).collect();
        report(company, case, spans).await
    }
}

async fn report(company: &Company, case: &Case, spans: Vec<(&Agent, Span)>) -> (usize, usize) {
    let (mut sent, mut accepted) = (0, 0);
    for (agent, (from, to)) in spans {
        let record = company.record(case, from, to);
        let results = agent.direct.report(&[record]).await.expect("an answer");
        sent += 1;
        accepted += results
            .iter()
            .filter(|result| result.outcome == Outcome::Accepted)
            .count();
    }
    (sent, accepted)
}

fn yes(watch: &Watch, case: &Case) -> bool {
    watch.guard(&format!("E{}", case.person), &case.program, "keystrokes")
}

/// Notes when the answer becomes no; it waits to be told, as a collector does.
async fn look(watch: Watch, target: Arc<Mutex<Target>>) {
    let mut changes = watch.changes();
    loop {
        changes.changed().await;
        let mut target = target.lock().expect("a lock");
        let now = Instant::now();
        if target.case.as_ref().is_some_and(|case| !yes(&watch, case)) {
            target.stopped.get_or_insert(now);
        }
    }
}
