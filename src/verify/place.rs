//! Where a log is: in a folder, or behind an address.

use std::num::NonZeroU8;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::folder::Folder;
use crate::client::Timeouts;
use crate::client::log::ServedLog;
use crate::ledger::audit::{Part, Source};
use crate::ledger::tile::TileId;

/// A log that can be read.
pub enum LogPlace {
    /// Plain files.
    Folder(Folder),
    /// Served over HTTP.
    Served(ServedLog),
}

impl LogPlace {
    /// Whether `what` names a log, and not a file.
    pub fn is_log(what: &str) -> bool {
        is_address(what) || Path::new(what).is_dir()
    }

    /// The log that `what` names.
    ///
    /// # Errors
    /// When it is neither a folder nor an address that can be used.
    pub fn find(what: &str) -> Result<Self, String> {
        if is_address(what) {
            let timeouts = Timeouts {
                connect: Duration::from_secs(5),
                total: Duration::from_secs(30),
            };
            let served = ServedLog::new(what, timeouts).map_err(|error| error.to_string())?;
            return Ok(Self::Served(served));
        }
        let folder = PathBuf::from(what);
        if folder.is_dir() {
            Ok(Self::Folder(Folder(folder)))
        } else {
            Err(format!("{what} is neither a folder nor an address"))
        }
    }
}

fn is_address(what: &str) -> bool {
    what.starts_with("https://") || what.starts_with("http://")
}

impl Source for LogPlace {
    type Error = String;

    async fn checkpoint(&self) -> Part<String> {
        match self {
            Self::Folder(folder) => folder.checkpoint().await,
            Self::Served(served) => words(served.checkpoint().await),
        }
    }

    async fn tile(&self, id: TileId, width: Option<NonZeroU8>) -> Part<String> {
        match self {
            Self::Folder(folder) => folder.tile(id, width).await,
            Self::Served(served) => words(served.tile(id, width).await),
        }
    }

    async fn bundle(&self, n: u64, width: Option<NonZeroU8>) -> Part<String> {
        match self {
            Self::Folder(folder) => folder.bundle(n, width).await,
            Self::Served(served) => words(served.bundle(n, width).await),
        }
    }

    async fn document(&self, index: u64) -> Part<String> {
        match self {
            Self::Folder(folder) => folder.document(index).await,
            Self::Served(served) => words(served.document(index).await),
        }
    }
}

fn words<E: std::fmt::Display>(part: Part<E>) -> Part<String> {
    part.map_err(|error| error.to_string())
}
