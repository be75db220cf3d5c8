//! Simulated stores that run beside the server, look for tasks and answer for what they hold.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, MissedTickBehavior};

use super::agents::Agent;
use super::holdings::{Holdings, Wanted, erased};
use super::programmes::{ARCHIVE, DESK};
use crate::cli::Failure;
use crate::client::Client;
use crate::domain::id::TaskId;
use crate::store::Store;

/// How often a store looks for tasks.
const ROUND: Duration = Duration::from_secs(3);

/// One running store.
pub(super) struct Keeper {
    agent: &'static Agent,
    client: Client,
    store: Arc<dyn Store>,
    holdings: Arc<Holdings>,
    /// Since when the demo runs. Tapes that were asked for before wait for the archive's monthly run, which the demo
    /// does not live to see: so there is an open request to look at.
    opened: DateTime<Utc>,
    seen: HashMap<TaskId, Instant>,
}

impl Keeper {
    /// A store that begins to look for tasks.
    pub(super) fn new(
        agent: &'static Agent,
        client: Client,
        store: Arc<dyn Store>,
        holdings: Arc<Holdings>,
        opened: DateTime<Utc>,
    ) -> Self {
        Self {
            agent,
            client,
            store,
            holdings,
            opened,
            seen: HashMap::new(),
        }
    }

    /// Runs until it is dropped.
    pub(super) async fn run(mut self) {
        let mut rounds = tokio::time::interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            if let Err(error) = self.round().await {
                tracing::debug!(store = self.agent.name, %error, "tasks wait");
            }
        }
    }

    async fn round(&mut self) -> Result<(), Failure> {
        let failed = |error: crate::client::error::Error| Failure(error.to_string());
        for task in self.client.tasks().await.map_err(failed)? {
            let wanted = Wanted {
                task: task.id,
                dataset: &task.dataset,
                employee: &task.employee,
                scope: &task.scope,
            };
            let count = self.holdings.count(&*self.store, wanted).await?;
            let seen = *self.seen.entry(task.id).or_insert_with(Instant::now);
            let waits = self.agent.name == ARCHIVE && task.received_at < self.opened;
            if waits || seen.elapsed() < self.patience() {
                continue;
            }
            self.client
                .attest(task.id, &erased(count))
                .await
                .map_err(failed)?;
            self.seen.remove(&task.id);
        }
        Ok(())
    }

    /// How long it takes to delete something.
    fn patience(&self) -> Duration {
        Duration::from_secs(match self.agent.name {
            DESK => 2,
            ARCHIVE => 38,
            _ => 8,
        })
    }
}
