//! `sayso-gate verify`: checks receipts offline and says in plain words what each one proves.

use std::fmt;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::domain::choice::ChoiceState;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::request::{Outcome, RequestKind};
use crate::ledger::key::VerifierKey;
use crate::ledger::payload::{ChoiceStatement, CompletionStatement, RequestStatement, Statement};
use crate::ledger::receipt::{Receipt, Verified};

/// What came of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It verifies, and this is what it proves.
    Proven(String),
    /// It does not, and this is why.
    NotProven(String),
    /// It could not be read.
    Unreadable(String),
}

impl Verdict {
    /// 0 verifies, 1 does not, 2 cannot be read.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Proven(_) => 0,
            Self::NotProven(_) => 1,
            Self::Unreadable(_) => 2,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proven(words) => write!(f, "verifies.\n{words}"),
            // Part of it comes from the file: nothing in it may steer a terminal.
            Self::NotProven(why) => write!(f, "DOES NOT VERIFY: {}", plain(why)),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
        }
    }
}

/// Trusted keys, each given as text or as a file that holds it.
///
/// # Errors
/// Which one is neither.
pub fn keys(given: &[String]) -> Result<Vec<VerifierKey>, String> {
    let key = |given: &String| {
        if let Ok(key) = given.trim().parse() {
            return Ok(key);
        }
        let text = std::fs::read_to_string(given);
        let key = text.ok().and_then(|text| text.trim().parse().ok());
        key.ok_or_else(|| {
            format!(
                "{given} is neither a verifier key (name+hash+base64) nor a file that holds one."
            )
        })
    };
    given.iter().map(key).collect()
}

/// Reads and checks one file.
pub fn file(path: &Path, keys: &[VerifierKey]) -> Verdict {
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| {
        file.take(Receipt::MAX_BYTES as u64 + 1)
            .read_to_string(&mut text)
    });
    match read {
        Ok(_) => check(&text, keys),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Verdict::NotProven("this is not a receipt: it is not text".into())
        }
        Err(error) => Verdict::Unreadable(error.to_string()),
    }
}

/// Checks one receipt.
pub fn check(text: &str, keys: &[VerifierKey]) -> Verdict {
    match Receipt::parse(text).and_then(|receipt| receipt.verify(keys)) {
        Ok(verified) => Verdict::Proven(words(&verified)),
        Err(error) => Verdict::NotProven(error.to_string()),
    }
}

fn words(verified: &Verified) -> String {
    let statement = verified.payload.as_ref().map(|payload| {
        let said = match &payload.statement {
            Statement::Choice(choice) => choice_words(choice),
            Statement::Request(request) => request_words(request),
            Statement::Completion(completion) => completion_words(completion),
        };
        format!(
            "  On {}: {said}\n  The person stands in it under a random id only: {}.\n",
            time(payload.at),
            payload.subject
        )
    });
    format!(
        "{}  This stands as entry {} in the log {}, within the first {} entries, whose head is signed by {}.\n  Whoever \
         keeps that log cannot change it or take it out unseen.",
        statement.unwrap_or_default(),
        verified.index,
        verified.checkpoint.origin,
        verified.checkpoint.size,
        verified.signed_by.join(", "),
    )
}

fn choice_words(choice: &ChoiceStatement) -> String {
    let said = match choice.decision {
        ChoiceState::Requested => "was asked about",
        ChoiceState::Given => "said yes to",
        ChoiceState::Refused => "said no to",
        ChoiceState::Withdrawn => "took back the yes to",
        ChoiceState::Expired => "no longer had a valid yes, because it ran out, to",
        ChoiceState::Invalidated => "no longer had a valid yes, because the notice changed, to",
        ChoiceState::Renewed => "said yes again to",
    };
    let notice = match (&choice.notice, choice.notice_version) {
        (Some(notice), Some(version)) => {
            format!(
                " The notice shown was {notice}, version {version}, in {}.",
                choice.language.name()
            )
        }
        _ => String::new(),
    };
    format!(
        "the person {said} the capture of {} for the programme {}.{notice}",
        choice.category, choice.program
    )
}

fn request_words(request: &RequestStatement) -> String {
    let RequestKind::Erasure = request.kind;
    let what = of(request.program.as_ref(), request.category.as_ref());
    let from = request.from.map(|from| format!("from {} ", time(from)));
    format!(
        "the person asked for the deletion of {what} {}until {} (request {}).",
        from.unwrap_or_default(),
        time(request.to),
        request.request
    )
}

fn completion_words(completion: &CompletionStatement) -> String {
    let results = completion.results.iter().map(|result| {
        let became = match result.outcome {
            Outcome::Erased => format!("{} records erased", result.count),
            Outcome::Retained => "kept, with a reason".into(),
            Outcome::CannotBeRemoved => "cannot be removed, with a reason".into(),
            Outcome::NoMatch => "nothing was there".into(),
            Outcome::Failed => "failed".into(),
        };
        format!("{} for {}: {became}", result.store, result.dataset)
    });
    let results: Vec<_> = results.collect();
    format!(
        "every store had answered request {} ({}).",
        completion.request,
        results.join("; ")
    )
}

fn of(program: Option<&ProgramId>, category: Option<&CategoryId>) -> String {
    let category = category.map_or_else(
        || "everything captured".into(),
        |category| format!("captured {category}"),
    );
    let program = program.map_or_else(
        || "all programmes".into(),
        |program| format!("the programme {program}"),
    );
    format!("{category} for {program}")
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M:%S UTC").to_string()
}

fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .take(500)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::checkpoint::Checkpoint;
    use crate::ledger::commitment::Opening;
    use crate::ledger::entry::Entry;
    use crate::ledger::hash::leaf_hash;
    use crate::ledger::key::SignerKey;

    const PAYLOAD: &str = r#"{"actor":"employee","at":"2026-11-23T08:12:09Z","category":"keystrokes","channel":"portal","decision":"given","language":"en","notice":"mci","notice_version":2,"program":"mci","seq":0,"subject":"MDEyMzQ1Njc4OWFiY2RlZg","type":"choice","v":1}"#;

    fn signer() -> SignerKey {
        SignerKey::new("sayso.example/log", [7; 32]).unwrap()
    }

    fn receipt() -> String {
        let opening = Opening {
            r: [9; 64],
            payload: PAYLOAD.into(),
        };
        let leaf = leaf_hash(&Entry::subject(opening.commitment()).to_bytes());
        let checkpoint = Checkpoint {
            origin: "sayso.example/log".into(),
            size: 1,
            root: leaf,
        };
        let receipt = Receipt {
            opening: Some(opening),
            index: 0,
            path: Vec::new(),
            checkpoint: signer().sign(&checkpoint.to_text()),
        };
        receipt.to_text()
    }

    #[test]
    fn a_receipt_says_what_it_proves() {
        let verdict = check(&receipt(), &[signer().verifier()]);
        assert_eq!(
            verdict.to_string(),
            "verifies.\n  On 23 November 2026, 08:12:09 UTC: the person said yes to the capture of keystrokes for the \
             programme mci. The notice shown was mci, version 2, in English.\n  The person stands in it under a random \
             id only: MDEyMzQ1Njc4OWFiY2RlZg.\n  This stands as entry 0 in the log sayso.example/log, within the first 1 \
             entries, whose head is signed by sayso.example/log.\n  Whoever keeps that log cannot change it or take it \
             out unseen."
        );
    }

    #[test]
    fn any_changed_byte_or_another_key_and_it_proves_nothing() {
        let receipt = receipt();
        let keys = [signer().verifier()];
        for index in 0..receipt.len() {
            let mut bytes = receipt.clone().into_bytes();
            bytes[index] ^= 1;
            if let Ok(text) = String::from_utf8(bytes) {
                assert_eq!(check(&text, &keys).exit_code(), 1, "byte {index}: {text}");
            }
        }
        let other = SignerKey::new("sayso.example/log", [8; 32]).unwrap();
        assert_eq!(check(&receipt, &[other.verifier()]).exit_code(), 1);
        assert_eq!(check(&receipt, &[]).exit_code(), 1);
    }

    #[test]
    fn nothing_of_a_bad_file_steers_the_terminal() {
        let verdict = Verdict::NotProven("a\u{1b}[2Jb\nc".into());
        assert_eq!(verdict.to_string(), "DOES NOT VERIFY: a?[2Jb?c");
    }
}
