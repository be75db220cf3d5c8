//! The fleet: each agent a client that follows the server, and a task that notes when its answer becomes no.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sayso::client::address::Transport;
use sayso::client::moment::{Clock, Moment};
use sayso::client::watch::{Settings, Watch};
use sayso::client::{Client, Timeouts};

use crate::company::{Company, PEOPLE, Stop, now};
use crate::relay::Relay;

/// Sort of stop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Withdrawal,
    Pause,
}

/// One agent.
pub struct Agent {
    pub name: String,
    pub client: Client,
    pub watch: Watch,
    pub cut: bool,
    /// When the answer about each person was seen to be no, since it was last yes.
    stopped: Arc<Mutex<[Option<Instant>; PEOPLE]>>,
}

/// All of them.
pub struct Fleet(pub Vec<Agent>);

/// How long each took, from before the stop was written.
pub struct Times {
    pub connected: Vec<Duration>,
    pub cut: Vec<Duration>,
}

/// Who has confirmed, as the agents know it themselves.
pub struct Own {
    pub connected: usize,
    pub confirmed: usize,
    pub cut: Vec<String>,
}

fn clock() -> Clock {
    Arc::new(|| Moment::at(now()))
}

impl Fleet {
    /// Starts them. The first `cut` go through the relay.
    pub fn start(company: &Company, relay: &Relay, cut: usize) -> Self {
        let agents = company.keys.iter().enumerate().map(|(index, (name, key))| {
            let cut = index < cut;
            let address = if cut { relay.address } else { company.address };
            let url = format!("http://{address}");
            // A client of its own has connections of its own.
            let timeouts = Timeouts::default();
            let client = Client::new(&url, key, timeouts, Transport::Protected, clock());
            let client = client.expect("a client");
            let random = Arc::new(rand::random::<[u8; 16]>);
            let purge = |_| std::future::ready(());
            let watch = client.watch(Settings::default(), random, purge);
            let watch = watch.expect("a watch");
            let stopped = Arc::new(Mutex::new([None; PEOPLE]));
            tokio::spawn(look(watch.clone(), stopped.clone()));
            Agent {
                name: name.clone(),
                client,
                watch,
                cut,
                stopped,
            }
        });
        Self(agents.collect())
    }

    /// Waits until every agent may capture that person's data.
    pub async fn wait_for_yes(&self, person: usize, patience: Duration) {
        let start = Instant::now();
        for agent in &self.0 {
            while !yes(&agent.watch, person) || agent.watch.status().connected.is_none() {
                let status = agent.watch.status();
                assert!(start.elapsed() < patience, "{} does not follow: {status:?}", agent.name);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            agent.stopped.lock().expect("a lock")[person] = None;
        }
    }

    /// Waits until every agent says no about that person, cut off or not.
    pub async fn wait_for_no(&self, person: usize, began: Instant) -> Times {
        let (mut connected, mut cut) = (Vec::new(), Vec::new());
        for agent in &self.0 {
            let stopped = loop {
                if let Some(stopped) = agent.stopped.lock().expect("a lock")[person] {
                    break stopped;
                }
                assert!(began.elapsed() < Duration::from_secs(60), "{} goes on", agent.name);
                tokio::time::sleep(Duration::from_millis(5)).await;
            };
            let took = stopped.saturating_duration_since(began);
            if agent.cut { &mut cut } else { &mut connected }.push(took);
        }
        Times { connected, cut }
    }

    /// Who knows that the server has taken the confirmation.
    pub async fn confirmed(&self, stop: &Stop) -> Own {
        let connected: Vec<_> = self.0.iter().filter(|agent| !agent.cut).collect();
        let confirmed = connected.iter().filter(|agent| agent.watch.status().confirmed >= Some(stop.seq));
        let cut = self.0.iter().filter(|agent| agent.cut);
        let mut cut: Vec<_> = cut.map(|agent| agent.name.clone()).collect();
        cut.sort();
        Own {
            confirmed: confirmed.count(),
            connected: connected.len(),
            cut,
        }
    }
}

fn yes(watch: &Watch, person: usize) -> bool {
    watch.guard(&format!("E{person}"), "mci", "keystrokes")
}

/// Notes when an answer becomes no; it waits to be told, as a collector does.
async fn look(watch: Watch, stopped: Arc<Mutex<[Option<Instant>; PEOPLE]>>) {
    let mut changes = watch.changes();
    loop {
        changes.changed().await;
        let now = Instant::now();
        let mut stopped = stopped.lock().expect("a lock");
        for (person, stopped) in stopped.iter_mut().enumerate() {
            if !yes(&watch, person) {
                stopped.get_or_insert(now);
            }
        }
    }
}
