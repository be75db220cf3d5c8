//! The demo's data folder, and how it is told from a real installation's: by `demo.json`.
//!
//! The file holds the passwords of the printed accounts and the keys of the agents, so that a later run can print them
//! again and run the same collectors. That is right for an invented company and for nothing else; the file is
//! readable by its owner only all the same. A folder or database without such a file is never written to.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::holdings;
use crate::cli::Failure;
use crate::domain::agent::AgentKind;
use crate::domain::employee::ExternalId;
use crate::domain::id::AgentName;

const FILE: &str = "demo.json";

/// What else a demo leaves in its folder, the database's files first.
const FILES: [&str; 14] = [
    "sayso.sqlite",
    "sayso.sqlite-wal",
    "sayso.sqlite-shm",
    "ledger.key",
    "epoch.key",
    holdings::FILE,
    // The witnesses of a ledger that is thrown away would hold the next one to it.
    "witness-council/witness.key",
    "witness-council/witness.sqlite",
    "witness-council/witness.sqlite-wal",
    "witness-council/witness.sqlite-shm",
    "witness-outside/witness.key",
    "witness-outside/witness.sqlite",
    "witness-outside/witness.sqlite-wal",
    "witness-outside/witness.sqlite-shm",
];

/// A demo, as its folder remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Whether the company was made to its end.
    pub complete: bool,
    /// From which seed.
    pub seed: u64,
    /// The moment at which its past ends.
    pub start: DateTime<Utc>,
    /// Who can sign in.
    pub accounts: Vec<Account>,
    /// Its agents; the first one is run by nobody.
    pub agents: Vec<Agent>,
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The role's word, or `employee`.
    pub role: String,
    /// Sign-in name.
    pub email: String,
    /// Password.
    pub password: String,
    /// HR number.
    pub external_id: ExternalId,
}

/// An agent and its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its name.
    pub name: AgentName,
    /// What it does.
    pub kind: AgentKind,
    /// Its key.
    pub key: String,
    /// The programmes that it works for.
    pub programs: Vec<String>,
}

/// What is in a folder.
#[derive(Debug)]
pub(super) enum Folder {
    /// Nothing of ours, or no folder at all.
    Empty,
    /// A demo that was not made to its end.
    Unfinished,
    /// A demo.
    Demo(Marker),
}

/// Looks, and touches nothing.
pub(super) fn inspect(dir: &Path) -> Result<Folder, Failure> {
    let path = dir.join(FILE);
    match fs::read(&path) {
        Ok(text) => {
            let marker: Marker = serde_json::from_slice(&text)
                .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
            Ok(if marker.complete {
                Folder::Demo(marker)
            } else {
                Folder::Unfinished
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            match FILES.iter().find(|file| dir.join(file).exists()) {
                None => Ok(Folder::Empty),
                Some(file) => Err(Failure(format!(
                    "{} holds {file} but no demo: it may be a real installation, so nothing was touched. Choose \
                     another folder with --data.",
                    dir.display()
                ))),
            }
        }
        Err(error) => Err(Failure(format!("{}: {error}", path.display()))),
    }
}

/// Throws a demo away. Only for a folder that [`inspect`] found to be empty or a demo's.
pub(super) fn clear(dir: &Path) -> Result<(), Failure> {
    // The marker last: an interrupted clearing is taken up again.
    for file in FILES.iter().chain([&FILE]) {
        match fs::remove_file(dir.join(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let path = dir.join(file);
                return Err(Failure(format!("{}: {error}", path.display())));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes the marker, for its owner only.
pub(super) fn mark(dir: &Path, marker: &Marker) -> Result<(), Failure> {
    let (path, new) = (dir.join(FILE), dir.join("demo.json.new"));
    let text = serde_json::to_vec_pretty(marker).map_err(|error| Failure(error.to_string()))?;
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&new, &path)
    };
    write().map_err(|error| Failure(format!("{}: {error}", path.display())))
}
