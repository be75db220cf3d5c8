//! How many of each kind in which application, in memory only, and the records made of that.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sayso::domain::employee::ExternalId;
use sayso::domain::id::{DatasetId, ProgramId, RecordId};
use sayso::domain::record::Record;

use crate::kind::Kind;

/// Most records that may wait to be sent. While that many do, nothing is counted: what cannot be reported is not taken.
const MAX_WAITING: usize = 1000;
/// SHA-256 of nothing: there is no content.
const NO_CONTENT: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What every record says besides its counts.
pub struct Filing {
    /// About whom.
    pub employee: ExternalId,
    /// For which programme.
    pub program: ProgramId,
    /// On which device.
    pub device: Option<String>,
    /// Under which dataset, by kind; without a kind: all others.
    pub datasets: Vec<(Option<Kind>, DatasetId)>,
}

/// The counts.
pub struct Counts {
    filing: Filing,
    open: BTreeMap<(Kind, String, DateTime<Utc>), Count>,
    waiting: Vec<(Kind, Record)>,
}

struct Count {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    events: u64,
}

impl Counts {
    /// None yet.
    pub const fn new(filing: Filing) -> Self {
        Self {
            filing,
            open: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// Counts one event under the consent that has held since `since`. Returns whether it was counted.
    pub fn add(&mut self, kind: Kind, app: &str, since: DateTime<Utc>, at: DateTime<Utc>) -> bool {
        if self.waiting.len() >= MAX_WAITING || self.dataset(kind).is_none() {
            return false;
        }
        let key = (kind, app.to_owned(), since);
        let count = self.open.entry(key).or_insert(Count {
            from: at,
            to: at,
            events: 0,
        });
        count.from = count.from.min(at);
        count.to = count.to.max(at);
        count.events += 1;
        true
    }

    /// Throws away what was counted of these kinds and not sent.
    pub fn discard(&mut self, stopped: impl Fn(Kind) -> bool) {
        self.open.retain(|(kind, ..), _| !stopped(*kind));
        self.waiting.retain(|(kind, _)| !stopped(*kind));
    }

    /// The records of everything counted and not yet settled. They keep their ids: sending one again stores it once.
    pub fn records(&mut self) -> Vec<Record> {
        for ((kind, app, _), count) in std::mem::take(&mut self.open) {
            let Some(dataset) = self.dataset(kind).cloned() else {
                continue;
            };
            // Cannot fail: the categories' words are plain.
            let Ok(category) = kind.category().parse() else {
                continue;
            };
            let record = Record {
                id: RecordId::from_random(rand::random()),
                employee: self.filing.employee.clone(),
                program: self.filing.program.clone(),
                category,
                app: Some(app),
                device: self.filing.device.clone(),
                from: count.from,
                to: count.to,
                events: count.events,
                bytes: 0,
                dataset,
                digest: NO_CONTENT.into(),
            };
            self.waiting.push((kind, record));
        }
        self.waiting
            .iter()
            .map(|(_, record)| record.clone())
            .collect()
    }

    /// These have arrived.
    pub fn settle(&mut self, records: &[Record]) {
        self.waiting
            .retain(|(_, waiting)| records.iter().all(|record| record.id != waiting.id));
    }

    fn dataset(&self, kind: Kind) -> Option<&DatasetId> {
        let mut datasets = self.filing.datasets.iter();
        let named = datasets.find(|(named, _)| *named == Some(kind));
        let other = || {
            let mut datasets = self.filing.datasets.iter();
            datasets.find(|(named, _)| named.is_none())
        };
        named.or_else(other).map(|(_, dataset)| dataset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn counts() -> Counts {
        Counts::new(Filing {
            employee: "E1".parse().unwrap(),
            program: "mci".parse().unwrap(),
            device: None,
            datasets: vec![
                (Some(Kind::Key), "mci-content".parse().unwrap()),
                (None, "mci-pointer".parse().unwrap()),
            ],
        })
    }

    #[test]
    fn a_record_says_how_many_and_nothing_else() {
        let mut counts = counts();
        for at in [103, 101, 107] {
            assert!(counts.add(Kind::Key, "editor", second(0), second(at)));
        }
        counts.add(Kind::Click, "editor", second(0), second(104));
        let records = counts.records();
        let [click, keys] = records.as_slice() else {
            panic!("{records:?}")
        };
        assert_eq!(
            (keys.from, keys.to, keys.events),
            (second(101), second(107), 3)
        );
        assert_eq!(keys.dataset.as_str(), "mci-content");
        assert_eq!((click.dataset.as_str(), click.bytes), ("mci-pointer", 0));
        assert!(keys.check(second(107)).is_ok());
        assert_eq!(counts.records(), records, "until they have arrived");
        counts.settle(&records);
        assert_eq!(counts.records(), []);
    }

    #[test]
    fn two_consents_are_two_records_and_a_stop_throws_away_what_was_not_sent() {
        let mut counts = counts();
        counts.add(Kind::Key, "editor", second(0), second(10));
        counts.records();
        counts.add(Kind::Key, "editor", second(20), second(21));
        counts.add(Kind::Movement, "editor", second(0), second(21));
        assert_eq!(counts.records().len(), 3);
        counts.add(Kind::Key, "mail", second(20), second(22));
        counts.discard(|kind| kind == Kind::Key);
        let left = counts.records();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].category.as_str(), "mouse_movement");
    }

    #[test]
    fn what_cannot_be_reported_is_not_counted() {
        let mut counts = counts();
        for number in 0..MAX_WAITING {
            assert!(counts.add(Kind::Click, &number.to_string(), second(0), second(1)));
        }
        counts.records();
        assert!(!counts.add(Kind::Click, "editor", second(0), second(2)));
        counts.filing.datasets.clear();
        counts.waiting.clear();
        assert!(!counts.add(Kind::Click, "editor", second(0), second(2)));
    }
}
