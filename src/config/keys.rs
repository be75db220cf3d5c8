//! Keys as files: 32 bytes as 64 hexadecimal digits, for the owner only. `ledger.key` signs; `epoch.key` and
//! `epoch-2.key`, `epoch-3.key` … wrap people's keys.
//!
//! A new file is whole and on disk before it gets its name; an old one is overwritten before it loses it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::ConfigError;
use crate::app::clock::Random;
use crate::app::keyring::KeyFolder;
use crate::ledger::seal::EpochKey;

/// The folder that holds the epoch keys.
pub struct KeyFiles {
    dir: PathBuf,
}

impl KeyFiles {
    /// A folder, making the first epoch's key if it holds none.
    ///
    /// # Errors
    /// When it cannot be read, or the key not be made.
    pub fn open(dir: &Path, random: &Random) -> Result<Self, ConfigError> {
        let files = Self {
            dir: dir.to_owned(),
        };
        if files.epochs()?.is_empty() {
            write_key(&files.path(1), &random.bytes())?;
        }
        Ok(files)
    }

    fn path(&self, epoch: u64) -> PathBuf {
        self.dir.join(match epoch {
            1 => "epoch.key".to_owned(),
            _ => format!("epoch-{epoch}.key"),
        })
    }

    /// The epochs whose keys are there, oldest first.
    fn epochs(&self) -> Result<Vec<u64>, ConfigError> {
        let failed = |error| failed(&self.dir, error);
        let mut epochs = Vec::new();
        for file in fs::read_dir(&self.dir).map_err(failed)? {
            let name = file.map_err(failed)?.file_name();
            epochs.extend(name.to_str().and_then(number));
        }
        epochs.sort_unstable();
        Ok(epochs)
    }

    fn keys(&self) -> Result<Vec<EpochKey>, ConfigError> {
        let mut keys = Vec::new();
        for epoch in self.epochs()? {
            // None: destroyed since the folder was listed.
            if let Some(key) = read_key(&self.path(epoch))? {
                keys.push(EpochKey::new(epoch, key));
            }
        }
        Ok(keys)
    }
}

impl KeyFolder for KeyFiles {
    fn load(&self) -> Result<Vec<EpochKey>, String> {
        self.keys().map_err(|error| error.to_string())
    }

    fn make(&self, epoch: u64, key: [u8; 32]) -> Result<(), String> {
        write_key(&self.path(epoch), &key).map_err(|error| error.to_string())
    }

    fn destroy(&self, epoch: u64) -> Result<(), String> {
        let path = self.path(epoch);
        erase(&path).map_err(|error| failed(&path, error).to_string())
    }
}

/// The key in a file, made if it is not there.
pub(super) fn key_file(path: &Path, random: &Random) -> Result<[u8; 32], ConfigError> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    let key = random.bytes();
    write_key(path, &key)?;
    Ok(key)
}

pub(super) fn failed(path: &Path, error: io::Error) -> ConfigError {
    let path = path.to_owned();
    ConfigError::File { path, error }
}

/// `epoch.key` is the first; `epoch-01.key` is nobody's.
fn number(name: &str) -> Option<u64> {
    if name == "epoch.key" {
        return Some(1);
    }
    let digits = name.strip_prefix("epoch-")?.strip_suffix(".key")?;
    let number: u64 = digits.parse().ok()?;
    (number > 1 && number.to_string() == digits).then_some(number)
}

/// The key in a file; `None` when there is no such file.
pub(crate) fn read_key(path: &Path) -> Result<Option<[u8; 32]>, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => parse(text.trim())
            .map(Some)
            .ok_or_else(|| ConfigError::Key(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// Writes a new key file, for its owner only, whole and on disk. One that is there is never written over.
pub(crate) fn write_key(path: &Path, key: &[u8; 32]) -> Result<(), ConfigError> {
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    // Under a name of this process's own; what a crash leaves there was no key yet, or is the same file.
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let written = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(format!("{text}\n").as_bytes())?;
        file.sync_all()?;
        fs::hard_link(&draft, path)?;
        fs::remove_file(&draft)?;
        sync_folder(path)
    };
    written().map_err(|error| failed(path, error))
}

fn erase(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file?,
    };
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    // Still of the form of a key, should the removal not come to pass: so that the next attempt can read the folder.
    let zeros = [
        [b'0'; 64].as_slice(),
        &vec![b'\n'; length.clamp(64, 4096) - 64],
    ]
    .concat();
    file.write_all(&zeros)?;
    file.sync_all()?;
    drop(file);
    fs::remove_file(path)?;
    sync_folder(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn parse(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(key)
}
