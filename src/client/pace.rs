//! How long to wait before trying again, so that many agents do not come back in the same instant.

use std::sync::Arc;
use std::time::Duration;

/// 128 fresh random bits. The binaries pass the system's CSPRNG, tests a counter.
pub type Random = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// How long to wait after `failures` failures in a row: doubling up to `longest`, and spread by up to one half.
pub fn backoff(failures: u32, longest: Duration, random: &Random) -> Duration {
    let doubled = Duration::from_millis(100).saturating_mul(1 << failures.min(16));
    spread(doubled.min(longest), random)
}

/// Between one half of `time` and the whole of it.
pub fn spread(time: Duration, random: &Random) -> Duration {
    let [byte, ..] = random();
    time.mul_f64(0.5 + f64::from(byte) / 512.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_differ() {
        let longest = Duration::from_secs(2);
        let with = |byte: u8| -> Random { Arc::new(move || [byte; 16]) };
        assert_eq!(backoff(1, longest, &with(0)), Duration::from_millis(100));
        assert!(backoff(1, longest, &with(255)) > Duration::from_millis(190));
        for failures in [5, 16, 40, u32::MAX] {
            let pause = backoff(failures, longest, &with(255));
            assert!(pause <= longest && pause > longest.mul_f64(0.9));
        }
    }
}
