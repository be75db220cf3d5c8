//! The loop of `sayso-gate filter`: read, ask, pass or drop, report.
//!
//! Natural batching: it takes whatever lines wait, waits a moment for more, and asks once for the distinct questions
//! among them. The question always leaves after the line was read. So a yes can only be one that still held then, and
//! of what is read after a withdrawal was answered, nothing passes.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::io::AsyncRead;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at, sleep_until};

use crate::client::Client;
use crate::client::decision::{Decision, Question};
use crate::client::moment::Clock;
use crate::domain::record::Record;

use super::batch::Batches;
use super::event::Defaults;
use super::input::{Line, read_lines};
use super::outbox::{self, Stage, Waiting};
use super::output::Output;
use super::tally::Tally;
use super::verdict::{Dropped, judge};
use super::{Random, backoff, say};

/// Most lines and bytes in one batch; one read more may come on top.
const MAX_LINES: usize = 10_000;
const MAX_BYTES: usize = 1024 * 1024;
/// Bytes per write: what a pipe holds, so that a lease is looked at again before a full pipe can hold it up.
const WRITE: usize = 64 * 1024;
/// Longest pause between two questions while the server does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long a write may still take once the gate is told to stop.
const LAST_WRITE: Duration = Duration::from_secs(1);

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

/// One line that may become an event on the output.
struct Candidate {
    question: usize,
    at: DateTime<Utc>,
    line: Vec<u8>,
}

struct Filter {
    wiring: Wiring,
    settings: Settings,
    batches: Batches,
    outbox: mpsc::UnboundedSender<Record>,
    waiting: Waiting,
    tally: Tally,
    complete: bool,
    /// The output is closed: nothing can pass any more.
    closed: bool,
    failures: u32,
    ask_again: Instant,
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
    let (client, random) = (wiring.client.clone(), wiring.random.clone());
    let reporter = tokio::spawn(outbox::run(client, inbox, waiting.clone(), stages, random));
    let mut stop = wiring.stop.clone();
    let mut filter = Filter {
        wiring,
        settings,
        batches,
        outbox,
        waiting,
        tally: Tally::default(),
        complete: true,
        closed: false,
        failures: 0,
        ask_again: Instant::now(),
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
    complete &= tally.records.unsent == 0;
    Summary { tally, complete }
}

impl Filter {
    async fn run(&mut self, mut read: mpsc::Receiver<Vec<Line>>) {
        let every = self.settings.report_every;
        let mut report = interval_at(Instant::now() + every, every);
        let mut stop = self.wiring.stop.clone();
        let mut ended = false;
        while !ended && !self.closed {
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
        let why = if self.closed {
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
        let mut stop = self.wiring.stop.clone();
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
        let answers = self.ask(&questions).await;
        for (question, answer) in questions.iter().zip(&answers) {
            if matches!(answer, Some(Decision::Deny(_))) {
                self.batches.close(question);
            }
        }
        self.pass(candidates, &questions, &answers).await;
    }

    /// What could pass, and the distinct questions that have to be asked first.
    fn candidates(&mut self, lines: Vec<Line>) -> (Vec<Candidate>, Vec<Question>) {
        let now = (self.wiring.clock)().wall;
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

    async fn ask(&mut self, questions: &[Question]) -> Vec<Option<Decision>> {
        let mut answers = Vec::with_capacity(questions.len());
        for questions in questions.chunks(Client::MAX_QUESTIONS) {
            if Instant::now() < self.ask_again {
                answers.extend(questions.iter().map(|_| None));
                continue;
            }
            self.tally.calls += 1;
            match self.wiring.client.evaluations(questions).await {
                Ok(decisions) => {
                    if self.failures > 0 {
                        say("answered again. Passing what is permitted.");
                    }
                    self.failures = 0;
                    answers.extend(decisions.into_iter().map(Some));
                }
                Err(error) => {
                    if self.failures == 0 {
                        say(&format!(
                            "cannot ask: {error}. Dropping everything until there is an answer."
                        ));
                    }
                    self.failures += 1;
                    self.complete = false;
                    self.ask_again =
                        Instant::now() + backoff(self.failures, LONGEST_PAUSE, &self.wiring.random);
                    answers.extend(questions.iter().map(|_| None));
                }
            }
        }
        answers
    }

    async fn pass(
        &mut self,
        candidates: Vec<Candidate>,
        questions: &[Question],
        answers: &[Option<Decision>],
    ) {
        let mut candidates = candidates.into_iter().peekable();
        while candidates.peek().is_some() {
            let now = (self.wiring.clock)();
            let mut bytes = Vec::new();
            let mut passing = Vec::new();
            while let Some(candidate) = candidates
                .next_if(|next| bytes.is_empty() || bytes.len() + next.line.len() <= WRITE)
            {
                if self.closed {
                    self.tally.drop_one(Dropped::OutputClosed);
                    continue;
                }
                match judge(candidate.at, answers[candidate.question].as_ref(), now) {
                    Ok(since) => {
                        bytes.extend_from_slice(&candidate.line);
                        passing.push((candidate, since));
                    }
                    Err(why) => self.tally.drop_one(why),
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
                    self.tally.passed += 1;
                    let question = &questions[candidate.question];
                    self.batches
                        .add(question, candidate.at, &candidate.line, since);
                } else {
                    self.tally.drop_one(Dropped::OutputClosed);
                }
                begin += candidate.line.len();
            }
        }
    }

    /// Returns how many bytes went out.
    async fn write(&mut self, bytes: Vec<u8>) -> usize {
        let length = bytes.len();
        let mut stop = self.wiring.stop.clone();
        let last = async {
            stopped(&mut stop).await;
            tokio::time::sleep(LAST_WRITE).await;
        };
        tokio::select! {
            written = self.wiring.output.write(bytes) => {
                if let Some(error) = written.error {
                    self.closed = true;
                    if error.kind() != ErrorKind::BrokenPipe {
                        say(&format!("cannot write the output: {error}"));
                        self.complete = false;
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

    fn report(&mut self) {
        let records = self.batches.close_all();
        self.waiting.add(records.len());
        for record in records {
            // Cannot fail: the reporter ends after this side does.
            let _ = self.outbox.send(record);
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<u8>) {
    if stop.wait_for(|signals| *signals > 0).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn bytes(lines: &[Line]) -> usize {
    lines.iter().flatten().map(Vec::len).sum()
}
