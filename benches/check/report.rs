//! What the rounds say: the median of each ratio, its spread, and the raw numbers beside it.

use std::time::Duration;

/// The measures of one round.
pub struct Round {
    /// Requests per second of the bare handler.
    pub bare: f64,
    /// Checks per second, one in a request.
    pub check: f64,
    /// Decisions per second, a hundred in a request.
    pub batch: f64,
    /// Requests per second in the open loop.
    pub rate: f64,
    /// Median and 99th percentile of the bare handler there.
    pub bare_late: (Duration, Duration),
    /// The same of the check.
    pub check_late: (Duration, Duration),
}

impl Round {
    pub fn line(&self, number: usize) -> String {
        format!(
            "round {number}: bare {:.0}/s, check {:.0}/s ({:.3}), batches {:.0} decisions/s ({:.1} x); at {:.0}/s bare p50 {:.2} p99 {:.2} ms, \
             check p50 {:.2} p99 {:.2} ms ({:.2})",
            self.bare,
            self.check,
            self.check / self.bare,
            self.batch,
            self.batch / self.check,
            self.rate,
            ms(self.bare_late.0),
            ms(self.bare_late.1),
            ms(self.check_late.0),
            ms(self.check_late.1),
            self.late(),
        )
    }

    fn late(&self) -> f64 {
        ms(self.check_late.1) / ms(self.bare_late.1)
    }
}

pub fn summary(rounds: &[Round]) {
    let line = |name: &str, goal: &str, of: &dyn Fn(&Round) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (values.first(), values.last()) else {
            return;
        };
        let median = values[values.len() / 2];
        println!("{name}: {median:.3} ({least:.3} to {most:.3}); goal {goal}");
    };
    line(
        "check / bare handler, requests per second",
        "at least 0.95",
        &|round| round.check / round.bare,
    );
    line(
        "p99 of check / bare handler, open loop",
        "at most 1.2",
        &Round::late,
    );
    line(
        "decisions in batches of 100 / single checks",
        "at least 20",
        &|round| round.batch / round.check,
    );
    line("bare handler, requests per second", "-", &|round| {
        round.bare
    });
    line("check, requests per second", "-", &|round| round.check);
    line("batches, decisions per second", "-", &|round| round.batch);
}

fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}
