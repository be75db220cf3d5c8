//! The log as a folder of plain files, the same tree that the server serves: anybody can keep it, serve it, or hand it
//! to a verifier. An export is evidence, so one that this log does not continue is never written over.

use std::path::{Path, PathBuf};

use tokio::fs;

use super::App;
use super::error::Error;
use super::ledger::{self, built_bundle, cut_tile, head, log_vkey};
use super::witnessed::with_cosignatures;
use crate::ledger::bundle;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::entry::Entry;
use crate::ledger::note::Note;
use crate::ledger::tile::{self, TileId, WIDTH};

/// What an export wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Entries of the log at its checkpoint.
    pub entries: u64,
    /// Files that were written, because they were missing or other.
    pub written: u64,
    /// Files that were there already, as they should be.
    pub kept: u64,
}

/// Writes the log into `dir`, or brings an earlier export there up to date. The checkpoint comes last, and each file at
/// once, so the folder is a whole log at every moment after the first. `progress` hears how many entries are done.
///
/// # Errors
/// `Internal` when a file cannot be written, or the folder holds an export that this log does not continue.
pub async fn export(
    app: &App,
    dir: &Path,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<Exported, Error> {
    let store = app.store.as_ref();
    let head = head(app).await?;
    refuse_other(app, dir, head.size).await?;
    let mut folder = Folder {
        dir: dir.to_owned(),
        done: Exported {
            entries: head.size,
            ..Exported::default()
        },
    };
    let vkey = format!("{}\n", log_vkey(app));
    folder.file("log.vkey", vkey.as_bytes()).await?;
    for n in 0..head.size.div_ceil(WIDTH as u64) {
        let (count, width) = tile::width_at(n, head.size);
        let missing = || Error::Internal(format!("{} is missing", bundle::path(n, width)));
        let bytes = built_bundle(store, head.log, n, width)
            .await?
            .ok_or_else(missing)?;
        folder.file(&bundle::path(n, width), &bytes).await?;
        let entries = bundle::parse(&bytes, count);
        let entries = entries.map_err(|error| Error::Internal(error.to_string()))?;
        for (index, entry) in (n * WIDTH as u64..).zip(entries) {
            if matches!(Entry::parse(entry), Ok(Entry::Public { .. })) {
                let document = ledger::document(app, index).await?;
                let path = format!("documents/{index}");
                folder.file(&path, document.as_bytes()).await?;
            }
        }
        progress(n * WIDTH as u64 + count as u64);
    }
    let (mut level, mut hashes) = (0, head.size);
    while hashes > 0 {
        for n in 0..hashes.div_ceil(WIDTH as u64) {
            let id = TileId { level, n };
            let (_, width) = tile::width_at(n, hashes);
            let missing = || Error::Internal(format!("{} is missing", id.path(width)));
            let bytes = cut_tile(store, head.log, id, width)
                .await?
                .ok_or_else(missing)?;
            folder.file(&id.path(width), &bytes).await?;
        }
        (level, hashes) = (level + 1, hashes / WIDTH as u64);
    }
    let checkpoint = with_cosignatures(app, head.log, head.size, &head.checkpoint).await?;
    folder.file("checkpoint", checkpoint.as_bytes()).await?;
    Ok(folder.done)
}

/// An export that is there must be of this very log, earlier: otherwise it is the evidence of a rewrite.
async fn refuse_other(app: &App, dir: &Path, size: u64) -> Result<(), Error> {
    let Ok(text) = fs::read_to_string(dir.join("checkpoint")).await else {
        return Ok(());
    };
    let refuse = |why: &str| {
        Err(Error::Internal(format!(
            "{} holds an export {why}. Nothing was written over it: it may be evidence. Keep it, export to another \
             folder, and compare the two: sayso verify NEW --earlier {}",
            dir.display(),
            dir.display()
        )))
    };
    let earlier = Note::parse(&text).ok();
    let Some(earlier) = earlier.and_then(|note| Checkpoint::parse(note.text()).ok()) else {
        return refuse("whose checkpoint cannot be read");
    };
    if earlier.origin != app.keys.signer.name() {
        return refuse("of another log");
    }
    if earlier.size > size {
        return refuse("that is longer than this log");
    }
    if ledger::root_at(app, earlier.size).await? != earlier.root {
        return refuse("that this log does not continue");
    }
    Ok(())
}

struct Folder {
    dir: PathBuf,
    done: Exported,
}

impl Folder {
    /// Writes one file, so that nobody ever sees a part of it. What is there already as it should be stays.
    async fn file(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let file = self.dir.join(path);
        let failed =
            |error: std::io::Error| Error::Internal(format!("{}: {error}", file.display()));
        if fs::read(&file).await.is_ok_and(|found| found == bytes) {
            self.done.kept += 1;
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).await.map_err(failed)?;
        }
        let mut half = file.clone().into_os_string();
        half.push(".new");
        fs::write(&half, bytes).await.map_err(failed)?;
        fs::rename(&half, &file).await.map_err(failed)?;
        self.done.written += 1;
        Ok(())
    }
}
