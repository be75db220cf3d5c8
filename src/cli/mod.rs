//! The commands of `sayso`. One file per noun; each command loads the settings, starts the `App` and calls one verb.

mod accounts;
mod agents;
mod erasure;
mod ledger;
mod notices;
mod programs;
mod serve;
pub(crate) mod witness;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::app::clock::{Random, SystemClock};
use crate::app::error::{Conflict, Error};
use crate::config::{Config, ConfigError};
use crate::demo;
use crate::store;
use crate::verify;

/// Employees' say-so over what is collected about them at work.
#[derive(Parser)]
#[command(name = "sayso", version, about, propagate_version = true)]
struct Arguments {
    /// Settings file. Environment variables `SAYSO_SECTION__KEY` and `DATABASE_URL` override it.
    /// `sayso.toml` in this folder is read if it is there; a file that is named must be there.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Bring the database's schema up to date, and open the ledger if it is new.
    Migrate,
    /// Make a small believable company on a fresh database, and serve it with running simulated collectors.
    Demo(demo::Arguments),
    /// Import the directory from a CSV file: `external_id,name,email,unit,locale`. All rows or none.
    Import {
        /// The CSV file, UTF-8 with a header line.
        file: PathBuf,
    },
    /// Accounts: invite, give and take roles, disable, reset.
    #[command(subcommand)]
    Account(accounts::AccountCommand),
    /// Agents: register, rotate a key, revoke, list.
    #[command(subcommand)]
    Agent(agents::AgentCommand),
    /// Programmes: declare from a file, list.
    #[command(subcommand)]
    Program(programs::ProgramCommand),
    /// Notices: publish a Markdown file.
    #[command(subcommand)]
    Notice(notices::NoticeCommand),
    /// The ledger: judge it, export it, show its head; erase what one person said; begin a new epoch.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Be a witness: hold a log's operator to what it has signed, on a machine of your own. Needs no settings file.
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Judge receipts, checkpoints and whole logs by a trusted key. Exit code 0: all verify; 1: one does not; 2: cannot
    /// tell.
    Verify(verify::args::Verify),
}

/// A failure, in words for whoever typed the command.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(match error {
            Error::Invalid(problems) => problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
            Error::Denied => "denied".into(),
            Error::NotFound => "nobody and nothing here has that name; nothing was changed".into(),
            Error::Conflict(Conflict::NameTaken) => "this name is taken".into(),
            Error::Conflict(conflict) => {
                format!("it collides with what already holds: {conflict:?}")
            }
            Error::Internal(cause) => cause,
        })
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "warn,sayso=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a TLS provider was already chosen");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("sayso: {error}");
            return ExitCode::from(2);
        }
    };
    match runtime.block_on(dispatch(arguments)) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("sayso: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(arguments: Arguments) -> Result<ExitCode, Failure> {
    if let Command::Verify(what) = &arguments.command {
        let code = verify::run(what, &mut std::io::stdout(), &mut std::io::stderr()).await;
        return Ok(ExitCode::from(code));
    }
    if let Command::Witness(command) = arguments.command {
        witness::run(command).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let named = arguments.config.as_deref();
    if let Some(missing) = named.filter(|file| !file.is_file()) {
        return Err(Failure(format!(
            "{}: there is no such file",
            missing.display()
        )));
    }
    let config = Config::load(named.unwrap_or(Path::new("sayso.toml")))?;
    match arguments.command {
        Command::Serve => serve::serve(config).await?,
        Command::Migrate => {
            start(&config).await?;
            println!("The database is up to date.");
        }
        Command::Demo(arguments) => demo::run(config, arguments).await?,
        Command::Import { file } => accounts::import(&start(&config).await?, &file).await?,
        Command::Account(command) => accounts::run(&config, command).await?,
        Command::Agent(command) => agents::run(&start(&config).await?, command).await?,
        Command::Program(command) => programs::run(&start(&config).await?, command).await?,
        Command::Notice(command) => notices::run(&start(&config).await?, command).await?,
        Command::Ledger(command) => ledger::run(&config, command).await?,
        Command::Verify(_) | Command::Witness(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// The `App` of a real installation: the system's clock and randomness.
async fn start(config: &Config) -> Result<App, Failure> {
    let random = Random::system();
    let keys = config.own_keys(&random)?;
    let store = store::open(&config.database()).await.map_err(Error::from)?;
    Ok(App::start(
        store,
        Arc::new(SystemClock::real()),
        random,
        config.settings()?,
        keys,
    )
    .await?)
}
