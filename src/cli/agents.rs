//! `sayso agent`.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::Failure;
use crate::app::agents::NewAgent;
use crate::app::error::Error;
use crate::app::{App, agents};
use crate::domain::agent::AgentKind;
use crate::domain::dialect::Dialect;
use crate::domain::id::{AgentName, CategoryId, ProgramId};

#[derive(Subcommand)]
pub(super) enum AgentCommand {
    /// Register an agent and print its key, this once.
    Register {
        /// Its name.
        name: AgentName,
        /// collector, store or both.
        #[arg(long, default_value = "collector")]
        kind: AgentKind,
        /// Programmes that it works for.
        #[arg(long = "program", required = true)]
        programs: Vec<ProgramId>,
        /// Categories that it may collect; all of its programmes' when left out.
        #[arg(long = "category")]
        categories: Vec<CategoryId>,
        /// Units of the company whose people it may ask about; everybody when left out.
        #[arg(long = "unit")]
        units: Vec<String>,
        /// File (TOML) with the words in which it asks, where they are not ours: `subject`, `resource`, and `action` or
        /// `action_is_program`.
        #[arg(long)]
        vocabulary: Option<PathBuf>,
        /// Where it runs, in words that people understand.
        #[arg(long)]
        runs_on: String,
    },
    /// Make a new key. The one before stays valid until the next rotation.
    Rotate {
        /// Its name.
        name: AgentName,
    },
    /// Revoke an agent and all its keys, at once.
    Revoke {
        /// Its name.
        name: AgentName,
    },
    /// List all agents.
    List,
}

pub(super) async fn run(app: &App, command: AgentCommand) -> Result<(), Failure> {
    match command {
        AgentCommand::Register {
            name,
            kind,
            programs,
            categories,
            units,
            vocabulary,
            runs_on,
        } => {
            let (_, key) = agents::register(
                app,
                NewAgent {
                    name,
                    kind,
                    programs,
                    categories,
                    units,
                    dialect: dialect(vocabulary.as_deref())?,
                    runs_on,
                },
            )
            .await?;
            print_key(&key.expose());
        }
        AgentCommand::Rotate { name } => print_key(&agents::rotate(app, &name).await?.expose()),
        AgentCommand::Revoke { name } => {
            agents::revoke(app, &name).await?;
            println!("{name} is revoked.");
        }
        AgentCommand::List => {
            for agent in agents::agents(app).await? {
                let programs: Vec<_> = agent.programs.iter().map(ProgramId::as_str).collect();
                let state = if agent.revoked_at.is_some() {
                    "revoked"
                } else {
                    "live"
                };
                println!(
                    "{}\t{}\t{state}\t{}\t{}",
                    agent.name,
                    agent.kind,
                    programs.join(","),
                    agent.runs_on
                );
            }
        }
    }
    Ok(())
}

fn dialect(vocabulary: Option<&Path>) -> Result<Dialect, Failure> {
    let Some(file) = vocabulary else {
        return Ok(Dialect::default());
    };
    let text = std::fs::read_to_string(file)?;
    let vocabulary = toml::from_str(&text).map_err(|error| Failure(error.to_string()))?;
    Ok(Dialect::of(vocabulary).map_err(Error::from)?)
}

fn print_key(key: &str) {
    eprintln!("This key is shown once. Put it into the agent's SAYSO_AGENT_KEY:");
    println!("{key}");
}
