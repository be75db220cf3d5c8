//! Reads a log from a folder of plain files, as `sayso ledger export` or any other program wrote it.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::num::NonZeroU8;
use std::path::PathBuf;

use crate::ledger::audit::{Part, Source};
use crate::ledger::bundle;
use crate::ledger::tile::TileId;

/// Longest file that is read, in bytes: more than any bundle.
const LONGEST: u64 = 32 * 1024 * 1024;

/// A log in a folder.
pub struct Folder(pub PathBuf);

impl Folder {
    fn file(&self, path: &str) -> Part<String> {
        let path = self.0.join(path);
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
        match read {
            Ok(_) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }
}

impl Source for Folder {
    type Error = String;

    async fn checkpoint(&self) -> Part<String> {
        self.file("checkpoint")
    }

    async fn tile(&self, id: TileId, width: Option<NonZeroU8>) -> Part<String> {
        self.file(&id.path(width))
    }

    async fn bundle(&self, n: u64, width: Option<NonZeroU8>) -> Part<String> {
        self.file(&bundle::path(n, width))
    }

    async fn document(&self, index: u64) -> Part<String> {
        self.file(&format!("documents/{index}"))
    }
}
