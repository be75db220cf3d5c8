//! The loop of `sayso-gate filter`: read, ask, pass or drop, report.
//!
//! Natural batching: it takes whatever lines wait, waits a moment for more, and asks once for the distinct questions
//! among them. The question always leaves after the line was read. So a yes can only be one that still held then, and
//! of what is read after a withdrawal was answered, nothing passes.

use std::collections::HashMap;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at, sleep_until};

use crate::client::Client;
use crate::client::decision::{Decision, Question};
use crate::client::moment::Clock;
use crate::domain::record::Record;

use super::ask::Asker;
use super::batch::Batches;
use super::event::Defaults;
use super::input::{Line, read_lines};
use super::outbox::{self, Stage, Waiting};
use super::output::Output;
use super::pass::{Batch, Candidate, Passage, stopped};
use super::tally::Tally;
use super::verdict::Dropped;
use super::{Random, say};

/// Most lines and bytes in one batch; one read more may come on top.
const MAX_LINES: usize = 10_000;
const MAX_BYTES: usize = 1024 * 1024;

/// What `filter` is told.
pub struct Settings {
    /// What holds where an event does not say it.
    pub defaults: Defaults,
    /// How often records are sent.
    pub report_every: Duration,
    /// How long the first line of a batch waits for others.
    pub linger: Duration,
}

/// What the filter works with.
pub struct Wiring {
    /// Where to ask and report.
    pub client: Client,
    /// What time it is.
    pub clock: Clock,
    /// Record ids and pauses.
    pub random: Random,
    /// Where permitted lines go.
    pub output: Output,
    /// How often the gate was told to stop.
    pub stop: watch::Receiver<u8>,
}

/// How it went.
#[derive(Debug)]
pub struct Summary {
    /// The counts.
    pub tally: Tally,
    /// Whether every question was answered, every record settled and everything permitted written.
    pub complete: bool,
}

struct Filter {
    clock: Clock,
    stop: watch::Receiver<u8>,
    settings: Settings,
    asker: Asker,
    batches: Batches,
    passage: Passage,
    outbox: mpsc::UnboundedSender<Record>,
    waiting: Waiting,
    tally: Tally,
    complete: bool,
}

/// Filters `input` to `output` until the input ends, the output closes, or `stop` counts a first signal; a second one
/// gives up on unsent records.
pub async fn run(
    wiring: Wiring,
    settings: Settings,
    batches: Batches,
    input: impl AsyncRead + Unpin + Send + 'static,
) -> Summary {
    let (lines, read) = mpsc::channel(4);
    let reader = tokio::spawn(read_lines(input, lines));
    let (outbox, inbox) = mpsc::unbounded_channel();
    let (stage, stages) = watch::channel(Stage::Running);
    let waiting = Waiting::default();
    let Wiring {
        client,
        clock,
        random,
        output,
        mut stop,
    } = wiring;
    let asker = Asker::new(client.clone(), random.clone());
    let reporter = tokio::spawn(outbox::run(client, inbox, waiting.clone(), stages, random));
    let mut filter = Filter {
        passage: Passage::new(output, clock.clone(), stop.clone()),
        clock,
        stop: stop.clone(),
        settings,
        asker,
        batches,
        outbox,
        waiting,
        tally: Tally::default(),
        complete: true,
    };
    filter.run(read).await;
    if reader.is_finished() {
        if let Ok(Err(error)) = reader.await {
            say(&format!("cannot read the input: {error}"));
            filter.complete = false;
        }
    } else {
        reader.abort();
    }
    filter.report();
    let Filter {
        mut tally,
        mut complete,
        asker,
        passage,
        outbox,
        ..
    } = filter;
    drop(outbox);
    stage.send_replace(Stage::Ending);
    let given_up = async {
        if stop.wait_for(|signals| *signals > 1).await.is_ok() {
            stage.send_replace(Stage::Over);
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        records = reporter => tally.records = records.unwrap_or_default(),
        () = given_up => {}
    }
    tally.calls = asker.calls();
    let taken = tally.records.unsent == 0 && tally.records.rejected == 0;
    complete &= !asker.failed() && !passage.failed() && taken;
    Summary { tally, complete }
}

impl Filter {
    async fn run(&mut self, mut read: mpsc::Receiver<Vec<Line>>) {
        let every = self.settings.report_every;
        let mut report = interval_at(Instant::now() + every, every);
        let mut stop = self.stop.clone();
        let mut ended = false;
        while !ended && !self.passage.is_closed() {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                _ = report.tick() => self.report(),
                first = read.recv() => match first {
                    None => ended = true,
                    Some(mut lines) => {
                        ended = self.linger(&mut lines, &mut read).await;
                        self.batch(lines).await;
                    }
                },
            }
        }
        let why = if self.passage.is_closed() {
            Dropped::OutputClosed
        } else {
            Dropped::Stopped
        };
        while let Ok(lines) = read.try_recv() {
            for _ in lines {
                self.tally.read += 1;
                self.tally.drop_one(why);
            }
        }
    }

    /// Adds lines that arrive while the first one lingers. Returns whether the input ended.
    async fn linger(&self, lines: &mut Vec<Line>, read: &mut mpsc::Receiver<Vec<Line>>) -> bool {
        let until = Instant::now() + self.settings.linger;
        let mut stop = self.stop.clone();
        while lines.len() < MAX_LINES && bytes(lines) < MAX_BYTES {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => return false,
                more = read.recv() => match more {
                    Some(more) => lines.extend(more),
                    None => return true,
                },
                () = sleep_until(until) => return false,
            }
        }
        false
    }

    async fn batch(&mut self, lines: Vec<Line>) {
        let (candidates, questions) = self.candidates(lines);
        let answers = self.asker.ask(&questions).await;
        for (question, answer) in questions.iter().zip(&answers) {
            if matches!(answer, Some(Decision::Deny(_))) {
                self.batches.close(question);
            }
        }
        let batch = Batch {
            candidates,
            questions: &questions,
            answers: &answers,
        };
        self.passage
            .pass(batch, &mut self.batches, &mut self.tally)
            .await;
    }

    /// What could pass, and the distinct questions that have to be asked first.
    fn candidates(&mut self, lines: Vec<Line>) -> (Vec<Candidate>, Vec<Question>) {
        let now = (self.clock)().wall;
        let mut candidates = Vec::new();
        let mut questions = Vec::new();
        let mut known = HashMap::new();
        for line in lines {
            self.tally.read += 1;
            let event =
                line.and_then(|line| Some((self.settings.defaults.event(&line, now)?, line)));
            let Some((event, line)) = event else {
                self.tally.malformed += 1;
                continue;
            };
            if !self.batches.takes(&event.question.category) {
                self.tally.drop_one(Dropped::NoDataset);
            } else if self.waiting.is_full() {
                self.tally.drop_one(Dropped::Unreported);
            } else {
                let question = *known.entry(event.question).or_insert_with_key(|question| {
                    questions.push(question.clone());
                    questions.len() - 1
                });
                candidates.push(Candidate {
                    question,
                    at: event.at,
                    line,
                });
            }
        }
        (candidates, questions)
    }

    fn report(&mut self) {
        let records = self.batches.close_all();
        self.waiting.add(records.len());
        for record in records {
            // Cannot fail: the reporter ends after this side does.
            let _ = self.outbox.send(record);
        }
    }
}

fn bytes(lines: &[Line]) -> usize {
    lines.iter().flatten().map(Vec::len).sum()
}
