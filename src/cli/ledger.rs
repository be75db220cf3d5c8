//! `sayso ledger`: the log, and the keys and openings beside it.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;
use crate::app::epochs::{self, Turned};
use crate::app::{App, erasure};
use crate::domain::employee::ExternalId;
use crate::store::erasure::Holdings;

#[derive(Subcommand)]
pub(super) enum LedgerCommand {
    /// Erase what one person said: the openings of their ledger entries, their key, their choices. Their answer to
    /// everything is "no" again. Entries in the log stay, and say nothing any more.
    Erase {
        /// Whose, by HR number.
        external_id: ExternalId,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Begin the next epoch: wrap everybody's key anew, then destroy the old epoch key. Older write-ahead logs and
    /// backups of the database cannot be opened any more. Also finishes a change that was cut short.
    RotateEpoch {
        /// Only make the next key, to bring it to other machines before the change.
        #[arg(long)]
        prepare: bool,
    },
}

pub(super) async fn run(app: &App, keys: PathBuf, command: LedgerCommand) -> Result<(), Failure> {
    match command {
        LedgerCommand::Erase { external_id, yes } => erase(app, &external_id, yes).await,
        LedgerCommand::RotateEpoch { prepare: true } => {
            let epoch = epochs::prepare(app).await?;
            println!(
                "The key of epoch {epoch} is in {}. Bring it to the same folder of every other machine, then run \
                 sayso ledger rotate-epoch on one of them, and after it on the others.",
                keys.display()
            );
            Ok(())
        }
        LedgerCommand::RotateEpoch { prepare: false } => rotate(app).await,
    }
}

async fn erase(app: &App, id: &ExternalId, yes: bool) -> Result<(), Failure> {
    let (employee, holdings) = erasure::holdings(app, id).await?;
    println!("{} ({id})", employee.name);
    println!("{}", explain(holdings));
    if !yes && !confirmed(id)? {
        println!("Nothing was changed.");
        return Ok(());
    }
    let (erased, settled) = erasure::erase(app, id).await?;
    match erased.entry {
        Some(entry) => {
            println!("Erased. Public ledger entry {entry} counts it, without saying whose it was.");
        }
        None => println!("Erased. There was no statement to count in the ledger."),
    }
    if !settled {
        println!(
            "A reader still uses an older part of the write-ahead log; the server empties it within the hour."
        );
    }
    println!(
        "Older backups of the database can be opened until the next sayso ledger rotate-epoch."
    );
    Ok(())
}

fn explain(holdings: Holdings) -> String {
    let Holdings {
        openings,
        acknowledgements,
        answered_requests,
        open_requests,
    } = holdings;
    format!(
        "Goes: what opens {openings} statements in the ledger, the person's key, all choices (the answer is no again), \
         {acknowledgements} marks that a notice was read, {answered_requests} answered requests.\n\
         Stays: the ledger's entries, which nobody can read any more; the account; what collectors captured, which a \
         request for deletion covers; {open_requests} open requests, until their stores have answered (then run this \
         again). Receipts that the person downloaded are theirs and still verify."
    )
}

fn confirmed(id: &ExternalId) -> Result<bool, Failure> {
    print!("This cannot be taken back. Type {id} to go on: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == id.as_str())
}

async fn rotate(app: &App) -> Result<(), Failure> {
    match epochs::turn(app).await? {
        Turned::Anew { epoch, keys } => println!(
            "Epoch {epoch} has begun: {keys} people's keys are wrapped anew, and the old epoch key is destroyed. \
             Make a backup now: older ones cannot be opened any more. Keep no copy of the old key file."
        ),
        Turned::Finished { epoch, destroyed } => println!(
            "An earlier change to epoch {epoch} is finished now: {destroyed} old epoch keys are destroyed."
        ),
    }
    Ok(())
}
