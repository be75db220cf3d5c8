//! Arguments of `verify`, the same in both programs.

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
    #[arg(long, required = true, value_name = "KEY_OR_FILE")]
    pub vkey: Vec<String>,
    /// Judge receipts and checkpoints by this log as it is now: that it still holds their entries and continues them
    #[arg(long, value_name = "DIR_OR_URL")]
    pub log: Option<String>,
    /// An earlier export of the log: names the first entry that differs
    #[arg(long, value_name = "DIR")]
    pub earlier: Option<String>,
}
