//! `sayso ledger erase` and `sayso ledger rotate-epoch`: what opens people's entries, and its end.

use std::io::{BufRead as _, Write as _};
use std::path::Path;

use super::Failure;
use crate::app::epochs::{self, Turned};
use crate::app::{App, erasure};
use crate::domain::employee::ExternalId;
use crate::store::erasure::Holdings;

/// Makes the next epoch's key and says what to do with it.
pub(super) async fn prepare(app: &App, keys: &Path) -> Result<(), Failure> {
    let epoch = epochs::prepare(app).await?;
    println!(
        "The key of epoch {epoch} is in {}. Bring it to the same folder of every other machine, then run sayso ledger \
         rotate-epoch on one of them, and after it on the others.",
        keys.display()
    );
    Ok(())
}

pub(super) async fn erase(app: &App, id: &ExternalId, yes: bool) -> Result<(), Failure> {
    let (employee, holdings) = erasure::holdings(app, id).await?;
    println!("{} ({id})", employee.name);
    println!("{}", explain(holdings));
    if !yes && !confirmed(id)? {
        return Err(Failure("Nothing was changed.".into()));
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

pub(super) async fn rotate(app: &App) -> Result<(), Failure> {
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
