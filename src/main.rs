//! `sayso`: the server and its administration.

use std::process::ExitCode;

fn main() -> ExitCode {
    sayso::cli::run()
}
