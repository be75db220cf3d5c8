//! What a thing that verifies proves, in plain words.

use chrono::{DateTime, Utc};

use crate::domain::choice::ChoiceState;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::request::{Outcome, RequestKind};
use crate::ledger::checkpoint::{Checkpoint, Signed};
use crate::ledger::payload::{ChoiceStatement, CompletionStatement, RequestStatement, Statement};
use crate::ledger::receipt::Verified;

/// Longest text that is said about one thing, in characters.
const LONGEST: usize = 4000;

/// What a checkpoint proves.
pub(super) fn checkpoint(signed: &Signed) -> String {
    let Checkpoint { origin, size, root } = &signed.checkpoint;
    format!(
        "  The log {origin} had {size} entries and root {root}; this is signed by {}.",
        signed.signed_by.join(", ")
    )
}

/// What a whole log proves.
pub(super) fn log(signed: &Signed) -> String {
    let Checkpoint { origin, size, root } = &signed.checkpoint;
    format!(
        "  All {size} entries of the log {origin} lead to root {root}, which is signed by {}. Every tile, bundle and \
         document fits.",
        signed.signed_by.join(", ")
    )
}

/// What the log adds to a receipt or a checkpoint.
pub(super) fn held(now: &Checkpoint, size: u64) -> String {
    format!(
        "  The log as it is now, with {} entries, continues the head at {size} entries that this was made with.",
        now.size
    )
}

/// Text of which part comes from a file: nothing in it may steer a terminal, and it has an end.
pub(super) fn plain(text: &str) -> String {
    let safe = |c: char| {
        if c.is_control() && c != '\n' || is_hidden(c) {
            '?'
        } else {
            c
        }
    };
    text.chars().take(LONGEST).map(safe).collect()
}

/// Characters that turn the direction of writing, or show nothing.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What a receipt proves.
pub(super) fn receipt(verified: &Verified) -> String {
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
    let narrowed = if choice.conditions.is_empty() {
        String::new()
    } else {
        format!(", {}", choice.conditions)
    };
    format!(
        "the person {said} the capture of {} for the programme {}{narrowed}.{notice}",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_bad_file_steers_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\rc\u{202e}d"), "a?[2Jb?c?d");
        assert_eq!(plain(&"x".repeat(9000)).len(), LONGEST);
    }
}
