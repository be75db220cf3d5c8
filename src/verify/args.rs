//! Arguments of `verify`, the same in both programs.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Receipts (`*.tlog-proof`), checkpoints, or whole logs: an exported folder, or the address of a served log
    /// (`https://sayso.company.example/ledger`)
    #[arg(required = true, value_name = "FILE_OR_LOG")]
    pub what: Vec<String>,
    /// A trusted verifier key, or a file that holds it; may be repeated. Get the log's by a way that its operator does
    /// not control
    #[arg(long, required_unless_present = "policy", value_name = "KEY_OR_FILE")]
    pub vkey: Vec<String>,
    /// A policy file (c2sp.org/tlog-policy): the log and witnesses to trust, and how many witnesses must have signed the
    /// head of a receipt or a checkpoint
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Judge receipts and checkpoints by this log as it is now: that it still holds their entries and continues them
    #[arg(long, value_name = "DIR_OR_URL")]
    pub log: Option<String>,
    /// An earlier export of the log: names the first entry that differs
    #[arg(long, value_name = "DIR")]
    pub earlier: Option<String>,
}
