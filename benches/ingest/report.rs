//! Raw numbers, ratios, medians and spread.

/// One round: both measures once, one after the other.
pub struct Round {
    /// p50 before and after the round's measures, in microseconds.
    pub fsync: f64,
    pub fsync_after: f64,
    /// Rows per second.
    pub raw: f64,
    pub ingest: f64,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.ingest / self.raw
    }

    pub fn line(&self, number: usize) -> String {
        format!(
            "round {number}: fsync p50 {:.0} and {:.0} us; raw bulk insert {:.0} rows/s, records over HTTP {:.0} rows/s, ratio {:.2}",
            self.fsync,
            self.fsync_after,
            self.raw,
            self.ingest,
            self.ratio()
        )
    }
}

/// Medians and spread.
pub fn summary(rounds: &[Round]) {
    let spread = |name: &str, value: fn(&Round) -> f64, digits: usize| {
        let mut values: Vec<_> = rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (values[0], values[values.len() - 1]);
        println!(
            "  {name}: median {:.digits$} ({least:.digits$} to {most:.digits$})",
            median(values)
        );
    };
    println!("{} rounds", rounds.len());
    spread(
        "fsync p50, us",
        |round| f64::midpoint(round.fsync, round.fsync_after),
        0,
    );
    spread("raw bulk insert, rows/s", |round| round.raw, 0);
    spread("records over HTTP, rows/s", |round| round.ingest, 0);
    spread(
        "records over HTTP / raw bulk insert (goal 0.30)",
        Round::ratio,
        2,
    );
    println!();
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
