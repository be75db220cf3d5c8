//! A record: metadata of one captured batch. Who, for what, what kind, in which app, from when to when, how much;
//! never the content.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::employee::ExternalId;
use super::id::{CategoryId, DatasetId, ProgramId, RecordId};
use super::invalid::Invalid;
use super::line::is_plain;
use super::standing::{History, Reason};

/// One captured batch as its collector reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Chosen by the collector; the same id from the same agent is stored once.
    pub id: RecordId,
    /// About whom.
    pub employee: ExternalId,
    /// For which programme.
    pub program: ProgramId,
    /// Which kind of data.
    pub category: CategoryId,
    /// In which app, as the programme declares it.
    #[serde(default)]
    pub app: Option<String>,
    /// On which device, in words that the person recognises.
    #[serde(default)]
    pub device: Option<String>,
    /// First captured event.
    pub from: DateTime<Utc>,
    /// Last captured event.
    pub to: DateTime<Utc>,
    /// Number of events.
    pub events: u64,
    /// Size of the content in bytes.
    pub bytes: u64,
    /// Where the content went.
    pub dataset: DatasetId,
    /// SHA-256 of the content, 64 lower-case hexadecimal digits.
    pub digest: String,
}

/// What the server does with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Captured within the person's choices.
    Accepted,
    /// Captured outside them: kept as evidence, shown to the person first.
    Quarantined(Reason),
}

impl Record {
    /// Longest batch.
    pub const MAX_SPAN: TimeDelta = TimeDelta::hours(1);
    /// How far a collector's clock may be ahead of the server's.
    pub const MAX_SKEW: TimeDelta = TimeDelta::seconds(60);
    /// Most events that one batch can claim.
    pub const MAX_EVENTS: u64 = 1_000_000_000;
    /// Most bytes that one batch can claim: a terabyte. A person's records can then be added up without an overflow.
    pub const MAX_SIZE: u64 = 1_000_000_000_000;

    /// Checks shape and times against `received_at`, the server's clock, which is the authority.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, received_at: DateTime<Utc>) -> Result<(), Invalid> {
        if self.to < self.from {
            return Err(Invalid::new("to", "A batch ends when it begins or later."));
        }
        if self.to - self.from > Self::MAX_SPAN {
            return Err(Invalid::new("to", "Send batches of at most one hour."));
        }
        if self.to > received_at + Self::MAX_SKEW {
            return Err(Invalid::new(
                "to",
                "The batch ends in the future. Set the collector's clock.",
            ));
        }
        if self.events == 0 || self.events > Self::MAX_EVENTS || self.bytes > Self::MAX_SIZE {
            return Err(Invalid::new(
                "events",
                "Count at least one event and at most a billion, of at most a terabyte.",
            ));
        }
        for (field, text) in [("app", &self.app), ("device", &self.device)] {
            if text
                .as_ref()
                .is_some_and(|text| text.is_empty() || text.len() > 100 || !is_plain(text))
            {
                return Err(Invalid::new(field, "Use 1 to 100 characters on one line."));
            }
        }
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if self.digest.len() != 64 || !self.digest.bytes().all(hex) {
            return Err(Invalid::new(
                "digest",
                "Give the SHA-256 as 64 lower-case hexadecimal digits.",
            ));
        }
        Ok(())
    }

    /// Judges the record by the consent that held while it was captured, not by today's.
    pub fn verdict(&self, history: &History<'_>) -> Verdict {
        let declaration = &history.program.declaration;
        let standing =
            history.standing_throughout(&self.category, self.app.as_deref(), self.from, self.to);
        if !standing.permits() {
            return Verdict::Quarantined(standing.reason);
        }
        // Where a programme is limited to apps, a batch that names none may come from any other.
        if self.app.is_none() && !declaration.apps.is_empty() {
            return Verdict::Quarantined(Reason::AppExcluded);
        }
        Verdict::Accepted
    }
}

#[cfg(test)]
mod tests {
    use super::super::choice::ChoiceState;
    use super::super::choice::tests::event;
    use super::super::program::tests::declaration;
    use super::super::program::{Program, ProgramStatus, StatusChange};
    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn record() -> Record {
        Record {
            id: RecordId::from_random([1; 16]),
            employee: "E1".parse().unwrap(),
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            app: Some("browser".into()),
            device: None,
            from: second(100),
            to: second(160),
            events: 5,
            bytes: 90,
            dataset: "mci-keys".parse().unwrap(),
            digest: "0".repeat(64),
        }
    }

    #[test]
    fn a_record_must_make_sense_in_time_and_size() {
        assert!(record().check(second(160)).is_ok());
        let broken: [fn(&mut Record); 8] = [
            |r| r.to = r.from - TimeDelta::seconds(1),
            |r| r.to = r.from + TimeDelta::minutes(61),
            |r| (r.from, r.to) = (second(200), second(221)),
            |r| r.events = 0,
            |r| r.bytes = u64::MAX,
            |r| r.app = Some("a\nb".into()),
            |r| r.device = Some(String::new()),
            |r| r.digest = "Z".repeat(64),
        ];
        for change in broken {
            let mut changed = record();
            change(&mut changed);
            assert!(changed.check(second(160)).is_err(), "{changed:?}");
        }
    }

    #[test]
    fn a_record_is_judged_by_the_consent_at_capture_time() {
        let program = Program {
            declaration: declaration(),
            statuses: vec![StatusChange {
                status: ProgramStatus::Active,
                at: second(0),
            }],
        };
        let choices = [
            event(ChoiceState::Given, 50, 1),
            event(ChoiceState::Withdrawn, 200, 1),
        ];
        let history = History {
            program: &program,
            material: &[],
            choices: &choices,
        };
        assert_eq!(
            record().verdict(&history),
            Verdict::Accepted,
            "a late arrival is not a late capture"
        );
        let early = Record {
            from: second(49),
            ..record()
        };
        assert_eq!(
            early.verdict(&history),
            Verdict::Quarantined(Reason::NoChoice)
        );
        let late = Record {
            to: second(200),
            ..record()
        };
        assert_eq!(
            late.verdict(&history),
            Verdict::Quarantined(Reason::Withdrawn)
        );
        let nameless = Record {
            app: None,
            ..record()
        };
        assert_eq!(
            nameless.verdict(&history),
            Verdict::Quarantined(Reason::AppExcluded)
        );
    }
}
