//! Hours of the week in which a yes counts.
//!
//! In local time by a fixed distance from UTC that is said with the choice, not by the name of a time zone: the
//! statement then means the same on every machine and in every year, and a collector needs no tables to keep to it. The
//! price: where clocks change in summer, the hours do not change with them.

use core::fmt;

use chrono::{DateTime, Datelike as _, TimeDelta, Timelike as _, Utc, Weekday};
use serde::{Deserialize, Serialize};

use super::invalid::Invalid;

/// Windows of the week, at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Hours {
    utc_offset_minutes: i16,
    windows: Vec<Window>,
}

/// One window: on these days, from this time until before that one. One over midnight is two.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Window {
    days: Vec<Weekday>,
    from: u16,
    to: u16,
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];
const MAX_WINDOWS: usize = 28;
const DAY: u16 = 24 * 60;

/// As in JSON; fields in alphabetical order.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    utc_offset_minutes: i16,
    windows: Vec<WireWindow>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireWindow {
    /// `mon` to `sun`, in this order, each once.
    days: Vec<String>,
    /// `HH:MM`.
    from: String,
    /// `HH:MM`, `24:00` for the end of the day.
    to: String,
}

impl Hours {
    /// Since when the hour has been right at `at`; `None` when it is not.
    pub fn since(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = at.naive_utc() + TimeDelta::minutes(i64::from(self.utc_offset_minutes));
        let minute = local.hour() * 60 + local.minute();
        let inside = |window: &&Window| {
            window.days.contains(&local.weekday())
                && (u32::from(window.from)..u32::from(window.to)).contains(&minute)
        };
        let windows = self.windows.iter().filter(inside);
        let earliest = windows.map(|window| u32::from(window.from)).min()?;
        let passed = TimeDelta::minutes(i64::from(minute - earliest))
            + TimeDelta::seconds(i64::from(local.second()))
            + TimeDelta::nanoseconds(i64::from(local.nanosecond()));
        Some(at - passed)
    }
}

/// The whole minutes in `from..=to`: hours of the week begin and end with one.
pub fn whole_minutes(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> impl Iterator<Item = DateTime<Utc>> {
    let numbers = from.timestamp().div_euclid(60) + 1..=to.timestamp().div_euclid(60);
    numbers.filter_map(|number| DateTime::from_timestamp(number * 60, 0))
}

impl TryFrom<Wire> for Hours {
    type Error = Invalid;

    fn try_from(wire: Wire) -> Result<Self, Invalid> {
        let windows: Option<Vec<_>> = wire.windows.iter().map(window).collect();
        let good = |windows: &Vec<Window>| {
            (1..=MAX_WINDOWS).contains(&windows.len())
                && (-14 * 60..=14 * 60).contains(&wire.utc_offset_minutes)
        };
        let windows = windows.filter(good).ok_or_else(|| {
            Invalid::new(
                "hours",
                "Give windows with days (mon to sun, in order), from and to (09:00, at most 24:00), and the minutes from UTC.",
            )
        })?;
        Ok(Self {
            utc_offset_minutes: wire.utc_offset_minutes,
            windows,
        })
    }
}

fn window(wire: &WireWindow) -> Option<Window> {
    let day = |word: &String| {
        let known = DAYS.iter().find(|(known, _)| known == word);
        known.map(|(_, day)| *day)
    };
    let days: Vec<Weekday> = wire.days.iter().map(day).collect::<Option<_>>()?;
    let numbers = days.iter().map(Weekday::num_days_from_monday);
    let window = Window {
        from: minutes(&wire.from)?,
        to: minutes(&wire.to)?,
        days: days.clone(),
    };
    let good = window.from < window.to && !days.is_empty() && numbers.is_sorted_by(|a, b| a < b);
    good.then_some(window)
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY).then_some(total)
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn words(days: &[Weekday]) -> Vec<String> {
    let known = DAYS.iter().filter(|(_, day)| days.contains(day));
    known.map(|(word, _)| (*word).to_owned()).collect()
}

impl From<Hours> for Wire {
    fn from(hours: Hours) -> Self {
        let window = |window: &Window| WireWindow {
            days: words(&window.days),
            from: clock(window.from),
            to: clock(window.to),
        };
        Self {
            utc_offset_minutes: hours.utc_offset_minutes,
            windows: hours.windows.iter().map(window).collect(),
        }
    }
}

/// "mon, tue 09:00 to 17:00 and sat 10:00 to 12:00 (UTC+01:00)"
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, window) in self.windows.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { " and " })?;
            let (days, from, to) = (words(&window.days), clock(window.from), clock(window.to));
            write!(f, "{} {from} to {to}", days.join(", "))?;
        }
        let sign = if self.utc_offset_minutes < 0 {
            '-'
        } else {
            '+'
        };
        write!(
            f,
            " (UTC{sign}{})",
            clock(self.utc_offset_minutes.unsigned_abs())
        )
    }
}
