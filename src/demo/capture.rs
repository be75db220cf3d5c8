//! What a simulated collector writes down about a span of time: counts as such a kind of data has them, no content.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt as _;
use rand::rngs::StdRng;
use sha2::{Digest as _, Sha256};

use super::programmes::{MCI, SUPPORT_REVIEW};
use crate::domain::employee::ExternalId;
use crate::domain::id::RecordId;
use crate::domain::invalid::Invalid;
use crate::domain::record::Record;

/// What was captured, before it is counted.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) employee: ExternalId,
    pub(super) program: &'static str,
    pub(super) category: &'static str,
    pub(super) app: Option<&'static str>,
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

impl Span {
    /// Its record. There is no content: the digest is that of the record's own id.
    pub(super) fn record(&self, rng: &mut StdRng) -> Result<Record, Invalid> {
        let id = RecordId::from_random(rng.random());
        let seconds = (self.to - self.from).num_seconds().max(1).unsigned_abs();
        let per_minute: u64 = match self.category {
            "mouse_movement" => 1200,
            "keystrokes" => 140,
            "click_location" => 18,
            _ => 2,
        };
        let size: u64 = match self.category {
            "mouse_movement" => 12,
            "keystrokes" => 20,
            "click_location" => 48,
            _ => 160_000,
        };
        // Nobody types or moves all the time.
        let share = rng.random_range(20..=70);
        let events = (seconds * per_minute * share / 6000).max(1);
        let digest = Sha256::digest(id.to_string());
        Ok(Record {
            id,
            employee: self.employee.clone(),
            program: self.program.parse()?,
            category: self.category.parse()?,
            app: self.app.map(Into::into),
            device: Some(device(&self.employee)),
            from: self.from,
            to: self.to,
            events,
            bytes: events * size,
            dataset: dataset(self.program, self.category).parse()?,
            digest: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

/// A span of some minutes that lies within `day`, or `None` where the day is too short.
pub(super) fn within_day(
    rng: &mut StdRng,
    day: (DateTime<Utc>, DateTime<Utc>),
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let seconds = rng.random_range(40..=780);
    let room = (day.1 - day.0).num_seconds() - seconds;
    let from = (room > 0).then(|| day.0 + TimeDelta::seconds(rng.random_range(0..room)))?;
    Some((from, from + TimeDelta::seconds(seconds)))
}

fn device(employee: &ExternalId) -> String {
    format!("Laptop {employee}")
}

fn dataset(program: &str, category: &str) -> &'static str {
    match (program, category) {
        (SUPPORT_REVIEW, _) => "support-calls",
        (MCI, "mouse_movement" | "click_location") => "mci-pointer",
        _ => "mci-content",
    }
}
