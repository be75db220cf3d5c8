//! What became of reported records.

use serde::Deserialize;

use crate::domain::id::RecordId;
use crate::domain::record::Record;
use crate::domain::strict::Object;

use super::error::Error;
use super::parsed;

/// What the server did with one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// Which one.
    pub id: RecordId,
    /// What it did.
    pub outcome: Outcome,
}

/// What the server did with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Captured within the person's choices.
    Accepted,
    /// Captured outside them, for the reason given; the person sees it.
    Quarantined(String),
    /// Not a record, for the reason given; nothing was stored.
    Rejected(String),
}

#[derive(Deserialize)]
struct Results {
    results: Vec<Object<Item>>,
}

#[derive(Deserialize)]
struct Item {
    id: Option<String>,
    result: String,
    field: Option<String>,
    reason: Option<String>,
}

pub(super) fn parse(body: &[u8], sent: &[Record]) -> Result<Vec<ItemResult>, Error> {
    let items = parsed::<Results>(body)?.results;
    if items.len() != sent.len() {
        return Err(Error::Unclear("another number of results than records"));
    }
    let results = items.into_iter().zip(sent).map(|(Object(item), record)| {
        if item.id.is_some_and(|id| id != record.id.to_string()) {
            return Err(Error::Unclear("results for other records"));
        }
        let reason = match (item.field, item.reason) {
            (Some(field), Some(reason)) => format!("{field}: {reason}"),
            (_, reason) => reason.unwrap_or_else(|| "no reason given".into()),
        };
        let outcome = match item.result.as_str() {
            "accepted" => Outcome::Accepted,
            "quarantined" => Outcome::Quarantined(reason),
            "rejected" => Outcome::Rejected(reason),
            _ => return Err(Error::Unclear("a result that is not known here")),
        };
        Ok(ItemResult {
            id: record.id,
            outcome,
        })
    });
    results.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(byte: u8) -> Record {
        let at = "2026-11-23T08:00:00Z".parse().unwrap();
        Record {
            id: RecordId::from_random([byte; 16]),
            employee: "E1".parse().unwrap(),
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            app: None,
            device: None,
            from: at,
            to: at,
            events: 1,
            bytes: 1,
            dataset: "mci-keys".parse().unwrap(),
            digest: "0".repeat(64),
        }
    }

    #[test]
    fn results_are_matched_to_records_and_a_mismatch_is_no_result() {
        let sent = [record(1), record(2), record(3)];
        let id = |byte: u8| RecordId::from_random([byte; 16]).to_string();
        let text = |second: &str| {
            format!(
                r#"{{"results":[{{"index":0,"id":"{}","result":"accepted"}},{{"index":1,"id":"{second}","result":"quarantined","reason":"withdrawn"}},{{"index":2,"result":"rejected","field":"to","reason":"Too late."}}]}}"#,
                id(1)
            )
        };
        let results = parse(text(&id(2)).as_bytes(), &sent).unwrap();
        let outcomes: Vec<_> = results.into_iter().map(|item| item.outcome).collect();
        assert_eq!(
            outcomes,
            [
                Outcome::Accepted,
                Outcome::Quarantined("withdrawn".into()),
                Outcome::Rejected("to: Too late.".into())
            ]
        );
        assert!(parse(text(&id(3)).as_bytes(), &sent).is_err());
        assert!(parse(text(&id(2)).as_bytes(), &sent[..2]).is_err());
        assert!(parse(text(&id(2)).replace("accepted", "fine").as_bytes(), &sent).is_err());
    }
}
