//! The program `sayso-gate`, for the machines where agents run: `check`, `filter`, `sidecar`, `conformance`, `verify`.
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
pub mod sidecar;
pub mod tally;
pub mod verdict;

use std::io::Write;

pub use crate::client::pace::Random;
pub(crate) use crate::client::pace::backoff;

/// Says something on standard error. A closed standard error is no reason to stop.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "sayso-gate: {text}");
}
