//! Asks for a batch, and keeps an outage from becoming a storm of questions and messages.

use std::time::Duration;

use tokio::time::Instant;

use crate::client::Client;
use crate::client::decision::{Decision, Question};

use super::{Random, backoff, say};

/// Longest pause between two questions while the server does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Asks, and remembers how that went.
pub struct Asker {
    client: Client,
    random: Random,
    calls: u64,
    failures: u32,
    failed: bool,
    again: Instant,
}

impl Asker {
    /// Nothing asked yet.
    pub fn new(client: Client, random: Random) -> Self {
        Self {
            client,
            random,
            calls: 0,
            failures: 0,
            failed: false,
            again: Instant::now(),
        }
    }

    /// Calls made so far.
    pub const fn calls(&self) -> u64 {
        self.calls
    }

    /// Whether any question was left without a clean answer.
    pub const fn failed(&self) -> bool {
        self.failed
    }

    /// The answers in the questions' order; `None` where there is no clean one. While the server is out, it is asked
    /// now and then only.
    pub async fn ask(&mut self, questions: &[Question]) -> Vec<Option<Decision>> {
        let mut answers = Vec::with_capacity(questions.len());
        for questions in questions.chunks(Client::MAX_QUESTIONS) {
            if Instant::now() < self.again {
                answers.extend(questions.iter().map(|_| None));
                continue;
            }
            self.calls += 1;
            match self.client.evaluations(questions).await {
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
                    self.failed = true;
                    let pause = backoff(self.failures, LONGEST_PAUSE, &self.random);
                    self.again = Instant::now() + pause;
                    answers.extend(questions.iter().map(|_| None));
                }
            }
        }
        answers
    }
}
