//! The program `sayso-gate`, for the machines where agents run: `check`, `filter`, `conformance`, `verify`.
//!
//! `filter` is made of small parts without a network in them: lines, events, verdicts, batches, counts. The loop in
//! [`filter`] joins them to the client. A new command gets a file here, its arguments in [`args`], and an arm in
//! `bin/gate.rs`.

pub mod args;
pub mod ask;
pub mod batch;
pub mod check;
pub mod conformance;
pub mod event;
pub mod filter;
pub mod input;
pub mod outbox;
pub mod output;
pub mod pass;
pub mod tally;
pub mod verdict;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// 128 fresh random bits. The binary passes the system's CSPRNG, tests a counter.
pub type Random = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// Says something on standard error. A closed standard error is no reason to stop.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "sayso-gate: {text}");
}

/// How long to wait after `failures` failures in a row: doubling up to `longest`, and spread by up to one half so that
/// many gates do not come back in the same instant.
pub(crate) fn backoff(failures: u32, longest: Duration, random: &Random) -> Duration {
    let doubled = Duration::from_millis(100).saturating_mul(1 << failures.min(16));
    let [byte, ..] = random();
    doubled.min(longest).mul_f64(0.5 + f64::from(byte) / 512.0)
}
