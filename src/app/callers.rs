//! Who calls: agents by their keys, remembered for as long as nothing about agents or the directory has changed.
//!
//! A key is 192 random bits, so its hash is quick to make and to compare; what costs is the database, and that is asked
//! once per key.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest as _, Sha256};

use super::App;
use super::error::Error;
use crate::domain::agent::{Agent, AgentKey};

/// Most keys that are remembered; beyond it all are forgotten.
const REMEMBERED: usize = 100_000;

/// An agent that has shown its key.
#[derive(Debug)]
pub struct Caller {
    /// The agent.
    pub agent: Agent,
    /// Whom it may ask about; `None`: everybody.
    people: Option<HashSet<String>>,
}

impl Caller {
    /// An agent and whom it may ask about; `None`: everybody.
    pub const fn new(agent: Agent, people: Option<HashSet<String>>) -> Self {
        Self { agent, people }
    }

    /// Whether it may ask about somebody, known or not.
    pub fn may_ask_about(&self, employee: &str) -> bool {
        let people = self.people.as_ref();
        people.is_none_or(|people| people.contains(employee))
    }

    /// Whom it may ask about; `None`: everybody.
    pub const fn people(&self) -> Option<&HashSet<String>> {
        self.people.as_ref()
    }
}

impl Deref for Caller {
    type Target = Agent;

    fn deref(&self) -> &Agent {
        &self.agent
    }
}

/// Callers that were recognised, by the hash of the whole key.
#[derive(Clone, Default)]
pub(super) struct Callers(Arc<RwLock<HashMap<[u8; 32], Known>>>);

struct Known {
    /// As of which revision of agents and people.
    revision: u64,
    caller: Arc<Caller>,
}

/// The agent behind a key; `None` for what is no key, an unknown or revoked one, and a wrong secret.
///
/// # Errors
/// When the database fails.
pub async fn authenticate(app: &App, key: &str) -> Result<Option<Arc<Caller>>, Error> {
    // Before the database is asked: what is remembered can only be newer than this says.
    let revision = app.standings().callers();
    let digest = Sha256::digest(key).into();
    if let Some(caller) = app.callers.get(&digest, revision) {
        return Ok(Some(caller));
    }
    let Ok(key) = key.parse::<AgentKey>() else {
        return Ok(None);
    };
    let caller = read(app, &key).await?.map(Arc::new);
    if let (Some(revision), Some(caller)) = (revision, &caller) {
        app.callers.remember(digest, revision, caller.clone());
    }
    Ok(caller)
}

async fn read(app: &App, key: &AgentKey) -> Result<Option<Caller>, Error> {
    let Some((agent, stored)) = app.store.agent_by_key(key.id()).await? else {
        return Ok(None);
    };
    if !same(&stored, &secret_sha256(key)) || agent.revoked_at.is_some() {
        return Ok(None);
    }
    let people = if agent.units.is_empty() {
        None
    } else {
        let members = app.store.members(&agent.units).await?;
        Some(members.into_iter().map(String::from).collect())
    };
    Ok(Some(Caller::new(agent, people)))
}

impl Callers {
    fn get(&self, key: &[u8; 32], revision: Option<u64>) -> Option<Arc<Caller>> {
        let revision = revision?;
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(key)?;
        (known.revision == revision).then(|| known.caller.clone())
    }

    fn remember(&self, key: [u8; 32], revision: u64, caller: Arc<Caller>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, Known { revision, caller });
    }
}

pub(super) fn secret_sha256(key: &AgentKey) -> [u8; 32] {
    Sha256::digest(key.secret()).into()
}

/// Compares without telling by its duration where the difference is.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter()
        .zip(b)
        .fold(0, |difference, (a, b)| difference | (a ^ b))
        == 0
}
