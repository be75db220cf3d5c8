//! `sayso ledger`: judge the log in the database, write it out as plain files, show its signed head.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Subcommand;

use super::{Failure, erasure, start};
use crate::app::clock::{Clock as _, Random, SystemClock};
use crate::app::error::Error;
use crate::app::succession::Insisted;
use crate::app::{export, fsck, ledger, succession};
use crate::config::Config;
use crate::domain::employee::ExternalId;
use crate::ledger::finding::Fault;
use crate::store;

/// How often a long command says how far it is.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Subcommand)]
pub(super) enum LedgerCommand {
    /// Recompute the whole log from its entries, and hold every tile, root, checkpoint and chain against it. Names the
    /// first wrong thing, with exit code 1. Changes nothing.
    Fsck,
    /// Write the log as plain files, the same tree that the server serves under /ledger. Can be run again to refresh.
    Export {
        /// The folder. An export in it that this log does not continue is never written over.
        dir: PathBuf,
    },
    /// Print the newest signed checkpoint.
    Checkpoint,
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
    /// Let a log that must not go on be succeeded by one of another name: after its database was lost and restored
    /// from an older copy. Stop the server first.
    Succeed {
        /// The new log's name: its address without scheme and trailing slash. Never one that was used before.
        #[arg(long)]
        origin: String,
        /// Do not wait for witnesses that do not answer. What they alone have seen is then not named.
        #[arg(long)]
        without_silent_witnesses: bool,
        /// End a log that holds and that no witness is ahead of. Stop the server first.
        #[arg(long)]
        although_it_holds: bool,
    },
}

pub(super) async fn run(config: &Config, command: LedgerCommand) -> Result<(), Failure> {
    // A log is never made by the way: these are about one that is there. Only a lost one may be succeeded.
    let missing = config.database_file().filter(|file| !file.exists());
    if let (Some(file), false) = (missing, matches!(command, LedgerCommand::Succeed { .. })) {
        return Err(Failure(format!(
            "{}: there is no ledger. Run this where sayso.toml is, or name it with --config.",
            file.display()
        )));
    }
    match command {
        LedgerCommand::Fsck => check(config).await,
        LedgerCommand::Export { dir } => {
            let app = start(config).await?;
            let mut progress = Progress::new("exported");
            let done = export::export(&app, &dir, &mut |entries| progress.at(entries)).await?;
            println!(
                "{}: {} entries; {} files written, {} were there already.",
                dir.display(),
                done.entries,
                done.written,
                done.kept
            );
            Ok(())
        }
        LedgerCommand::Succeed {
            origin,
            without_silent_witnesses: without_silent,
            although_it_holds,
        } => {
            let insisted = Insisted {
                without_silent,
                although_it_holds,
            };
            succeed(config, &origin, insisted).await
        }
        LedgerCommand::Erase { external_id, yes } => {
            erasure::erase(&start(config).await?, &external_id, yes).await
        }
        LedgerCommand::RotateEpoch { prepare: true } => {
            erasure::prepare(&start(config).await?, config.key_folder()).await
        }
        LedgerCommand::RotateEpoch { prepare: false } => {
            erasure::rotate(&start(config).await?).await
        }
        LedgerCommand::Checkpoint => {
            print!("{}", ledger::checkpoint(&start(config).await?).await?);
            Ok(())
        }
    }
}

/// Does not start the application: that would write to a log which is to be judged first.
async fn check(config: &Config) -> Result<(), Failure> {
    let key = config.own_keys(&Random::system())?.signer.verifier();
    let store = store::open(&config.database()).await.map_err(Error::from)?;
    let (begun, mut progress) = (Instant::now(), Progress::new("checked"));
    match fsck::fsck(store.as_ref(), &key, &mut |entries| progress.at(entries)).await {
        Ok(signed) => {
            println!(
                "The log {} holds: {} entries, root {}, signed by its key. Every tile, document and chain fits. ({:.1} s)",
                signed.checkpoint.origin,
                signed.checkpoint.size,
                signed.checkpoint.root,
                begun.elapsed().as_secs_f64()
            );
            Ok(())
        }
        Err(Fault::Wrong(finding)) => Err(Failure(format!("THE LOG DOES NOT HOLD. {finding}."))),
        Err(Fault::Unreadable(error)) => Err(error.into()),
    }
}

/// Does not start the application: its guard would rightly refuse.
async fn succeed(config: &Config, origin: &str, insisted: Insisted) -> Result<(), Failure> {
    let keys = config.own_keys(&Random::system())?;
    let witnessing = config.settings()?.witnessing;
    let store = store::open(&config.database()).await.map_err(Error::from)?;
    let now = SystemClock::real().now();
    let done =
        succession::succeed(store.as_ref(), &keys, &witnessing, origin, insisted, now).await?;
    println!(
        "The log {} has ended with {} entries here{}. {origin} succeeds it from position {} on.\nNow set ledger.origin \
         to {origin}, and give its key to the witnesses and to whoever checks receipts:\n{}",
        done.old,
        done.held,
        done.witnessed
            .map(|size| format!(", {size} of which witnesses had cosigned"))
            .unwrap_or_default(),
        done.base,
        done.vkey
    );
    Ok(())
}

/// Says on standard error how far a long command is.
struct Progress {
    what: &'static str,
    said: Instant,
}

impl Progress {
    fn new(what: &'static str) -> Self {
        let said = Instant::now();
        Self { what, said }
    }

    fn at(&mut self, entries: u64) {
        if self.said.elapsed() >= EVERY {
            self.said = Instant::now();
            // Nobody has to listen.
            let _ = writeln!(std::io::stderr(), "{entries} entries {}", self.what);
        }
    }
}
