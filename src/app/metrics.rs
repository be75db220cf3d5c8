//! Counters for operators. What depends on anybody's choice is counted as one: whoever reads the counters before and
//! after must not be able to tell what one person said (invariant 7).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::App;
use super::error::Error;
use crate::domain::standing::Reason;

/// Kinds of answers, as the label `answer`.
const ANSWERS: [&str; 5] = [
    "by_choice",
    "program_stopped",
    "agent_not_registered",
    "projection_stale",
    "replica_behind",
];

/// Counters since the start of the process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Metrics(Arc<[AtomicU64; ANSWERS.len()]>);

impl Metrics {
    /// A check was answered.
    pub(super) fn answered(&self, reason: Reason) {
        let kind = match reason {
            Reason::ProgramPaused | Reason::ProgramEnded => 1,
            Reason::AgentNotRegistered => 2,
            Reason::ProjectionStale => 3,
            Reason::ReplicaBehind => 4,
            _ => 0,
        };
        self.0[kind].fetch_add(1, Ordering::Relaxed);
    }

    fn lines(&self) -> String {
        let counts = ANSWERS.iter().zip(self.0.iter());
        counts
            .map(|(answer, count)| {
                let count = count.load(Ordering::Relaxed);
                format!("sayso_checks_total{{answer=\"{answer}\"}} {count}\n")
            })
            .collect()
    }
}

/// The counters and the state of the projection, in Prometheus' text format (version 0.0.4).
///
/// # Errors
/// While standings are being loaded.
pub async fn metrics(app: &App) -> Result<String, Error> {
    let reading = app.standings().reading().await?;
    let (seq, people, bytes) = (reading.seq(), reading.count(), reading.bytes_held());
    let fresh = u8::from(reading.is_fresh());
    drop(reading);
    let checks = app.metrics.lines();
    Ok(format!(
        "# HELP sayso_checks_total Answered checks. What depends on anybody's choice is one count.\n\
         # TYPE sayso_checks_total counter\n{checks}\
         # HELP sayso_ledger_position Everything before this position is in memory.\n\
         # TYPE sayso_ledger_position gauge\nsayso_ledger_position {seq}\n\
         # HELP sayso_standings_people People who ever made a choice.\n\
         # TYPE sayso_standings_people gauge\nsayso_standings_people {people}\n\
         # HELP sayso_standings_bytes Memory held for their standings.\n\
         # TYPE sayso_standings_bytes gauge\nsayso_standings_bytes {bytes}\n\
         # HELP sayso_standings_fresh Whether the ledger's head was looked at lately; 0 answers no to every check.\n\
         # TYPE sayso_standings_fresh gauge\nsayso_standings_fresh {fresh}\n"
    ))
}
