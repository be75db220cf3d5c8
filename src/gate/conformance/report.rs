//! What came of each case, for people and for programs.

use std::fmt;

use serde::Serialize;

use super::case::Case;
use super::trial::Settings;

/// What came of all of them.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether every case passed.
    pub passed: bool,
    /// The lease that the server gave.
    pub lease_ms: u64,
    /// How long after a stop something was allowed to come.
    pub budget_ms: u64,
    /// Each case, in the script's order.
    pub cases: Vec<Verdict>,
}

/// What came of one case.
#[derive(Debug, Default, Serialize)]
pub struct Verdict {
    /// Its name.
    pub name: &'static str,
    /// What went wrong in it.
    pub what: &'static str,
    /// Whether nothing was captured that may not be.
    pub passed: bool,
    /// Lines captured while it was permitted.
    pub before: u64,
    /// When the last line came, counted from the stop.
    pub stopped_after_ms: Option<u64>,
    /// When the collector confirmed the stop, counted from the stop; `null` if it never did.
    pub confirmed_ms: Option<u64>,
    /// What was captured though it may not be.
    pub late: Late,
    /// Why the case could not be run to its end.
    pub problem: Option<String>,
    /// The end of what the collector said on standard error, if the case failed.
    pub messages: Option<String>,
}

/// What was captured after the stop and the budget.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Late {
    /// Lines on standard output.
    pub events: u64,
    /// Reported records.
    pub records: u64,
    /// When the last line came, counted from the stop.
    pub last_ms: Option<u64>,
}

impl Verdict {
    /// Nothing known yet.
    pub fn of(case: &Case) -> Self {
        Self {
            name: case.name,
            what: case.what,
            ..Self::default()
        }
    }

    /// Passed, or not.
    pub fn judge(&mut self, messages: String) {
        self.passed = self.problem.is_none() && self.late.events == 0 && self.late.records == 0;
        self.messages = (!self.passed && !messages.is_empty()).then_some(messages);
    }
}

impl Report {
    /// Of these verdicts.
    pub fn new(settings: &Settings, cases: Vec<Verdict>) -> Self {
        let millis =
            |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            passed: cases.iter().all(|case| case.passed),
            lease_ms: millis(settings.lease),
            budget_ms: millis(settings.budget),
            cases,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passed = self.cases.iter().filter(|case| case.passed).count();
        write!(
            f,
            "{passed} of {} cases passed, with a lease of {} ms and a budget of {} ms.",
            self.cases.len(),
            self.lease_ms,
            self.budget_ms
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.passed { "passed" } else { "FAILED" };
        write!(f, "{word}  {:<20}", self.name)?;
        let Late {
            events,
            records,
            last_ms,
        } = self.late;
        if let Some(problem) = &self.problem {
            write!(f, "{problem}")?;
        }
        if events + records > 0 {
            write!(f, "captured {events} events and {records} records too many")?;
            if let Some(last) = last_ms {
                write!(f, ", the last event after {last} ms")?;
            }
        } else if let Some(after) = self.stopped_after_ms {
            write!(f, "stopped after {after} ms")?;
            if let Some(confirmed) = self.confirmed_ms {
                write!(f, ", confirmed after {confirmed} ms")?;
            }
        } else if self.passed {
            write!(f, "nothing before the yes, {} events after it", self.before)?;
        }
        writeln!(f)?;
        if !self.passed {
            writeln!(f, "        {}", self.what)?;
            for line in self.messages.iter().flat_map(|messages| messages.lines()) {
                writeln!(f, "        | {line}")?;
            }
        }
        Ok(())
    }
}
