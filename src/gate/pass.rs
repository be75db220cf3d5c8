//! Writes what may pass, as late as possible after the last look at its lease.

use std::io::ErrorKind;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::client::decision::{Decision, Question};
use crate::client::moment::Clock;

use super::batch::Batches;
use super::output::Output;
use super::say;
use super::tally::Tally;
use super::verdict::{Dropped, judge};

/// Bytes per write: what a pipe holds, so that a lease is looked at again before a full pipe can hold it up.
const WRITE: usize = 64 * 1024;
/// How long a write may still take once the gate is told to stop.
const LAST_WRITE: Duration = Duration::from_secs(1);

/// One line that may become an event on the output.
pub struct Candidate {
    /// Place of its question among the batch's.
    pub question: usize,
    /// When it was captured.
    pub at: DateTime<Utc>,
    /// The line as it was read.
    pub line: Vec<u8>,
}

/// What was read and asked together.
pub struct Batch<'a> {
    /// The lines.
    pub candidates: Vec<Candidate>,
    /// The distinct questions about them.
    pub questions: &'a [Question],
    /// Their answers.
    pub answers: &'a [Option<Decision>],
}

/// The way out.
pub struct Passage {
    output: Output,
    clock: Clock,
    stop: watch::Receiver<u8>,
    closed: bool,
    failed: bool,
}

impl Passage {
    /// Open.
    pub const fn new(output: Output, clock: Clock, stop: watch::Receiver<u8>) -> Self {
        Self {
            output,
            clock,
            stop,
            closed: false,
            failed: false,
        }
    }

    /// Whether nothing can pass any more.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether it was closed by a failure, not by its reader.
    pub const fn failed(&self) -> bool {
        self.failed
    }

    /// Writes what may pass, adds it to `batches`, and counts everything.
    pub async fn pass(&mut self, batch: Batch<'_>, batches: &mut Batches, tally: &mut Tally) {
        let Batch {
            candidates,
            questions,
            answers,
        } = batch;
        let mut candidates = candidates.into_iter().peekable();
        while candidates.peek().is_some() {
            let now = (self.clock)();
            let mut bytes = Vec::new();
            let mut passing = Vec::new();
            while let Some(candidate) = candidates
                .next_if(|next| bytes.is_empty() || bytes.len() + next.line.len() <= WRITE)
            {
                if self.closed {
                    tally.drop_one(Dropped::OutputClosed);
                    continue;
                }
                match judge(candidate.at, answers[candidate.question].as_ref(), now) {
                    Ok(since) => {
                        bytes.extend_from_slice(&candidate.line);
                        passing.push((candidate, since));
                    }
                    Err(why) => tally.drop_one(why),
                }
            }
            if passing.is_empty() {
                continue;
            }
            let written = self.write(bytes).await;
            let mut begin = 0;
            for (candidate, since) in passing {
                // A line that went out in part is out: it counts, and its record says so.
                if begin < written {
                    tally.passed += 1;
                    let question = &questions[candidate.question];
                    batches.add(question, candidate.at, &candidate.line, since);
                } else {
                    tally.drop_one(Dropped::OutputClosed);
                }
                begin += candidate.line.len();
            }
        }
    }

    /// Returns how many bytes went out.
    async fn write(&mut self, bytes: Vec<u8>) -> usize {
        let length = bytes.len();
        let mut stop = self.stop.clone();
        let last = async {
            stopped(&mut stop).await;
            tokio::time::sleep(LAST_WRITE).await;
        };
        tokio::select! {
            written = self.output.write(bytes) => {
                if let Some(error) = written.error {
                    self.closed = true;
                    if error.kind() != ErrorKind::BrokenPipe {
                        say(&format!("cannot write the output: {error}"));
                        self.failed = true;
                    }
                }
                written.bytes
            }
            () = last => {
                // Nobody knows how much of it was read: report all of it rather than too little.
                self.closed = true;
                length
            }
        }
    }
}

/// Returns once the gate has been told to stop.
pub async fn stopped(stop: &mut watch::Receiver<u8>) {
    if stop.wait_for(|signals| *signals > 0).await.is_err() {
        std::future::pending::<()>().await;
    }
}
