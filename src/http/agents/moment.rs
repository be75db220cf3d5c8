//! Moments as text, RFC 3339 in UTC: what `serde` writes for the same moment, several times as fast. One is written for
//! every answer to a check.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};

/// The last moment that was written, and its text: neighbours often share it.
#[derive(Default)]
pub struct Moments {
    last: Option<DateTime<Utc>>,
    text: Vec<u8>,
}

impl Moments {
    /// Writes `at`.
    pub fn write(&mut self, at: DateTime<Utc>, out: &mut Vec<u8>) {
        if self.last != Some(at) {
            self.text.clear();
            text(at, &mut self.text);
            self.last = Some(at);
        }
        out.extend_from_slice(&self.text);
    }
}

fn text(at: DateTime<Utc>, out: &mut Vec<u8>) {
    let (year, nanos) = (at.year(), at.nanosecond());
    if !(0..=9999).contains(&year) || nanos >= 1_000_000_000 {
        // Never the server's clock; but whatever it is, it is written.
        out.extend_from_slice(
            at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
                .as_bytes(),
        );
        return;
    }
    digits(out, year.unsigned_abs(), 4);
    for (sign, number) in [
        (b'-', at.month()),
        (b'-', at.day()),
        (b'T', at.hour()),
        (b':', at.minute()),
        (b':', at.second()),
    ] {
        out.push(sign);
        digits(out, number, 2);
    }
    if nanos > 0 {
        out.push(b'.');
        if nanos % 1_000_000 == 0 {
            digits(out, nanos / 1_000_000, 3);
        } else if nanos % 1000 == 0 {
            digits(out, nanos / 1000, 6);
        } else {
            digits(out, nanos, 9);
        }
    }
    out.push(b'Z');
}

fn digits(out: &mut Vec<u8>, number: u32, count: u32) {
    for place in (0..count).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(at: DateTime<Utc>) -> String {
        let mut out = Vec::new();
        let mut moments = Moments::default();
        moments.write(at, &mut out);
        let once = out.clone();
        moments.write(at, &mut out);
        assert_eq!(out, once.repeat(2));
        format!("\"{}\"", String::from_utf8(once).unwrap())
    }

    proptest! {
        #[test]
        fn moments_are_written_as_serde_writes_them(seconds in -62_135_596_800_i64..253_402_300_800, nanos in 0..1_000_000_000_u32, unit in prop_oneof![Just(1_u32), Just(1000), Just(1_000_000), Just(1_000_000_000)]) {
            let at = DateTime::from_timestamp(seconds, nanos / unit * unit).unwrap();
            prop_assert_eq!(written(at), serde_json::to_string(&at).unwrap());
        }
    }
}
