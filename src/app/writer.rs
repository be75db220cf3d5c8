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
use crate::ledger::key::SignerKey;
use crate::store::Store;
use crate::store::write::{Committed, Refusal, Write};

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
    pub fn start(store: Arc<dyn Store>, keys: Arc<Keys>, random: Random) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run(store, keys, random, queue));
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

async fn run(
    store: Arc<dyn Store>,
    keys: Arc<Keys>,
    random: Random,
    mut queue: mpsc::Receiver<Job>,
) {
    let fill = move |buffer: &mut [u8]| random.fill(buffer);
    let mut jobs = Vec::new();
    while queue.recv_many(&mut jobs, QUEUE).await > 0 {
        let size = jobs.len();
        settle(&*store, &keys, &fill, std::mem::take(&mut jobs)).await;
        // Those who were answered just now get their turn before the next batch is closed; or the first of them would be
        // a batch of its own, and all others would wait for two commits.
        let mut turns = 0;
        while turns < TURNS && queue.len() < size.min(QUEUE / 2) && size > 1 {
            tokio::task::yield_now().await;
            turns += 1;
        }
    }
}

/// Makes a batch durable and answers. When the database refuses a row of it, the two halves are tried by themselves, so
/// that in the end only the write that it belongs to fails.
async fn settle(
    store: &dyn Store,
    keys: &Keys,
    fill: &(dyn Fn(&mut [u8]) + Send + Sync),
    jobs: Vec<Job>,
) {
    let mut waiting = vec![jobs];
    while let Some(jobs) = waiting.pop() {
        let (mut batch, mut answers): (Vec<Write>, Vec<_>) = jobs.into_iter().unzip();
        match epochs::commit(store, keys, &batch, fill).await {
            Ok(results) => {
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
