//! Joins passed events to batches, one open batch per question, and turns each into a record: counts, times and a
//! digest, never the content.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use crate::client::decision::Question;
use crate::domain::id::{CategoryId, DatasetId, RecordId};
use crate::domain::record::Record;

use super::Random;

/// Longest time from the first to the last event of a batch.
pub const MAX_SPAN: TimeDelta = TimeDelta::minutes(5);

/// Where the content goes: by category, or to one dataset for all others.
#[derive(Debug, Clone, Default)]
pub struct Datasets {
    /// For categories that are not named.
    pub other: Option<DatasetId>,
    /// By category.
    pub named: HashMap<CategoryId, DatasetId>,
}

impl Datasets {
    /// The dataset of a category, if one is known.
    pub fn of(&self, category: &CategoryId) -> Option<&DatasetId> {
        self.named.get(category).or(self.other.as_ref())
    }
}

/// The open batches, and the records of those that were closed.
pub struct Batches {
    datasets: Datasets,
    device: Option<String>,
    random: Random,
    open: HashMap<Question, Batch>,
    closed: Vec<Record>,
}

struct Batch {
    since: DateTime<Utc>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    events: u64,
    bytes: u64,
    digest: Sha256,
}

impl Batches {
    /// None open.
    pub fn new(datasets: Datasets, device: Option<String>, random: Random) -> Self {
        Self {
            datasets,
            device,
            random,
            open: HashMap::new(),
            closed: Vec::new(),
        }
    }

    /// Whether a record could say where this category's events go.
    pub fn takes(&self, category: &CategoryId) -> bool {
        self.datasets.of(category).is_some()
    }

    /// Adds one passed event. `since` is since when the consent has held: a batch never spans two consents, else the
    /// gap between them would count as captured.
    pub fn add(
        &mut self,
        question: &Question,
        at: DateTime<Utc>,
        line: &[u8],
        since: DateTime<Utc>,
    ) {
        let fits = self.open.get(question).is_none_or(|batch| {
            batch.since == since && batch.to.max(at) - batch.from.min(at) <= MAX_SPAN
        });
        if !fits {
            self.close(question);
        }
        let batch = self.open.entry(question.clone()).or_insert_with(|| Batch {
            since,
            from: at,
            to: at,
            events: 0,
            bytes: 0,
            digest: Sha256::new(),
        });
        batch.from = batch.from.min(at);
        batch.to = batch.to.max(at);
        batch.events += 1;
        batch.bytes += line.len() as u64;
        batch.digest.update(line);
    }

    /// Ends the batch about `question`, if one is open.
    pub fn close(&mut self, question: &Question) {
        let Some(batch) = self.open.remove(question) else {
            return;
        };
        // `takes` was asked before anything was added.
        let Some(dataset) = self.datasets.of(&question.category) else {
            return;
        };
        self.closed.push(Record {
            id: RecordId::from_random((self.random)()),
            employee: question.employee.clone(),
            program: question.program.clone(),
            category: question.category.clone(),
            app: question.app.clone(),
            device: self.device.clone(),
            from: batch.from,
            to: batch.to,
            events: batch.events,
            bytes: batch.bytes,
            dataset: dataset.clone(),
            digest: hex(&batch.digest.finalize()),
        });
    }

    /// Ends all batches and takes the records of everything closed so far.
    pub fn close_all(&mut self) -> Vec<Record> {
        let questions: Vec<_> = self.open.keys().cloned().collect();
        for question in &questions {
            self.close(question);
        }
        std::mem::take(&mut self.closed)
    }

    /// Batches closed and not yet taken.
    pub fn waiting(&self) -> usize {
        self.closed.len()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn question(category: &str) -> Question {
        Question {
            employee: "E1".parse().unwrap(),
            program: "mci".parse().unwrap(),
            category: category.parse().unwrap(),
            app: None,
        }
    }

    fn batches() -> Batches {
        let datasets = Datasets {
            other: Some("mci-rest".parse().unwrap()),
            named: HashMap::from([("keystrokes".parse().unwrap(), "mci-keys".parse().unwrap())]),
        };
        Batches::new(datasets, Some("desk-7".into()), Arc::new(|| [7; 16]))
    }

    #[test]
    fn a_record_counts_its_events_and_digests_their_lines() {
        let mut batches = batches();
        batches.add(&question("keystrokes"), second(105), b"one\n", second(0));
        batches.add(&question("keystrokes"), second(100), b"two\n", second(0));
        batches.add(
            &question("mouse_movement"),
            second(101),
            b"three\n",
            second(0),
        );
        let mut records = batches.close_all();
        records.sort_by_key(|record| record.events);
        let [pointer, keys] = records.as_slice() else {
            panic!("{records:?}")
        };
        assert_eq!((keys.from, keys.to), (second(100), second(105)));
        assert_eq!((keys.events, keys.bytes), (2, 8));
        assert_eq!(keys.dataset.as_str(), "mci-keys");
        // printf 'one\ntwo\n' | sha256sum
        assert_eq!(
            keys.digest,
            "c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8"
        );
        assert_eq!(pointer.dataset.as_str(), "mci-rest");
        assert!(keys.check(second(200)).is_ok());
        assert!(
            batches.close_all().is_empty(),
            "each event is reported once"
        );
    }

    #[test]
    fn a_batch_ends_where_consent_broke_or_five_minutes_are_over() {
        let mut batches = batches();
        let keys = question("keystrokes");
        batches.add(&keys, second(100), b"a\n", second(0));
        batches.add(&keys, second(100), b"b\n", second(90));
        assert_eq!(batches.waiting(), 1, "withdrawn and given again in between");
        batches.add(&keys, second(400), b"c\n", second(90));
        assert_eq!(batches.waiting(), 1);
        batches.add(&keys, second(401), b"d\n", second(90));
        assert_eq!(batches.waiting(), 2);
        batches.add(&keys, second(100), b"e\n", second(90));
        assert_eq!(batches.waiting(), 3, "backwards counts as well");
        batches.close(&keys);
        batches.close(&keys);
        assert_eq!(batches.waiting(), 4);
        let events: u64 = batches.close_all().iter().map(|record| record.events).sum();
        assert_eq!(events, 5);
    }
}
