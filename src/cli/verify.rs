//! `sayso verify`: receipts, offline.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::ledger::key::VerifierKey;
use crate::ledger::receipt::Receipt;

#[derive(Args)]
pub(super) struct VerifyArguments {
    /// Receipt files (`*.tlog-proof`).
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The log's verifier key, or a file that holds it. Get it by a way that the log's operator does not control.
    #[arg(long)]
    vkey: String,
}

pub(super) fn verify(arguments: &VerifyArguments) -> ExitCode {
    let key = std::fs::read_to_string(&arguments.vkey).unwrap_or_else(|_| arguments.vkey.clone());
    let key = match key.trim().parse::<VerifierKey>() {
        Ok(key) => key,
        Err(error) => {
            eprintln!("sayso: --vkey: {error}");
            return ExitCode::from(2);
        }
    };
    let mut code = 0;
    for file in &arguments.files {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                code = 2;
                continue;
            }
        };
        match Receipt::parse(&text).and_then(|receipt| receipt.verify(std::slice::from_ref(&key))) {
            Ok(verified) => {
                println!(
                    "{}: verifies. Entry {} of {} in {}.",
                    file.display(),
                    verified.index,
                    verified.checkpoint.size,
                    verified.checkpoint.origin
                );
            }
            Err(error) => {
                eprintln!("{}: DOES NOT VERIFY: {error}", file.display());
                code = code.max(1);
            }
        }
    }
    ExitCode::from(code)
}
