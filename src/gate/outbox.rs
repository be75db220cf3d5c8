//! Sends records until the server confirms them. They keep their ids, so that sending one again stores it once.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::client::Client;
use crate::client::report::{ItemResult, Outcome};
use crate::domain::record::Record;

use super::tally::RecordTally;
use super::{Random, backoff, say};

/// Most records that may wait. While that many do, nothing is passed.
pub const MAX_WAITING: usize = 10_000;
/// Tries in a row that may fail once there is nothing more to come.
const LAST_TRIES: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_LAST_PAUSE: Duration = Duration::from_secs(2);

/// How far the filter is. Only ever goes forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// More records may come: an unsent one is tried again and again.
    Running,
    /// No more will come: a few last tries.
    Ending,
    /// No more tries.
    Over,
}

/// Number of records handed over and not yet settled.
#[derive(Clone, Default)]
pub struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    /// Counts records that are handed over.
    pub fn add(&self, count: usize) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Whether no more should be made for now.
    pub fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= MAX_WAITING
    }

    fn settle(&self, count: usize) {
        self.0.fetch_sub(count, Ordering::Relaxed);
    }
}

/// Sends what comes through `inbox` until it is closed and all is settled, or the last tries have failed.
pub async fn run(
    client: Client,
    mut inbox: mpsc::UnboundedReceiver<Record>,
    waiting: Waiting,
    mut stage: watch::Receiver<Stage>,
    random: Random,
) -> RecordTally {
    let mut queue = VecDeque::new();
    let mut tally = RecordTally::default();
    let mut failures = 0;
    let mut last_failures = 0;
    loop {
        if queue.is_empty() {
            match inbox.recv().await {
                Some(record) => queue.push_back(record),
                None => return tally,
            }
        }
        while let Ok(record) = inbox.try_recv() {
            queue.push_back(record);
        }
        let count = queue.len().min(Client::MAX_RECORDS);
        let batch = &queue.make_contiguous()[..count];
        match client.report(batch).await {
            Ok(results) => {
                if failures > 0 {
                    say("records are taken again.");
                }
                failures = 0;
                count_results(&results, &mut tally);
                queue.drain(..count);
                waiting.settle(count);
                continue;
            }
            Err(error) if failures == 0 => {
                say(&format!("cannot report records: {error}. Trying again."));
            }
            Err(_) => {}
        }
        failures += 1;
        let ending = *stage.borrow() >= Stage::Ending;
        last_failures += u32::from(ending);
        if last_failures >= LAST_TRIES || *stage.borrow() == Stage::Over {
            break;
        }
        let longest = if ending {
            LONGEST_LAST_PAUSE
        } else {
            LONGEST_PAUSE
        };
        tokio::select! {
            () = tokio::time::sleep(backoff(failures, longest, &random)) => {}
            // A pause of up to half a minute ends when the end does not have that time.
            _ = stage.changed() => {}
        }
    }
    while inbox.try_recv().is_ok() {
        tally.unsent += 1;
    }
    tally.unsent += queue.len() as u64;
    tally
}

fn count_results(results: &[ItemResult], tally: &mut RecordTally) {
    let mut refusals: BTreeMap<String, u64> = BTreeMap::new();
    for ItemResult { outcome, .. } in results {
        match outcome {
            Outcome::Accepted => tally.accepted += 1,
            Outcome::Quarantined(reason) => {
                tally.quarantined += 1;
                *refusals
                    .entry(format!("quarantined ({reason})"))
                    .or_default() += 1;
            }
            Outcome::Rejected(reason) => {
                tally.rejected += 1;
                *refusals.entry(format!("rejected ({reason})")).or_default() += 1;
            }
        }
    }
    for (what, count) in refusals {
        say(&format!("{count} records {what}"));
    }
}
