//! The loop: fetch what is known, follow what changes, and come back when the thread is lost.
//!
//! It follows the stream. Where that does not stand (no heartbeat soon after it was asked for: something on the way
//! keeps it back), it asks for changes again and again instead, and tries the stream from time to time.

mod poll;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::domain::employee::ExternalId;
use crate::domain::standing::Reason;

use super::super::Client;
use super::super::error::Error;
use super::super::pace::{Random, backoff, spread};
use super::known::Shared;
use super::status::Way;
use super::wire::{Change, Event, What};
use super::{Settings, snapshot};

/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Pause after the server said that it does not know the key: every try costs it something, and people have to act.
const REFUSED_PAUSE: Duration = Duration::from_secs(20);

/// Only some people.
#[derive(Debug, Clone)]
pub struct Filter(Option<String>);

impl Filter {
    /// These; nobody named means everybody.
    ///
    /// # Errors
    /// When they are too many, or cannot be named.
    pub fn new(people: &[ExternalId]) -> Result<Self, Error> {
        if people.len() > Settings::MAX_EMPLOYEES {
            let most = Settings::MAX_EMPLOYEES;
            return Err(Error::Refused(format!("Name at most {most} people.")));
        }
        if people.iter().any(|person| person.as_str().contains(',')) {
            let why = "A person whose number holds a comma cannot be named: follow everybody.";
            return Err(Error::Refused(why.into()));
        }
        let names: Vec<_> = people.iter().map(ExternalId::as_str).collect();
        Ok(Self((!names.is_empty()).then(|| names.join(","))))
    }

    /// Whether it leaves anybody out.
    pub const fn is_partial(&self) -> bool {
        self.0.is_some()
    }

    /// A path below the server's address, with its query.
    pub fn path(&self, path: &str, query: &[(&str, &str)]) -> String {
        // Only the query is used: a URL knows how to write one.
        let Ok(mut url) = Url::parse("http://localhost/") else {
            return path.to_owned();
        };
        url.query_pairs_mut().extend_pairs(query);
        if let Some(people) = &self.0 {
            url.query_pairs_mut().append_pair("employees", people);
        }
        format!("{path}?{}", url.query().unwrap_or_default())
    }
}

/// Stops what has run out, at the time at which it does, even if nothing is heard.
pub async fn look(shared: Arc<Shared>) {
    loop {
        // A little later, so that it is over then and not about to be.
        let pause = shared.look() + Duration::from_millis(1);
        tokio::time::sleep(pause).await;
    }
}

/// Follows one server.
pub struct Follower {
    client: Client,
    shared: Arc<Shared>,
    people: Filter,
    random: Random,
}

/// How far one connection has come.
struct Thread {
    /// The last position that it told.
    last: u64,
    /// The position that was known before it: what it tells up to there is known.
    base: u64,
    /// Heartbeats in a row that took long to arrive.
    late: u32,
}

impl Follower {
    /// Of this server.
    pub const fn new(client: Client, shared: Arc<Shared>, people: Filter, random: Random) -> Self {
        Self {
            client,
            shared,
            people,
            random,
        }
    }

    /// Follows for as long as it is not dropped.
    pub async fn run(self) {
        let mut failures = 0_u32;
        let mut way = Way::Stream;
        loop {
            let beats = self.shared.beats();
            let ended = self.round(way).await;
            let stood = self.shared.beats() != beats;
            failures = if stood { 0 } else { failures.saturating_add(1) };
            way = match (way, stood, &ended) {
                (Way::Stream, false, _) | (Way::Poll, true, Err(_)) => Way::Poll,
                _ => Way::Stream,
            };
            let Err(error) = ended else { continue };
            self.shared.lose(&error);
            let pause = if matches!(error, Error::Status(401, _)) {
                self.shared.stop_everything(Reason::AgentNotRegistered);
                spread(REFUSED_PAUSE, &self.random)
            } else {
                backoff(failures, LONGEST_PAUSE, &self.random)
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn round(&self, way: Way) -> Result<(), Error> {
        if self.shared.position().is_none() {
            self.fetch().await?;
        }
        let position = self.shared.position();
        let position = position.ok_or(Error::Unclear("a snapshot that does not hold"))?;
        match way {
            Way::Stream => self.stream(position).await,
            Way::Poll => self.poll().await,
        }
    }

    async fn fetch(&self) -> Result<(), Error> {
        snapshot::fetch(&self.client, &self.shared, &self.people).await
    }

    /// How long a silence may last before the connection counts as lost: time enough is left for another one.
    fn patience(&self) -> Duration {
        const LIMITS: [Duration; 2] = [Duration::from_millis(1200), Duration::from_secs(5)];
        let [shortest, longest] = LIMITS;
        self.shared.lease().mul_f64(0.6).clamp(shortest, longest)
    }

    /// Denies everything because of what the server said, and says why.
    fn distrust<T>(&self, error: Error) -> Result<T, Error> {
        self.shared.distrust();
        Err(error)
    }

    /// Takes a change or a position of the connection. The heartbeat is for whoever knows when it came. Says whether
    /// the snapshot was fetched, while nothing was read.
    async fn obey(&self, event: Event, thread: &mut Thread) -> Result<bool, Error> {
        let Event { seq, what } = event;
        if seq < thread.last && what != What::Resync {
            return self.distrust(Error::Unclear("a position that goes back"));
        }
        thread.last = seq;
        match what {
            What::Heartbeat(_) => Ok(false),
            What::Snapshot => self.fetch_within(thread).await,
            What::Resync | What::Unknown => {
                self.shared.distrust();
                self.fetch_within(thread).await
            }
            What::Change(change) => {
                // A declaration owes no ledger entry: it may have come after what was known at the same position.
                let declared = matches!(change, Change::Program(_)) && seq == thread.base;
                if seq <= thread.base && !declared {
                    return Ok(false);
                }
                self.shared
                    .apply(seq, change)
                    .or_else(|error| self.distrust(error))?;
                Ok(false)
            }
        }
    }

    async fn fetch_within(&self, thread: &mut Thread) -> Result<bool, Error> {
        self.fetch().await?;
        let position = self.shared.position().unwrap_or_default();
        if position < thread.last {
            // From another server, which is behind: what lies between was told already and would be missed.
            return self
                .distrust(Error::Unclear("a snapshot from before the stream"))
                .map(|()| true);
        }
        thread.base = position;
        Ok(true)
    }
}
