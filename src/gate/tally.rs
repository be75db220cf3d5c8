//! What the filter counts, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::verdict::Dropped;

/// The filter's counts. Every line read is passed, dropped or malformed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Lines read.
    pub read: u64,
    /// Events written to the output.
    pub passed: u64,
    /// Events dropped, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
    /// Lines that are no events.
    pub malformed: u64,
    /// What became of the records about what was passed.
    pub records: RecordTally,
    /// Calls that asked for decisions.
    pub calls: u64,
}

/// What became of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RecordTally {
    /// Stored as captured within consent.
    pub accepted: u64,
    /// Stored as captured outside it.
    pub quarantined: u64,
    /// Refused by the server.
    pub rejected: u64,
    /// Never confirmed by the server.
    pub unsent: u64,
}

impl Tally {
    /// Counts one dropped event.
    pub fn drop_one(&mut self, why: Dropped) {
        *self.dropped.entry(why.word()).or_default() += 1;
    }

    /// Dropped events of all reasons.
    pub fn dropped_in_all(&self) -> u64 {
        self.dropped.values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} read, {} passed, {} dropped",
            self.read,
            self.passed,
            self.dropped_in_all()
        )?;
        for (index, (reason, count)) in self.dropped.iter().enumerate() {
            let before = if index == 0 { " (" } else { ", " };
            write!(f, "{before}{reason} {count}")?;
        }
        let after = if self.dropped.is_empty() { "" } else { ")" };
        let RecordTally {
            accepted,
            quarantined,
            rejected,
            unsent,
        } = self.records;
        write!(
            f,
            "{after}, {} malformed; records: {accepted} accepted, {quarantined} quarantined, {rejected} rejected, \
             {unsent} unsent; asked {} times",
            self.malformed, self.calls
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well_and_add_up() {
        let mut tally = Tally {
            read: 4,
            passed: 1,
            malformed: 1,
            ..Tally::default()
        };
        tally.drop_one(Dropped::CannotTell);
        tally.drop_one(Dropped::Denied(Some("withdrawn".parse().unwrap())));
        assert_eq!(
            tally.read,
            tally.passed + tally.malformed + tally.dropped_in_all()
        );
        assert_eq!(
            tally.to_string(),
            "4 read, 1 passed, 2 dropped (cannot_tell 1, withdrawn 1), 1 malformed; records: 0 accepted, \
             0 quarantined, 0 rejected, 0 unsent; asked 0 times"
        );
    }
}
