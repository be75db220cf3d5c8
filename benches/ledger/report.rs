//! Raw numbers, ratios, medians and spread.

/// Median and p99, in microseconds.
#[derive(Clone, Copy)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
}

/// One round: every measure once, one after the other.
pub struct Round {
    /// p50 before and after the round's other measures, in microseconds.
    pub fsync: f64,
    pub fsync_after: f64,
    pub single: f64,
    pub bulk: f64,
    pub packed: f64,
    pub appends: f64,
    pub idle: Latency,
    pub bare: f64,
    pub choices: f64,
}

type Ratio = (&'static str, fn(&Round) -> f64);

/// The ratios that have goals.
const RATIOS: [Ratio; 5] = [
    ("appends at 64 clients / single-row commits", |round| {
        round.appends / round.single
    }),
    ("appends at 64 clients / rows in commits of 256", |round| {
        round.appends / round.bulk
    }),
    ("idle p50 / fsync p50", |round| {
        round.idle.p50 / round.fsync()
    }),
    ("idle p99 / fsync p50", |round| {
        round.idle.p99 / round.fsync()
    }),
    ("choices over HTTP with receipt / bare POST", |round| {
        round.choices / round.bare
    }),
];

impl Round {
    fn fsync(&self) -> f64 {
        f64::midpoint(self.fsync, self.fsync_after)
    }

    fn class(&self) -> &'static str {
        match (self.fsync, self.fsync_after) {
            (a, b) if a >= 2000.0 && b >= 2000.0 => "slow (fsync 2 ms or more)",
            (a, b) if a <= 300.0 && b <= 300.0 => "fast (fsync 0.3 ms or less)",
            _ => "between, or changing",
        }
    }

    pub fn line(&self, number: usize) -> String {
        format!(
            "round {number}: fsync p50 {:.0} and {:.0} us, {}\n  single-row commits {:.0}/s, rows in commits of 256 {:.0}/s ({:.0}/s in one statement), appends at 64 clients {:.0}/s\n  idle p50 {:.0} us, p99 {:.0} us\n  bare POST {:.0}/s, choices over HTTP with receipt {:.0}/s",
            self.fsync,
            self.fsync_after,
            self.class(),
            self.single,
            self.bulk,
            self.packed,
            self.appends,
            self.idle.p50,
            self.idle.p99,
            self.bare,
            self.choices,
        )
    }
}

/// Medians and spread of the ratios, for each class of fsync by itself.
pub fn summary(rounds: &[Round]) {
    let mut classes: Vec<_> = rounds.iter().map(Round::class).collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        let own: Vec<_> = rounds
            .iter()
            .filter(|round| round.class() == class)
            .collect();
        println!("\n{class}: {} rounds", own.len());
        for (name, ratio) in RATIOS {
            let mut ratios: Vec<f64> = own.iter().map(|round| ratio(round)).collect();
            ratios.sort_by(f64::total_cmp);
            let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
            println!(
                "  {name}: median {:.2} ({least:.2} to {most:.2})",
                median(ratios)
            );
        }
    }
}

pub fn median(times: Vec<f64>) -> f64 {
    latency(times).p50
}

pub fn latency(mut times: Vec<f64>) -> Latency {
    times.sort_by(f64::total_cmp);
    Latency {
        p50: times[times.len() / 2],
        p99: times[times.len() * 99 / 100],
    }
}
