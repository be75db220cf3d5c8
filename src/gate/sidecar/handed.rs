//! What others were told that they may rely on. A stop is confirmed to the server only when none of it holds any more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::watch::Ask;
use crate::client::watch::stop::Scope;

/// Above so many, those that are over are forgotten before another one is noted.
const TIDY: usize = 10_000;

/// Until when at most somebody relies on a yes, for each thing that was asked.
#[derive(Default)]
pub struct Handed(Mutex<HashMap<[Box<str>; 3], Instant>>);

impl Handed {
    /// Notes that a yes was handed out for that long.
    pub fn note(&self, ask: &Ask, lease: Duration) {
        let now = Instant::now();
        let key = [ask.employee, ask.program, ask.category].map(Box::from);
        let mut handed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if handed.len() >= TIDY {
            handed.retain(|_, end| *end > now);
        }
        let end = now + lease;
        let last = handed.entry(key).or_insert(end);
        *last = end.max(*last);
    }

    /// Until when somebody may still rely on something in that scope.
    pub fn until(&self, scope: &Scope) -> Option<Instant> {
        let handed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let covered = handed
            .iter()
            .filter(|([employee, program, category], _)| scope.covers(employee, program, category));
        covered.map(|(_, end)| *end).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_waits_for_what_it_covers_and_for_nothing_else() {
        let handed = Handed::default();
        handed.note(&Ask::new("E1", "mci", "keystrokes"), Duration::from_secs(5));
        handed.note(&Ask::new("E1", "mci", "keystrokes"), Duration::from_secs(1));
        handed.note(
            &Ask::new("E2", "hours", "keystrokes"),
            Duration::from_secs(9),
        );
        let program = |id: &str| Scope::Program(id.parse().unwrap());
        let left = |scope: Scope| {
            let end = handed.until(&scope);
            end.map(|end| end.saturating_duration_since(Instant::now()))
        };
        assert!(left(program("mci")).unwrap() > Duration::from_secs(4));
        assert!(left(program("mci")).unwrap() <= Duration::from_secs(5));
        assert!(left(Scope::Everything).unwrap() > Duration::from_secs(8));
        assert_eq!(left(program("other")), None);
    }
}
