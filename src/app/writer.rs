//! The ledger's writer: one task that takes whatever waits, makes it durable in one transaction, and answers after
//! the commit. No timer: idle, a write waits for nobody; under load, batches grow by themselves.
//!
//! When the outcome of a commit is not known, what was signed for it is dropped unseen, and the next batch begins by
//! reading under the lock what became of it. So no second root ever leaves this process for one size.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::clock::Random;
use super::epochs;
use super::error::{Conflict, Error};
use super::keyring::EpochKeys;
use super::standings::Standings;
use crate::ledger::key::SignerKey;
use crate::store::Store;
use crate::store::write::{Committed, Outcome, Refusal, Write};

/// Writes that may wait at the same time; beyond it the answer is "busy", not a longer queue.
const QUEUE: usize = 4096;

/// How often the writer lets others go first between two batches. No time passes if there is nobody.
const TURNS: usize = 16;

type Answer = Result<Result<Committed, Refusal>, Error>;
type Job = (Write, oneshot::Sender<Answer>);

/// Keys that are not in the database.
pub struct Keys {
    /// Signs checkpoints; its name is the log's origin.
    pub signer: SignerKey,
    /// Wrap people's keys.
    pub epochs: EpochKeys,
}

/// A handle to the writer.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the writer. It ends when the last handle is dropped.
    pub fn start(
        store: Arc<dyn Store>,
        keys: Arc<Keys>,
        random: Random,
        standings: Standings,
    ) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let desk = Desk {
            store,
            keys,
            random,
            standings,
        };
        tokio::spawn(desk.run(queue));
        Self { jobs }
    }

    /// Makes a write durable. The outer error means that nothing is known to have happened.
    ///
    /// # Errors
    /// `Busy` when too much waits, `Internal` when the database failed.
    pub async fn write(&self, write: Write) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.jobs
            .try_send((write, answer))
            .map_err(|_| Error::Conflict(Conflict::Busy))?;
        answered
            .await
            .unwrap_or_else(|_| Err(Error::Internal("the ledger's writer has stopped".into())))
    }
}

/// What the writer works with.
struct Desk {
    store: Arc<dyn Store>,
    keys: Arc<Keys>,
    random: Random,
    standings: Standings,
}

impl Desk {
    async fn run(self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::new();
        while queue.recv_many(&mut jobs, QUEUE).await > 0 {
            let size = jobs.len();
            self.settle(std::mem::take(&mut jobs)).await;
            // Those who were answered just now get their turn before the next batch is closed; or the first of them would
            // be a batch of its own, and all others would wait for two commits.
            let mut turns = 0;
            while turns < TURNS && queue.len() < size.min(QUEUE / 2) && size > 1 {
                tokio::task::yield_now().await;
                turns += 1;
            }
        }
    }

    /// Makes a batch durable and answers. When the database refuses a row of it, the two halves are tried by themselves,
    /// so that in the end only the write that it belongs to fails.
    async fn settle(&self, jobs: Vec<Job>) {
        let fill = |buffer: &mut [u8]| self.random.fill(buffer);
        let mut waiting = vec![jobs];
        while let Some(jobs) = waiting.pop() {
            let (mut batch, mut answers): (Vec<Write>, Vec<_>) = jobs.into_iter().unzip();
            match epochs::commit(&*self.store, &self.keys, &batch, &fill).await {
                Ok(outcome) => {
                    let Outcome {
                        results,
                        before,
                        after,
                        choices,
                        declarations,
                    } = outcome;
                    // Before anybody hears of it: a check that is sent after the answer to a withdrawal is a no.
                    self.standings
                        .committed(before, after, &choices, declarations)
                        .await;
                    for (answer, result) in answers.into_iter().zip(results) {
                        // Whoever asked may be gone; the write stands all the same.
                        let _ = answer.send(Ok(result));
                    }
                }
                Err(error) if error.is_about_a_row() && batch.len() > 1 => {
                    let half = batch.len() / 2;
                    let (later, their_answers) = (batch.split_off(half), answers.split_off(half));
                    waiting.push(later.into_iter().zip(their_answers).collect());
                    waiting.push(batch.into_iter().zip(answers).collect());
                }
                Err(error) => {
                    tracing::error!(%error, writes = batch.len(), "ledger batch failed");
                    for answer in answers {
                        let _ = answer.send(Err(Error::Internal(
                            "the ledger did not take the batch".into(),
                        )));
                    }
                }
            }
        }
    }
}
