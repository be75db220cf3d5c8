//! Whether one event may pass now. The only place that says yes.

use chrono::{DateTime, TimeDelta, Utc};

use crate::client::decision::Decision;
use crate::client::moment::Moment;
use crate::domain::record::Record;
use crate::domain::standing::Reason;

/// Why an event was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// The server said no, and perhaps why.
    Denied(Option<Reason>),
    /// There was no clean answer.
    CannotTell,
    /// The yes came, but ran out before the event could be written.
    LeaseOver,
    /// Captured before the consent that holds now.
    BeforeConsent,
    /// Its time lies too far in the future to be true.
    InFuture,
    /// No dataset is named for its category, so no record could say where it went.
    NoDataset,
    /// Too many records wait to be sent: what cannot be reported is not passed.
    Unreported,
    /// Nobody reads the output any more.
    OutputClosed,
    /// The gate was told to stop.
    Stopped,
}

impl Dropped {
    /// Its word in the counts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Denied(Some(reason)) => reason.word(),
            Self::Denied(None) => "denied",
            Self::CannotTell => "cannot_tell",
            Self::LeaseOver => "lease_over",
            Self::BeforeConsent => "before_consent",
            Self::InFuture => "in_future",
            Self::NoDataset => "no_dataset",
            Self::Unreported => "unreported",
            Self::OutputClosed => "output_closed",
            Self::Stopped => "stopped",
        }
    }
}

/// Judges an event captured at `at` by the answer to a question that was sent after the event had been read.
/// On yes, returns since when the consent has held.
///
/// # Errors
/// Why it must not pass.
pub fn judge(
    at: DateTime<Utc>,
    answer: Option<&Decision>,
    now: Moment,
) -> Result<DateTime<Utc>, Dropped> {
    let permit = match answer {
        None => return Err(Dropped::CannotTell),
        Some(Decision::Deny(denial)) => return Err(Dropped::Denied(denial.reason)),
        Some(Decision::Permit(permit)) => permit,
    };
    if !permit.holds(now) {
        return Err(Dropped::LeaseOver);
    }
    if at < permit.since {
        return Err(Dropped::BeforeConsent);
    }
    let skew: TimeDelta = Record::MAX_SKEW;
    if at > now.wall + skew {
        return Err(Dropped::InFuture);
    }
    Ok(permit.since)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::client::decision::tests::{permit, refusal};

    fn start() -> Moment {
        Moment {
            steady: Instant::now(),
            wall: "2026-11-23T08:00:00Z".parse().unwrap(),
            boot: None,
        }
    }

    #[test]
    fn only_a_yes_that_holds_now_and_held_then_passes_an_event() {
        let now = start();
        let since = now.wall - TimeDelta::days(1);
        let yes = permit(since, 5000, now);
        assert_eq!(judge(now.wall, Some(&yes), now), Ok(since));
        assert_eq!(judge(since, Some(&yes), now), Ok(since));
        let second = TimeDelta::seconds(1);
        assert_eq!(
            judge(since - second, Some(&yes), now),
            Err(Dropped::BeforeConsent)
        );
        assert!(judge(now.wall + second * 60, Some(&yes), now).is_ok());
        assert_eq!(
            judge(now.wall + second * 61, Some(&yes), now),
            Err(Dropped::InFuture)
        );
        assert_eq!(judge(now.wall, None, now), Err(Dropped::CannotTell));
        assert_eq!(
            judge(now.wall, Some(&refusal("withdrawn")), now),
            Err(Dropped::Denied(Some(Reason::Withdrawn)))
        );
        let over = Moment {
            steady: now.steady + Duration::from_secs(5),
            wall: now.wall + second * 5,
            boot: None,
        };
        assert_eq!(judge(now.wall, Some(&yes), over), Err(Dropped::LeaseOver));
    }
}
