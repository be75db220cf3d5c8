//! The intake of records: one task that takes whatever deliveries wait, stores them in one transaction, and answers
//! after the commit, so that one wait for the disk serves many. As in the ledger's writer there is no timer.
//!
//! Memory is bounded from the first byte on: whoever delivers needs a [`Turn`] before the body is read, and there are only
//! so many. Whoever gets none is told to come again, at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::error::{Conflict, Error};
use crate::domain::delivery::{DeliveryKey, ItemResult};
use crate::domain::id::AgentName;
use crate::store::Store;
use crate::store::deliveries::{Delivered, Delivery, Held};

/// Deliveries at the same time, each of at most the longest body.
const TURNS: usize = 32;

/// From this many records on, a transaction takes no further delivery: a withdrawal that waits for the database
/// meanwhile waits for tens of milliseconds at most.
const ROWS: usize = 4000;

type Answer = Result<Delivered, Error>;

/// A delivery on its way. As long as it is, its key is under way.
struct Job {
    delivery: Delivery,
    answer: oneshot::Sender<Answer>,
    mark: Option<Mark>,
}

/// Leave to deliver. Hold it until the answer is made.
pub struct Turn(#[expect(dead_code, reason = "returned by being dropped")] OwnedSemaphorePermit);

type Keys = Arc<Mutex<HashSet<(AgentName, DeliveryKey)>>>;

/// A key that is under way, until it is dropped.
pub(super) struct Mark {
    key: (AgentName, DeliveryKey),
    keys: Keys,
}

impl Drop for Mark {
    fn drop(&mut self) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.key);
    }
}

/// A handle to the intake.
#[derive(Clone)]
pub(super) struct Intake {
    jobs: mpsc::Sender<Job>,
    turns: Arc<Semaphore>,
    /// Under way now: no more than there are deliveries.
    keys: Keys,
}

impl Intake {
    /// Starts the intake. It ends when the last handle is dropped.
    pub(super) fn start(store: Arc<dyn Store>) -> Self {
        let (jobs, queue) = mpsc::channel(TURNS);
        tokio::spawn(run(store, queue));
        Self {
            jobs,
            turns: Arc::new(Semaphore::new(TURNS)),
            keys: Keys::default(),
        }
    }

    /// Leave to deliver.
    ///
    /// # Errors
    /// `Busy` when as many as may deliver already.
    pub(super) fn turn(&self) -> Result<Turn, Error> {
        let turn = self.turns.clone().try_acquire_owned();
        turn.map(Turn).map_err(|_| Error::Conflict(Conflict::Busy))
    }

    /// Marks a key as under way.
    ///
    /// # Errors
    /// `UnderWay` when it is already.
    pub(super) fn mark(&self, agent: &AgentName, key: &DeliveryKey) -> Result<Mark, Error> {
        let key = (agent.clone(), key.clone());
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !keys.insert(key.clone()) {
            return Err(Conflict::UnderWay.into());
        }
        Ok(Mark {
            key,
            keys: self.keys.clone(),
        })
    }

    /// Stores a delivery. An error means that nothing of it is known to be stored.
    ///
    /// # Errors
    /// `KeyReused`, `UnderWay`, or `Internal` when the database failed.
    pub(super) async fn deliver(
        &self,
        delivery: Delivery,
        mark: Option<Mark>,
    ) -> Result<Vec<ItemResult>, Error> {
        let gone = || Error::Internal("the intake of records has stopped".into());
        let (answer, answered) = oneshot::channel();
        let job = Job {
            delivery,
            answer,
            mark,
        };
        self.jobs.send(job).await.map_err(|_| gone())?;
        let delivered = answered.await.unwrap_or_else(|_| Err(gone()))?;
        delivered.map_err(|held| match held {
            Held::Reused => Conflict::KeyReused.into(),
            Held::UnderWay => Conflict::UnderWay.into(),
        })
    }
}

async fn run(store: Arc<dyn Store>, mut queue: mpsc::Receiver<Job>) {
    while let Some(first) = queue.recv().await {
        let mut rows = first.delivery.items.len();
        let mut jobs = vec![first];
        while rows < ROWS
            && let Ok(next) = queue.try_recv()
        {
            rows += next.delivery.items.len();
            jobs.push(next);
        }
        settle(&*store, jobs).await;
    }
}

/// Stores deliveries and answers. When the database refuses a row, for example about somebody who was just removed, the two
/// halves are tried by themselves, so that in the end only the delivery that it belongs to fails.
async fn settle(store: &dyn Store, jobs: Vec<Job>) {
    let mut waiting = vec![jobs];
    while let Some(jobs) = waiting.pop() {
        let (mut deliveries, mut answers) = (Vec::new(), Vec::new());
        for job in jobs {
            deliveries.push(job.delivery);
            answers.push((job.answer, job.mark));
        }
        match store.deliver(&deliveries).await {
            Ok(delivered) => {
                for ((answer, mark), delivered) in answers.into_iter().zip(delivered) {
                    // From here on its key is known in the database.
                    drop(mark);
                    // Whoever asked may be gone; the records stand all the same.
                    let _ = answer.send(Ok(delivered));
                }
            }
            Err(error) if error.is_about_a_row() && deliveries.len() > 1 => {
                let both = deliveries.into_iter().zip(answers);
                let mut first: Vec<_> = both
                    .map(|(delivery, (answer, mark))| Job {
                        delivery,
                        answer,
                        mark,
                    })
                    .collect();
                waiting.push(first.split_off(first.len() / 2));
                waiting.push(first);
            }
            Err(error) => {
                tracing::error!(%error, deliveries = deliveries.len(), "records were not stored");
                for (answer, mark) in answers {
                    drop(mark);
                    let _ = answer.send(Err(Error::Internal("the records were not stored".into())));
                }
            }
        }
    }
}
