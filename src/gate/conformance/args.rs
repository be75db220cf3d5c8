//! Arguments of `sayso-gate conformance`.

use std::ffi::OsString;

use clap::Args as Group;

/// How the command is explained.
pub const ABOUT: &str = "\
Run a collector against a server on which things go wrong, and report whether it captured anything after it had to stop.

The collector finds the server in SAYSO_SERVER and its key in SAYSO_AGENT_KEY, and SAYSO_EMPLOYEE, SAYSO_PROGRAM, \
SAYSO_CATEGORY, SAYSO_APP and SAYSO_DATASET say about whom and what. Events arrive on its standard input, one JSON \
object a line, without end. Each line that it prints on standard output counts as captured, and so does each record \
that it reports. Each case starts the collector anew, with a server of its own.

Exit code 0: every case passed. 1: one did not. 2: the collector could not be run.";

/// Arguments of `conformance`.
#[derive(Debug, Group)]
pub struct Conformance {
    /// Milliseconds after a stop in which something may still be captured [default: the lease and one second]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=120_000))]
    pub budget: Option<u64>,
    /// Milliseconds for which the server lets an answer be relied on
    #[arg(long, default_value_t = 5000, value_name = "MS", value_parser = clap::value_parser!(u64).range(1000..=30_000))]
    pub lease: u64,
    /// Run this case only; may be repeated
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Cases that run at the same time
    #[arg(long, default_value_t = 8, value_parser = jobs)]
    pub jobs: usize,
    /// Print the result as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Print the cases and what goes wrong in each, and run none
    #[arg(long)]
    pub list: bool,
    /// The collector and its arguments
    #[arg(last = true, required_unless_present = "list", value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

fn jobs(text: &str) -> Result<usize, &'static str> {
    match text.parse() {
        Ok(count @ 1..=100) => Ok(count),
        _ => Err("use a number from 1 to 100"),
    }
}
