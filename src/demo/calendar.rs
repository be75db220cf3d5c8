//! Days of the demo's history, counted back from the moment at which it begins to run.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, TimeZone as _, Utc, Weekday};
use chrono_tz::Tz;

/// Where the company is.
pub(super) const ZONE: Tz = Tz::Europe__Berlin;

/// The company's calendar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    /// The moment at which history ends.
    pub(super) start: DateTime<Utc>,
    today: NaiveDate,
}

impl Calendar {
    /// For a history that ends at `start`.
    pub(super) fn new(start: DateTime<Utc>) -> Self {
        let today = start.with_timezone(&ZONE).date_naive();
        Self { start, today }
    }

    /// The day `days` ago if people work on it, else the last working day before it.
    pub(super) fn ago(&self, days: i64) -> NaiveDate {
        let mut day = self.today - TimeDelta::days(days);
        while !is_working_day(day) {
            day -= TimeDelta::days(1);
        }
        day
    }

    /// The day in `days` days, working day or not.
    pub(super) fn ahead(&self, days: i64) -> NaiveDate {
        self.today + TimeDelta::days(days)
    }

    /// Working days from `first` to today.
    pub(super) fn working_days(&self, first: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let today = self.today;
        first
            .iter_days()
            .take_while(move |day| *day <= today)
            .filter(|day| is_working_day(*day))
    }
}

/// `minutes` after midnight on `day`, on the company's clocks.
pub(super) fn at(day: NaiveDate, minutes: i64) -> DateTime<Utc> {
    let noon = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(12);
    let noon = ZONE.from_local_datetime(&noon).earliest();
    // Clocks change at night: counted from noon, working hours are right on every day.
    let noon = noon.map_or_else(
        || day.and_time(chrono::NaiveTime::MIN).and_utc(),
        |noon| noon.to_utc(),
    );
    noon + TimeDelta::minutes(minutes - 12 * 60)
}

fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_works_at_weekends_and_clocks_are_the_companys() {
        // A Monday, two weeks after clocks went back.
        let calendar = Calendar::new("2026-11-09T08:00:00Z".parse().unwrap());
        assert_eq!(calendar.ago(1).to_string(), "2026-11-06");
        assert_eq!(calendar.ago(0).to_string(), "2026-11-09");
        assert_eq!(calendar.working_days(calendar.ago(7)).count(), 6);
        assert_eq!(
            at(calendar.ago(0), 9 * 60).to_rfc3339(),
            "2026-11-09T08:00:00+00:00"
        );
        assert_eq!(
            at(calendar.ago(30), 9 * 60).to_rfc3339(),
            "2026-10-09T07:00:00+00:00"
        );
    }
}
