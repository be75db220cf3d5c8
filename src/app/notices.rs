//! Notices: read, acknowledge, publish.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::App;
use super::error::{Conflict, Error};
use crate::domain::employee::Locale;
use crate::domain::id::{FormId, NoticeId, SubjectId};
use crate::domain::invalid::Invalid;
use crate::domain::notice::{NoticeText, NoticeVersion, PublishedNotice, in_force};
use crate::store::write::Change;

/// How far ahead a version may be published, in days: later ones must come after it.
const MAX_AHEAD: i64 = 731;

/// A version as one person sees it.
#[derive(Debug, Clone)]
pub struct NoticeCard {
    /// The version.
    pub published: PublishedNotice,
    /// Name of the programme that it is about, if it is about one.
    pub program: Option<String>,
    /// When this person said to have read it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Whether it counts.
    pub state: NoticeState,
}

/// Where a version stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeState {
    /// Published, counts later.
    Upcoming,
    /// Counts now.
    InForce,
    /// Counted once.
    Replaced,
}

/// A version that HR is writing.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Which notice.
    pub notice: NoticeId,
    /// Whether older choices end.
    pub material: bool,
    /// The day from which it counts, in the house's time zone; `None` means at once.
    pub effective_on: Option<NaiveDate>,
    /// The texts.
    pub texts: BTreeMap<Locale, NoticeText>,
}

/// Every version of every notice, newest publication first.
///
/// # Errors
/// When the database fails.
pub async fn notices(app: &App, subject: &SubjectId) -> Result<Vec<NoticeCard>, Error> {
    let (now, catalogue) = (app.now(), app.catalogue().await?);
    let all = &catalogue.notices;
    let read = app.store.acknowledgements(subject).await?;
    let state = |version: &NoticeVersion| {
        let own: Vec<_> = all
            .iter()
            .filter(|other| other.version.notice == version.notice)
            .cloned()
            .collect();
        match in_force(&own, now) {
            _ if version.effective_at > now => NoticeState::Upcoming,
            Some(current) if current.version.version == version.version => NoticeState::InForce,
            _ => NoticeState::Replaced,
        }
    };
    let card = |published: &PublishedNotice| {
        let version = &published.version;
        let programs = catalogue.programs.iter();
        let program = programs
            .map(|declared| &declared.program)
            .find(|program| program.declaration.notice == version.notice);
        let acknowledged = read
            .iter()
            .find(|(notice, number, _)| (notice, *number) == (&version.notice, version.version));
        NoticeCard {
            published: published.clone(),
            program: program.map(|program| program.declaration.name.clone()),
            acknowledged_at: acknowledged.map(|(.., at)| *at),
            state: state(version),
        }
    };
    Ok(all.iter().map(card).collect())
}

/// One version.
///
/// # Errors
/// `NotFound` when there is no such version.
pub async fn notice(
    app: &App,
    subject: &SubjectId,
    notice: &NoticeId,
    version: u32,
) -> Result<NoticeCard, Error> {
    let cards = notices(app, subject).await?;
    let found = cards.into_iter().find(|card| {
        (
            &card.published.version.notice,
            card.published.version.version,
        ) == (notice, version)
    });
    found.ok_or(Error::NotFound)
}

/// Notes that a person has read a version. Never a consent. Saying it twice changes nothing.
///
/// # Errors
/// `NotFound` when there is no such version.
pub async fn acknowledge(
    app: &App,
    subject: &SubjectId,
    notice: &NoticeId,
    version: u32,
    once: FormId,
) -> Result<(), Error> {
    let change = Change::Acknowledgement {
        subject: *subject,
        notice: notice.clone(),
        version,
    };
    app.write(Some(once), vec![change]).await??;
    Ok(())
}

/// The versions of one notice, newest first; empty for a new one.
///
/// # Errors
/// When the database fails.
pub async fn versions(app: &App, notice: &NoticeId) -> Result<Vec<PublishedNotice>, Error> {
    let mut own = app.store.notices().await?;
    own.retain(|published| &published.version.notice == notice);
    own.sort_by_key(|published| std::cmp::Reverse(published.version.version));
    Ok(own)
}

/// What publishing this draft would publish: same checks, nothing written.
///
/// # Errors
/// `Invalid` with what to mend.
pub async fn check_draft(app: &App, draft: &Draft) -> Result<NoticeVersion, Error> {
    let (now, earlier) = (app.now(), versions(app, &draft.notice).await?);
    let effective_at = match draft.effective_on {
        Some(day) => begin_of(day, app.settings.house.time_zone).max(today_or_later(
            day,
            now,
            app.settings.house.time_zone,
        )),
        None => now,
    };
    let version = NoticeVersion {
        notice: draft.notice.clone(),
        version: earlier
            .first()
            .map_or(1, |latest| latest.version.version + 1),
        material: draft.material,
        effective_at,
        published_at: now,
        texts: draft.texts.clone(),
    };
    version.check()?;
    if version.effective_at > now + TimeDelta::days(MAX_AHEAD) {
        return Err(Invalid::new("effective_on", "Choose a day within the next two years.").into());
    }
    if earlier
        .first()
        .is_some_and(|latest| latest.version.effective_at > version.effective_at)
    {
        return Err(Invalid::new(
            "effective_on",
            "Choose a day on or after that of the version before: versions count in their order.",
        )
        .into());
    }
    Ok(version)
}

/// Publishes a draft as the next version.
///
/// # Errors
/// `Invalid` with what to mend; `VersionTaken` when somebody else was faster.
pub async fn publish(
    app: &App,
    draft: &Draft,
    once: Option<FormId>,
) -> Result<PublishedNotice, Error> {
    let version = check_draft(app, draft).await?;
    let number = version.version;
    app.write(once, vec![Change::Notice(version)]).await??;
    let published = versions(app, &draft.notice)
        .await?
        .into_iter()
        .find(|published| published.version.version == number);
    published.ok_or(Error::Conflict(Conflict::VersionTaken))
}

/// The document whose SHA-256 stands in the ledger.
///
/// # Errors
/// `NotFound` when there is no such version.
pub async fn document(app: &App, notice: &NoticeId, version: u32) -> Result<String, Error> {
    app.store
        .document(notice, version)
        .await?
        .ok_or(Error::NotFound)
}

/// Midnight at which `day` begins in `zone`; where clocks skip midnight, the first moment after it.
pub(super) fn begin_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = zone.from_local_datetime(&midnight).earliest();
    let local = local.or_else(|| {
        zone.from_local_datetime(&(midnight + TimeDelta::hours(1)))
            .earliest()
    });
    local.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

/// "Today" means at once: midnight has already passed.
fn today_or_later(day: NaiveDate, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    if now.with_timezone(&zone).date_naive() == day {
        now
    } else {
        begin_of(day, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_houses_midnight_even_where_clocks_change() {
        let begin = |day: &str, zone: Tz| begin_of(day.parse().unwrap(), zone).to_rfc3339();
        assert_eq!(
            begin("2026-12-01", Tz::Europe__Berlin),
            "2026-11-30T23:00:00+00:00"
        );
        assert_eq!(
            begin("2026-07-01", Tz::Europe__Berlin),
            "2026-06-30T22:00:00+00:00"
        );
        // Clocks in Santiago jump from 00:00 to 01:00 on that day.
        assert_eq!(
            begin("2026-09-06", Tz::America__Santiago),
            "2026-09-06T04:00:00+00:00"
        );
    }
}
