//! Arguments of `sayso-gate`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand};

use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, DatasetId, ProgramId};
use crate::verify::args::Verify;

use super::conformance::args::{self as conformance, Conformance};

/// Asks a Sayso server before anything is captured, and fails closed.
#[derive(Debug, Parser)]
#[command(name = "sayso-gate", version, about, long_about = None)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask one question. Exit code 0: allow, 1: deny, 2: cannot tell (treat as deny).
    Check(Check),
    /// Pass permitted capture events from standard input to standard output and drop the rest.
    #[command(long_about = FILTER)]
    Filter(Filter),
    /// Run a collector against a server on which things go wrong. Exit code 0: it stopped each time, 1: it did not.
    #[command(long_about = conformance::ABOUT)]
    Conformance(Conformance),
    /// Answer on this machine, for programs that cannot use the client library.
    #[command(long_about = SIDECAR)]
    Sidecar(Sidecar),
    /// Say how the sidecar behind a socket is doing. Exit code 0: fresh, 1: not (every answer is a no), 2: nobody answers.
    Status(Status),
    /// Verify receipts, checkpoints and logs. Exit code 0: all verify, 1: one does not, 2: a file or key cannot be read.
    Verify(Verify),
}

const FILTER: &str = "\
Pass permitted capture events from standard input to standard output and drop the rest.

One event is one line, a JSON object: {\"employee\", \"program\", \"category\", \"app\", \"at\", and anything else}. The \
options of the same names fill in what an event leaves out; `at` is RFC 3339 and defaults to now. What passes, passes \
byte for byte. What was passed is reported to the server as records: counts, times and a digest, never the content.

If the server cannot be asked, everything is dropped (fail closed). Counts go to standard error at the end.

Exit code 0: every question was answered and every record was taken, even if events were denied. 2: some question \
had no clean answer, or a record could not be delivered, or input or output failed.";

const SIDECAR: &str = "\
Answer on this machine, for programs that cannot use the client library.

It follows the server's changes and answers from memory. It speaks AuthZEN 1.0 (POST /access/v1/evaluation and \
/evaluations) and Envoy's ext_authz over HTTP (anything below /ext_authz; the question stands in the headers \
x-sayso-employee, x-sayso-program, x-sayso-category and x-sayso-app; the answer is 200 or 403).

The socket can be opened by its own user and root only. A loopback address can be asked by everybody on this machine.

While the server is not heard, every answer is a no with the reason projection_stale. Nothing is kept on disk.

Exit code 0: it was told to stop. 2: it could not listen.";

/// The server and the key.
#[derive(Debug, Group)]
pub struct Server {
    /// The server's address, for example <https://sayso.company.example>
    #[arg(long, env = "SAYSO_SERVER", value_name = "URL")]
    pub server: String,
    /// The agent's key. Better in the environment: other users can see a command line
    #[arg(
        long,
        env = "SAYSO_AGENT_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub key: String,
    /// Accept plain HTTP to another machine, though the network can then read the key and forge answers
    #[arg(long)]
    pub insecure_http: bool,
}

/// Arguments of `check`.
#[derive(Debug, Group)]
pub struct Check {
    /// Where to ask.
    #[command(flatten)]
    pub server: Server,
    /// About whom: the number that HR uses
    #[arg(long)]
    pub employee: ExternalId,
    /// For which programme
    #[arg(long)]
    pub program: ProgramId,
    /// Which kind of data
    #[arg(long)]
    pub category: CategoryId,
    /// In which app
    #[arg(long, value_parser = app)]
    pub app: Option<String>,
    /// Print the answer as one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `filter`.
#[derive(Debug, Group)]
pub struct Filter {
    /// Where to ask and report.
    #[command(flatten)]
    pub server: Server,
    /// About whom, where an event does not say it
    #[arg(long)]
    pub employee: Option<ExternalId>,
    /// For which programme, where an event does not say it
    #[arg(long)]
    pub program: Option<ProgramId>,
    /// Which kind of data, where an event does not say it
    #[arg(long)]
    pub category: Option<CategoryId>,
    /// In which app, where an event does not say it
    #[arg(long, value_parser = app)]
    pub app: Option<String>,
    /// Where the passed events go: a dataset, or category=dataset; may be repeated
    #[arg(long, required = true, value_parser = dataset, value_name = "[CATEGORY=]DATASET")]
    pub dataset: Vec<(Option<CategoryId>, DatasetId)>,
    /// The device's name in the records [default: the host name]
    #[arg(long, value_parser = app)]
    pub device: Option<String>,
    /// Seconds between reports
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=300))]
    pub report_every: u64,
    /// Milliseconds that a line waits for others, so that one question covers them
    #[arg(long, default_value_t = 100, value_name = "MS", value_parser = clap::value_parser!(u64).range(0..=1000))]
    pub linger_ms: u64,
    /// Print the counts as one line of JSON (on standard error, too)
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `sidecar`.
#[derive(Debug, Group)]
#[group(id = "doors", required = true, multiple = true, args = ["socket", "listen"])]
pub struct Sidecar {
    /// Which server to follow.
    #[command(flatten)]
    pub server: Server,
    /// The Unix socket to answer on
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// A loopback address to answer on, for example 127.0.0.1:9090
    #[arg(long, value_parser = loopback, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Only this person [default: everybody for whom the agent is registered]; may be repeated, up to 100 times
    #[arg(long)]
    pub employee: Vec<ExternalId>,
    /// Seconds for which an answer may rest on what the server last said; the server may say less
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=30))]
    pub max_stale: u64,
}

/// Arguments of `status`.
#[derive(Debug, Group)]
pub struct Status {
    /// The sidecar's Unix socket
    #[arg(long, value_name = "PATH")]
    pub socket: PathBuf,
}

fn loopback(text: &str) -> Result<SocketAddr, &'static str> {
    let address: SocketAddr = text.parse().map_err(|_| "use an address and a port")?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("use a loopback address (127.0.0.1 or [::1]): other machines have the server to ask")
    }
}

fn app(text: &str) -> Result<String, &'static str> {
    if super::event::is_app(text) {
        Ok(text.to_owned())
    } else {
        Err("use 1 to 100 characters on one line")
    }
}

fn dataset(text: &str) -> Result<(Option<CategoryId>, DatasetId), crate::domain::invalid::Invalid> {
    match text.split_once('=') {
        Some((category, dataset)) => Ok((Some(category.parse()?), dataset.parse()?)),
        None => Ok((None, text.parse()?)),
    }
}
