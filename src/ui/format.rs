//! How times, numbers and lists are written for people: in the house's time zone, in full, never relative alone.
//!
//! Another way to write something is another method here, so that no page invents its own.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, SecondsFormat, Utc};
use chrono_tz::Tz;

/// The house's time zone and the moment at which a page is made.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    zone: Tz,
    now: DateTime<Utc>,
}

impl Calendar {
    /// Shows times in `zone`; `now` tells what is today.
    pub const fn new(zone: Tz, now: DateTime<Utc>) -> Self {
        Self { zone, now }
    }

    /// The moment at which the page is made.
    pub const fn now(self) -> DateTime<Utc> {
        self.now
    }

    /// Today, where the house is.
    pub fn today(self) -> NaiveDate {
        self.date_of(self.now)
    }

    /// The day on which a moment falls.
    pub fn date_of(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The last day of a range that ends before `at`, where `at` is a midnight.
    pub fn last_day(self, at: DateTime<Utc>) -> Option<NaiveDate> {
        let local = at.with_timezone(&self.zone);
        (local.time() == NaiveTime::MIN).then(|| local.date_naive().pred_opt())?
    }

    /// For `datetime` attributes: `2026-11-18T08:43:07+01:00`.
    pub fn iso(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone)
            .to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// `Wednesday 18 November 2026, 08:43`
    pub fn dateline(self, at: DateTime<Utc>) -> String {
        self.write(at, "%A %-d %B %Y, %H:%M")
    }

    /// `18 November 2026`
    pub fn date(self, at: DateTime<Utc>) -> String {
        self.write(at, "%-d %B %Y")
    }

    /// `18 November 2026, 08:43`
    pub fn moment(self, at: DateTime<Utc>) -> String {
        self.write(at, "%-d %B %Y, %H:%M")
    }

    /// `18 November 2026, 08:43:07`
    pub fn exact(self, at: DateTime<Utc>) -> String {
        self.write(at, "%-d %B %Y, %H:%M:%S")
    }

    /// `18 November`, with the year where it is not this one.
    pub fn day(self, at: DateTime<Utc>) -> String {
        self.day_of(self.date_of(at))
    }

    /// `18 Nov`, with the year where it is not this one.
    pub fn short(self, at: DateTime<Utc>) -> String {
        let date = self.date_of(at);
        let pattern = if date.year() == self.today().year() {
            "%-d %b"
        } else {
            "%-d %b %Y"
        };
        date.format(pattern).to_string()
    }

    /// `today, 08:43` or `12 November, 09:14`.
    pub fn since(self, at: DateTime<Utc>) -> String {
        let day = if self.date_of(at) == self.today() {
            "today".to_owned()
        } else {
            self.day(at)
        };
        format!("{day}, {}", self.time(at))
    }

    /// `08:43`
    pub fn time(self, at: DateTime<Utc>) -> String {
        self.write(at, "%H:%M")
    }

    /// `08:43:07`
    pub fn second(self, at: DateTime<Utc>) -> String {
        self.write(at, "%H:%M:%S")
    }

    /// `18 November`, with the year where it is not this one.
    pub fn day_of(self, date: NaiveDate) -> String {
        let pattern = if date.year() == self.today().year() {
            "%-d %B"
        } else {
            "%-d %B %Y"
        };
        date.format(pattern).to_string()
    }

    /// `Wednesday 18 November`, with the year where it is not this one.
    pub fn weekday_of(self, date: NaiveDate) -> String {
        format!("{} {}", date.format("%A"), self.day_of(date))
    }

    fn write(self, at: DateTime<Utc>, pattern: &str) -> String {
        at.with_timezone(&self.zone).format(pattern).to_string()
    }
}

/// `2 to 18 November 2026`, as short as it can be said without doubt.
pub fn range(from: NaiveDate, to: NaiveDate) -> String {
    let end = to.format("%-d %B %Y").to_string();
    if from == to {
        end
    } else if (from.year(), from.month()) == (to.year(), to.month()) {
        format!("{} to {end}", from.day())
    } else if from.year() == to.year() {
        format!("{} to {end}", from.format("%-d %B"))
    } else {
        format!("{} to {end}", from.format("%-d %B %Y"))
    }
}

/// `1,376`
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1,376 records`, `1 record`
pub fn count(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// `two` up to `twelve`, then digits: for numbers inside sentences.
pub fn spelled(value: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS
        .get(value)
        .map_or_else(|| number(value as u64), |word| (*word).to_owned())
}

/// `41 kB`: decimal, whole numbers, at least 1 kB unless there is nothing.
pub fn size(bytes: u64) -> String {
    match bytes {
        0 => "0 kB".to_owned(),
        1..1_000_000 => format!("{} kB", number(bytes.div_ceil(1000))),
        1_000_000..1_000_000_000 => {
            format!("{}.{} MB", number(bytes / 1_000_000), bytes / 100_000 % 10)
        }
        _ => format!(
            "{}.{} GB",
            number(bytes / 1_000_000_000),
            bytes / 100_000_000 % 10
        ),
    }
}

/// An app's name as people write it: `planning_board` is "planning board".
pub fn app(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// `a`, `a and b`, `a, b and c`
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// The first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// A name inside a sentence: the first letter in lower case, unless it begins an abbreviation.
pub fn inner(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => name.to_owned(),
    }
}

/// Bytes as hexadecimal digits in groups of eight.
pub fn hex_groups(bytes: &[u8]) -> String {
    let groups = bytes.chunks(4).map(|chunk| {
        chunk
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    });
    groups.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        Calendar::new(Tz::Europe__Berlin, "2026-11-18T07:43:07Z".parse().unwrap())
    }

    #[test]
    fn times_are_those_of_the_house() {
        let calendar = calendar();
        let late: DateTime<Utc> = "2026-11-11T23:30:00Z".parse().unwrap();
        assert_eq!(calendar.moment(late), "12 November 2026, 00:30");
        assert_eq!(calendar.since(calendar.now()), "today, 08:43");
        assert_eq!(calendar.since(late), "12 November, 00:30");
        assert_eq!(calendar.iso(late), "2026-11-12T00:30:00+01:00");
        assert_eq!(
            calendar.dateline(calendar.now()),
            "Wednesday 18 November 2026, 08:43"
        );
        assert_eq!(
            calendar.short("2025-01-02T12:00:00Z".parse().unwrap()),
            "2 Jan 2025"
        );
    }

    #[test]
    fn a_range_says_each_month_and_year_once() {
        let range = |from: &str, to: &str| range(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(range("2026-11-02", "2026-11-18"), "2 to 18 November 2026");
        assert_eq!(
            range("2026-10-28", "2026-11-18"),
            "28 October to 18 November 2026"
        );
        assert_eq!(
            range("2025-12-28", "2026-01-03"),
            "28 December 2025 to 3 January 2026"
        );
        assert_eq!(range("2026-11-18", "2026-11-18"), "18 November 2026");
    }

    #[test]
    fn numbers_have_separators_and_units() {
        assert_eq!(
            [number(0), number(999), number(1_000), number(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [count(1, "record", "records"), count(0, "record", "records")],
            ["1 record", "0 records"]
        );
        assert_eq!(
            [size(0), size(1), size(41_200), size(2_340_000)],
            ["0 kB", "1 kB", "42 kB", "2.3 MB"]
        );
        assert_eq!([spelled(2), spelled(13)], ["two", "13"]);
    }

    #[test]
    fn names_fit_into_sentences() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(
            [inner("Mouse movement"), inner("GPS position")],
            ["mouse movement", "GPS position"]
        );
        assert_eq!(capital("two kinds"), "Two kinds");
    }
}
