//! `sayso program`.

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;
use crate::app::{App, programs};
use crate::domain::program::Declaration;

#[derive(Subcommand)]
pub(super) enum ProgramCommand {
    /// Declare a programme from a TOML file, or replace the declaration of a known one.
    Declare {
        /// The declaration.
        file: PathBuf,
    },
    /// List all programmes.
    List,
}

pub(super) async fn run(app: &App, command: ProgramCommand) -> Result<(), Failure> {
    match command {
        ProgramCommand::Declare { file } => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| Failure(format!("{}: {error}", file.display())))?;
            let declaration: Declaration = toml::from_str(&text)
                .map_err(|error| Failure(format!("{}: {error}", file.display())))?;
            programs::declare(app, &declaration).await?;
            println!(
                "{} is declared. People can choose once a notice {} is published.",
                declaration.name, declaration.notice
            );
        }
        ProgramCommand::List => {
            for program in programs::programs(app).await? {
                let status = program
                    .status_at(app.now())
                    .map_or("not yet", |change| change.status.word());
                println!(
                    "{}\t{status}\t{}",
                    program.declaration.id, program.declaration.name
                );
            }
        }
    }
    Ok(())
}
