//! The check: may this agent collect this category for this programme about this employee now?

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::App;
use super::callers::Caller;
use super::error::Error;
use crate::domain::question::Question;
use crate::domain::standing::{Reason, Standing};

/// One answer.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    /// Yes or no, and why.
    pub standing: Standing,
    /// The position that the answer is based on: everything before it is in.
    pub seq: u64,
    /// When it was given.
    pub as_of: DateTime<Utc>,
    /// For how long it may be relied on.
    pub lease_ms: u64,
}

/// How long a check waits for a position that has not been reached here.
const PATIENCE: Duration = Duration::from_millis(50);

/// Answers `questions` in their order, all as of one position, which is none before the latest that any of them insists
/// on: if that is not reached in [`PATIENCE`], every answer is no.
///
/// # Errors
/// When nothing can be said: the projection is loading, or everything stands still. Never a yes.
pub async fn evaluate(
    app: &App,
    caller: &Caller,
    questions: &[Question<'_>],
) -> Result<Vec<Decision>, Error> {
    app.running()?;
    let min_seq = questions.iter().filter_map(|question| question.min_seq);
    let behind = match min_seq.max() {
        Some(seq) => !app.standings().reached(seq, PATIENCE).await,
        None => false,
    };
    let reading = app.standings().reading().await?;
    let as_of = app.now();
    let decision = |question| {
        let standing = if behind {
            Standing {
                reason: Reason::ReplicaBehind,
                since: as_of,
            }
        } else {
            reading.standing(caller, question, as_of)
        };
        app.metrics.answered(standing.reason);
        Decision {
            standing,
            seq: reading.seq(),
            as_of,
            lease_ms: app.settings.holds.lease_ms,
        }
    };
    Ok(questions.iter().map(decision).collect())
}
