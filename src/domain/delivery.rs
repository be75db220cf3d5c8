//! A delivery: the records of one call, what became of each, and the key under which the call may be repeated.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::invalid::Invalid;
use super::record::Verdict;
use super::standing::Reason;

/// Most records in one call.
pub const MAX_RECORDS: usize = 1000;

/// What became of one record of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemResult {
    /// Stored, within the person's choices.
    Accepted,
    /// Stored as evidence, outside them.
    Quarantined(Reason),
    /// Not stored.
    Rejected(Invalid),
}

impl From<Verdict> for ItemResult {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accepted => Self::Accepted,
            Verdict::Quarantined(reason) => Self::Quarantined(reason),
        }
    }
}

/// The value of an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07): 1 to 128 visible ASCII
/// characters, chosen by the agent, one for each delivery.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryKey(String);

impl DeliveryKey {
    /// How long a delivery's answer is kept, in hours.
    pub const HOURS: i64 = 24;

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryKey {
    type Err = Invalid;

    /// Reads the header's value: a string in quotation marks, as the draft has it, or the same without them, as many
    /// programs send it.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let key = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(text);
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        if (1..=128).contains(&key.len()) && key.bytes().all(plain) {
            Ok(Self(key.to_owned()))
        } else {
            Err(Invalid::new(
                "Idempotency-Key",
                "Use 1 to 128 visible ASCII characters in quotation marks, for example a random UUID.",
            ))
        }
    }
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Equal results in a row: how an answer is kept. Nearly always it is one run, however many records came.
#[derive(Serialize, Deserialize)]
struct Run {
    count: usize,
    result: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(PartialEq, Eq, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Accepted,
    Quarantined,
    Rejected,
}

/// Fields that a rejection can name.
const FIELDS: [&str; 13] = [
    "records", "id", "employee", "program", "category", "app", "device", "from", "to", "events",
    "bytes", "dataset", "digest",
];

/// Spells results for keeping. No personal data is in it.
///
/// # Errors
/// None that can happen; serde's.
pub fn spell(results: &[ItemResult]) -> Result<String, serde_json::Error> {
    let run = |equal: &[ItemResult]| {
        let (result, field, reason) = match &equal[0] {
            ItemResult::Accepted => (Word::Accepted, None, None),
            ItemResult::Quarantined(reason) => {
                (Word::Quarantined, None, Some(reason.word().to_owned()))
            }
            ItemResult::Rejected(invalid) => (
                Word::Rejected,
                Some(invalid.field.to_owned()),
                Some(invalid.message.clone()),
            ),
        };
        Run {
            count: equal.len(),
            result,
            field,
            reason,
        }
    };
    let runs: Vec<_> = results.chunk_by(PartialEq::eq).map(run).collect();
    serde_json::to_string(&runs)
}

/// Reads what [`spell`] wrote; `None` when it did not write that.
pub fn read(text: &str) -> Option<Vec<ItemResult>> {
    let runs: Vec<Run> = serde_json::from_str(text).ok()?;
    let mut results = Vec::new();
    for run in runs {
        let result = match (run.result, run.field, run.reason) {
            (Word::Accepted, None, None) => ItemResult::Accepted,
            (Word::Quarantined, None, Some(reason)) => {
                ItemResult::Quarantined(reason.parse().ok()?)
            }
            (Word::Rejected, Some(field), Some(message)) => {
                let field = FIELDS.into_iter().find(|known| *known == field)?;
                ItemResult::Rejected(Invalid::new(field, message))
            }
            _ => return None,
        };
        if run.count > MAX_RECORDS {
            return None;
        }
        results.extend(std::iter::repeat_n(result, run.count));
    }
    Some(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_with_and_without_quotation_marks() {
        let key: DeliveryKey = "\"8e03978e-40d5\"".parse().unwrap();
        assert_eq!(key.as_str(), "8e03978e-40d5");
        assert_eq!("8e03978e-40d5".parse::<DeliveryKey>().unwrap(), key);
        for bad in [
            "",
            "\"\"",
            "\"a",
            "a\"",
            "\"",
            "a b",
            "a\\b",
            "ä",
            "\"a\";b=\"c\"",
            &"a".repeat(129),
        ] {
            assert!(bad.parse::<DeliveryKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn results_are_kept_in_few_bytes_and_read_back() {
        let rejected =
            ItemResult::Rejected(Invalid::new("to", "Send batches of at most one hour."));
        let mut results = vec![ItemResult::Accepted; 998];
        results.push(ItemResult::Quarantined(Reason::Withdrawn));
        results.push(rejected);
        let text = spell(&results).unwrap();
        assert!(text.len() < 250, "{text}");
        assert_eq!(read(&text).unwrap(), results);
        assert_eq!(read(&spell(&[]).unwrap()).unwrap(), []);
        for bad in [
            "",
            "{}",
            "[{\"count\":1,\"result\":\"fine\"}]",
            "[{\"count\":999999999999,\"result\":\"accepted\"}]",
            "[{\"count\":1,\"result\":\"rejected\"}]",
            "[{\"count\":1,\"result\":\"rejected\",\"field\":\"other\",\"reason\":\"x\"}]",
            "[{\"count\":1,\"result\":\"quarantined\",\"reason\":\"other\"}]",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
