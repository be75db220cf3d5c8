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

/// Callers that were recognised.
#[derive(Clone, Default)]
pub(super) struct Callers(Arc<RwLock<HashMap<String, Known>>>);

#[derive(Clone)]
struct Known {
    /// As of which revision of agents and people.
    revision: u64,
    secret_sha256: [u8; 32],
    caller: Arc<Caller>,
}

/// The agent behind a key; `None` for an unknown or revoked key and a wrong secret.
///
/// # Errors
/// When the database fails.
pub async fn authenticate(app: &App, key: &AgentKey) -> Result<Option<Arc<Caller>>, Error> {
    // Before the database is asked: what is remembered can only be newer than this says.
    let revision = app.standings().callers();
    let known = app.callers.get(key.id(), revision);
    let known = match known {
        Some(known) => known,
        None => match read(app, key, revision.unwrap_or_default()).await? {
            Some(known) => {
                if revision.is_some() {
                    app.callers.remember(key.id(), known.clone());
                }
                known
            }
            None => return Ok(None),
        },
    };
    let fits = same(&known.secret_sha256, &secret_sha256(key));
    Ok((fits && known.caller.revoked_at.is_none()).then_some(known.caller))
}

async fn read(app: &App, key: &AgentKey, revision: u64) -> Result<Option<Known>, Error> {
    let Some((agent, secret_sha256)) = app.store.agent_by_key(key.id()).await? else {
        return Ok(None);
    };
    let people = if agent.units.is_empty() {
        None
    } else {
        let members = app.store.members(&agent.units).await?;
        Some(members.into_iter().map(String::from).collect())
    };
    Ok(Some(Known {
        revision,
        secret_sha256,
        caller: Arc::new(Caller::new(agent, people)),
    }))
}

impl Callers {
    fn get(&self, key: &str, revision: Option<u64>) -> Option<Known> {
        let revision = revision?;
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(key)?;
        (known.revision == revision).then(|| known.clone())
    }

    fn remember(&self, key: &str, caller: Known) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key.to_owned(), caller);
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
