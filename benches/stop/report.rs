//! Raw numbers, and whether they are what they should be.

use std::time::Duration;

use crate::Arguments;
use crate::agents::{Sort, Times};

/// What a page says about a stop.
pub struct Shown {
    pub confirmed: usize,
    pub waiting: Vec<String>,
    pub took: Duration,
}

/// What the agents know about it themselves.
pub struct Own {
    pub confirmed: usize,
    pub cut: Vec<String>,
    pub took: Duration,
}

/// One stop.
pub struct Round {
    pub sort: Sort,
    /// Until whoever stopped it had their answer.
    pub answered: Duration,
    pub times: Times,
    /// Records from before the stop: sent, accepted.
    pub before: (usize, usize),
    /// Records from after it: sent, accepted.
    pub after: (usize, usize),
    pub shown: Shown,
    pub own: Own,
}

/// All of them.
#[derive(Default)]
pub struct Report(pub Vec<Round>);

/// Longest lease that the server gives, and what a timer may be late by.
const LEASE: Duration = Duration::from_millis(5000 + 250);
/// How far the page's time and the agents' own may differ: the way of the confirmation's answer, and how often the
/// harness looks.
const SAME: Duration = Duration::from_millis(250);

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The time within which `share` of a hundred have stopped.
fn share(times: &[Duration], share: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times
        .get((times.len() * share / 100).min(last))
        .copied()
        .map_or(0.0, ms)
}

impl Round {
    fn is_the_same(&self) -> bool {
        self.shown.confirmed == self.own.confirmed
            && self.shown.waiting == self.own.cut
            && self.shown.took.abs_diff(self.own.took) <= SAME
    }

    fn line(&self) -> String {
        let Self {
            times, shown, own, ..
        } = self;
        format!(
            "{:?}: answered {:.1} ms; connected p50 {:.1} p99 {:.1} max {:.1} ms; cut off, last {:.0} ms; page: {} of {} confirmed, {:.3} s; agents: {} of {}, {:.3} s; records before {}/{} accepted, after {}/{}",
            self.sort,
            ms(self.answered),
            share(&times.connected, 50),
            share(&times.connected, 99),
            share(&times.connected, 100),
            share(&times.cut, 100),
            shown.confirmed,
            shown.confirmed + shown.waiting.len(),
            shown.took.as_secs_f64(),
            own.confirmed,
            own.confirmed + own.cut.len(),
            own.took.as_secs_f64(),
            self.before.1,
            self.before.0,
            self.after.1,
            self.after.0,
        )
    }
}

impl Report {
    /// Prints one more.
    pub fn add(&mut self, round: Round) {
        println!("{}", round.line());
        self.0.push(round);
    }

    fn all(&self, sort: Sort) -> Vec<Duration> {
        let rounds = self.0.iter().filter(|round| round.sort == sort);
        rounds
            .flat_map(|round| round.times.connected.iter().copied())
            .collect()
    }

    /// Prints all together.
    pub fn print(&self, arguments: &Arguments) {
        println!(
            "\n{} agents, {} of 100 cut off, {} rounds",
            arguments.agents, arguments.cut, arguments.rounds
        );
        for (sort, goal) in [(Sort::Withdrawal, 100.0), (Sort::Pause, 250.0)] {
            let times = self.all(sort);
            let p99 = share(&times, 99);
            println!(
                "{sort:?} to every connected guard: p50 {:.1} p99 {p99:.1} max {:.1} ms (goal: p99 at most {goal}): {}",
                share(&times, 50),
                share(&times, 100),
                if p99 <= goal { "met" } else { "not met" },
            );
        }
        let cut: Vec<_> = self
            .0
            .iter()
            .flat_map(|round| round.times.cut.iter().copied())
            .collect();
        println!(
            "Cut off, until they stopped by themselves: p50 {:.0} max {:.0} ms (lease 5000)",
            share(&cut, 50),
            share(&cut, 100)
        );
        let count = |of: fn(&Round) -> usize| self.0.iter().map(of).sum::<usize>();
        println!(
            "Records captured before a stop: {} of {} accepted",
            count(|round| round.before.1),
            count(|round| round.before.0)
        );
        println!(
            "Records captured after a stop: {} of {} accepted",
            count(|round| round.after.1),
            count(|round| round.after.0)
        );
        let same = self.0.iter().filter(|round| round.is_the_same()).count();
        println!(
            "Pages that say what the agents know themselves: {same} of {}",
            self.0.len()
        );
    }

    /// Whether everything is as it must be on every machine; how fast it is, is for the reader to judge.
    pub fn holds(&self) -> bool {
        self.0.iter().all(|round| {
            round.is_the_same()
                && round.times.cut.iter().all(|time| *time <= LEASE)
                && round.before.0 == round.before.1
                && round.after.0 > 0
                && round.after.1 == 0
        })
    }
}
