//! What comes after a stop: purge what was captured and not sent, then tell the server that it has stopped here.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::super::Client;
use super::super::error::Error;
use super::super::pace::{Random, backoff};
use super::known::{Job, Shared};
use super::stop::Stop;

/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Purges, in the order in which things stopped, and hands on what can be confirmed then.
pub async fn purge<P, F>(
    mut jobs: mpsc::UnboundedReceiver<Job>,
    mut purge: P,
    confirm: watch::Sender<Option<u64>>,
) where
    P: FnMut(Stop) -> F,
    F: Future<Output = ()>,
{
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Purge(stop) => purge(stop).await,
            Job::Confirm(seq) => {
                confirm.send_if_modified(|last| {
                    let higher = *last < Some(seq);
                    *last = (*last).max(Some(seq));
                    higher
                });
            }
        }
    }
}

/// Tells the server the highest position before which everything has stopped and is purged, until it has heard it.
pub async fn tell(
    client: Client,
    shared: Arc<Shared>,
    mut to_confirm: watch::Receiver<Option<u64>>,
    random: Random,
) {
    let mut failures = 0_u32;
    while to_confirm.changed().await.is_ok() {
        loop {
            let Some(seq) = *to_confirm.borrow_and_update() else {
                break;
            };
            let body = json!({ "seq": seq, "state": "stopped" });
            let answer = client.send(Method::POST, "api/v1/acks", Some(&body)).await;
            if answer.is_ok() {
                failures = 0;
                shared.confirmed(seq);
                break;
            }
            failures = failures.saturating_add(1);
            let mut pause = backoff(failures, LONGEST_PAUSE, &random);
            if matches!(answer, Err(Error::Status(401, _))) {
                pause = pause.max(LONGEST_PAUSE);
            }
            tokio::time::sleep(pause).await;
        }
    }
}
