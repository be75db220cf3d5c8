//! `sayso witness`: for works councils and others who hold an employer to its ledger (docs/witness.md).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::Failure;
use crate::app::clock::{Clock as _, Random, SystemClock};
use crate::app::error::Error;
use crate::app::witness::Witness;
use crate::config::{folder, read_key, write_key};
use crate::http;
use crate::ledger::key::{Algorithm, CosignerKey, VerifierKey};
use crate::store::witness::Memory;

#[derive(Subcommand)]
pub(super) enum WitnessCommand {
    /// Make this witness's key and memory, once, and print its verifier key.
    /// Asked again, it prints the same key. Give that line to the log's operator and to everybody who checks receipts.
    Key {
        #[command(flatten)]
        place: Place,
        /// A name for the witness, best an address that is yours: council.example/witness. No spaces and no +.
        #[arg(long)]
        name: Option<String>,
    },
    /// Run the witness. It answers only for the logs that are named, and signs only what continues what it signed.
    Serve {
        #[command(flatten)]
        place: Place,
        /// Address to listen on. The log's server must reach it.
        #[arg(long, default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
        /// Verifier key of a log to follow, or a file with one key a line. Can be given more than once.
        /// The operator's server shows it at /ledger/log.vkey; have it confirmed on paper.
        #[arg(long = "log", required = true)]
        logs: Vec<String>,
    },
    /// Print the checkpoints that a log signed and that contradict each other, if it ever did that.
    Evidence {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args)]
pub(super) struct Place {
    /// Folder for the witness's key and memory. Nothing else belongs there.
    #[arg(long, default_value = "witness")]
    data: PathBuf,
}

impl Place {
    fn key(&self) -> PathBuf {
        self.data.join("witness.key")
    }

    fn memory(&self) -> PathBuf {
        self.data.join("witness.sqlite")
    }
}

pub(super) async fn run(command: WitnessCommand) -> Result<(), Failure> {
    match command {
        WitnessCommand::Key { place, name } => key(&place, name.as_deref()).await,
        WitnessCommand::Serve {
            place,
            listen,
            logs,
        } => serve(&place, listen, &logs).await,
        WitnessCommand::Evidence { place } => evidence(&place).await,
    }
}

async fn key(place: &Place, name: Option<&str>) -> Result<(), Failure> {
    if place.key().exists() || place.memory().exists() {
        let (_, key) = open(place).await?;
        let vkey = key.verifier();
        if name.is_some_and(|name| name != vkey.name()) {
            return Err(Failure(format!(
                "{} holds the witness {}. One folder is one witness: choose another with --data.",
                place.data.display(),
                vkey.name()
            )));
        }
        println!("{vkey}");
        return Ok(());
    }
    let name = name.ok_or_else(|| Failure("give the new witness a name with --name".into()))?;
    let (_, key) = found(&place.data, name, &Random::system()).await?;
    eprintln!(
        "The witness is ready in {}. This is its verifier key:",
        place.data.display()
    );
    println!("{}", key.verifier());
    Ok(())
}

/// Makes a witness in a folder that has none: its memory, then its key.
///
/// # Errors
/// When the name cannot be one, or the folder cannot be written.
pub(crate) async fn found(
    dir: &Path,
    name: &str,
    random: &Random,
) -> Result<(Memory, CosignerKey), Failure> {
    let place = Place {
        data: dir.to_owned(),
    };
    let seed = random.bytes();
    let key = CosignerKey::new(name, seed).map_err(|error| Failure(format!("--name: {error}")))?;
    folder(dir)?;
    let vkey = key.verifier().to_string();
    let memory = Memory::create(&place.memory(), &vkey, SystemClock::real().now()).await;
    let memory = memory.map_err(Error::from)?;
    write_key(&place.key(), &seed)?;
    Ok((memory, key))
}

async fn serve(place: &Place, listen: SocketAddr, logs: &[String]) -> Result<(), Failure> {
    let logs = follow(logs)?;
    let (memory, key) = open(place).await?;
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener =
        listener.map_err(|error| Failure(format!("cannot listen on {listen}: {error}")))?;
    tracing::info!(address = %listener.local_addr()?, key = %key.verifier(), "witnessing");
    let witness = Witness::new(memory, key, logs, Arc::new(SystemClock::real()));
    Ok(http::witness::serve(listener, witness).await?)
}

async fn evidence(place: &Place) -> Result<(), Failure> {
    let (memory, _) = open(place).await?;
    let evidence = memory.evidence().await.map_err(Error::from)?;
    if evidence.is_empty() {
        println!("No log that this witness follows has ever contradicted itself.");
    }
    for found in evidence {
        let what = if found.fork {
            "has signed what contradicts it"
        } else {
            "has signed a state that nobody showed to continue the one before (ask the log for that proof)"
        };
        println!(
            "Sent on {}: the log {} {what}: {}.\n\nCosigned before:\n\n{}\nRefused:\n\n{}",
            found.at.to_rfc3339(),
            found.origin,
            found.reason,
            found.cosigned,
            found.refused
        );
    }
    Ok(())
}

/// The witness in a folder: key and memory, which belong together.
///
/// # Errors
/// When one of them is missing, or they are not of one witness.
pub(crate) async fn found_again(dir: &Path) -> Result<(Memory, CosignerKey), Failure> {
    let data = dir.to_owned();
    open(&Place { data }).await
}

async fn open(place: &Place) -> Result<(Memory, CosignerKey), Failure> {
    let (key_file, file) = (place.key(), place.memory());
    let Some(seed) = read_key(&key_file)? else {
        let what = if file.exists() {
            "the key of this witness is lost. Nobody can sign in its name any more"
        } else {
            "there is no witness here yet. Make one with `sayso witness key --name NAME`"
        };
        return Err(Failure(format!("{}: {what}.", key_file.display())));
    };
    let lost = || {
        Failure(format!(
            "{}: the memory of this witness is lost or not its own, and without it the witness could sign two \
             histories of one log. Retire its key: make a new witness in another folder, under a new name, and give \
             its key to everybody who had the old one. Keep the old receipts: they still hold. (docs/witness.md)",
            file.display()
        ))
    };
    if !file.exists() {
        return Err(lost());
    }
    let memory = Memory::open(&file).await.map_err(Error::from)?;
    let vkey = memory.vkey().await.map_err(Error::from)?.ok_or_else(lost)?;
    let known: VerifierKey = vkey.parse().map_err(|_| lost())?;
    let key = CosignerKey::new(known.name(), seed).map_err(|_| lost())?;
    if key.verifier() == known {
        Ok((memory, key))
    } else {
        Err(lost())
    }
}

/// The keys of the logs, each given as text or as a file with one a line.
fn follow(given: &[String]) -> Result<Vec<VerifierKey>, Failure> {
    let mut logs = Vec::new();
    for given in given {
        let text = match given.parse::<VerifierKey>() {
            Ok(_) => given.clone(),
            Err(error) => std::fs::read_to_string(given).map_err(|_| {
                Failure(format!("--log {given}: {error}; nor is there such a file"))
            })?,
        };
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let key: VerifierKey = line
                .parse()
                .map_err(|error| Failure(format!("--log: {error}")))?;
            if key.algorithm() != Algorithm::Ed25519 {
                return Err(Failure(format!(
                    "--log: {} is not a log's key but a witness's",
                    key.name()
                )));
            }
            logs.push(key);
        }
    }
    if logs.is_empty() {
        return Err(Failure("--log: no key in it".into()));
    }
    Ok(logs)
}
