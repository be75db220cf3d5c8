//! Settings from `sayso.toml` and the environment, and the keys that live outside the database.
//!
//! Each setting `section.key` can be overridden by `SAYSO_SECTION__KEY`; `DATABASE_URL` is honoured.

pub mod keys;
mod witnessing;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::app::clock::Random;
use crate::app::keyring::EpochKeys;
use crate::app::settings::{Holds, House, Settings};
use crate::app::writer::Keys;
use crate::ledger::key::SignerKey;
use keys::{KeyFiles, failed, key_file};
pub(crate) use keys::{read_key, write_key};
pub use witnessing::WitnessAddress;

/// What can go wrong before anything has started.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting cannot be used.
    #[error("settings: {0}")]
    Settings(String),
    /// There is a database, and its key is not there: another one could not go on with its log.
    #[error(
        "{0}: the key of the database's log is missing. Bring it back from where keys are kept; nothing was changed"
    )]
    Lost(PathBuf),
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The keys cannot be used; the sentence says why.
    #[error("{0}")]
    Keys(String),
    /// A key file does not hold a key.
    #[error("{0}: this is not a key of ours (32 bytes as 64 hexadecimal digits)")]
    Key(PathBuf),
}

/// How the server is reached.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address to listen on (`SAYSO_SERVER__LISTEN`).
    pub listen: SocketAddr,
    /// Address under which people reach it, without a trailing slash; links in invitations begin with it
    /// (`SAYSO_SERVER__URL`).
    pub url: Option<String>,
    /// Folder with styles, fonts and browser code (`SAYSO_SERVER__SITE`).
    pub site: PathBuf,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            url: None,
            site: PathBuf::from("target/site"),
        }
    }
}

/// Where things are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Folder for the SQLite file and the keys (`SAYSO_DATA__DIR`).
    pub dir: PathBuf,
    /// Database address; without it, `sayso.sqlite` in `dir` (`SAYSO_DATA__DATABASE`, `DATABASE_URL`).
    pub database: Option<String>,
    /// Folder for the keys if not `dir` (`SAYSO_DATA__KEYS`).
    pub keys: Option<PathBuf>,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("data"),
            database: None,
            keys: None,
        }
    }
}

/// The ledger's own settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LedgerSettings {
    /// The log's name: its address without scheme and trailing slash (`SAYSO_LEDGER__ORIGIN`). Cannot be changed once
    /// the log is open.
    pub origin: String,
    /// Witnesses that its checkpoints go to (`SAYSO_LEDGER__WITNESSES`).
    pub witnesses: Vec<WitnessAddress>,
    /// When a checkpoint counts as witnessed: a trust policy (c2sp.org/tlog-policy), or a file that holds one. Without
    /// it, when every one of `witnesses` has cosigned (`SAYSO_LEDGER__POLICY`).
    pub policy: Option<String>,
    /// How often the witnesses are asked while the log grows, in seconds. A fixed pace hides how busy the log is
    /// (`SAYSO_LEDGER__WITNESS_EVERY_S`).
    pub witness_every_s: u64,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self {
            origin: "localhost/ledger".into(),
            witnesses: Vec::new(),
            policy: None,
            witness_every_s: 10,
        }
    }
}

/// All settings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How the server is reached.
    pub server: Server,
    /// Where things are kept.
    pub data: Data,
    /// Who the employer is.
    pub house: House,
    /// How long things hold.
    pub holds: Holds,
    /// The ledger.
    pub ledger: LedgerSettings,
}

impl Config {
    /// Reads `file` (it need not exist) and the environment.
    ///
    /// # Errors
    /// When a setting is unknown or does not fit.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let environment = Env::prefixed("SAYSO_")
            .filter(|key| key.as_str().contains("__"))
            .split("__");
        let figment = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file))
            .merge(environment)
            .merge(
                Env::raw()
                    .only(&["DATABASE_URL"])
                    .map(|_| "data.database".into()),
            );
        let config: Self = figment
            .extract()
            .map_err(|error| ConfigError::Settings(error.to_string()))?;
        if !(1000..=60_000).contains(&config.holds.lease_ms) {
            return Err(ConfigError::Settings(
                "holds.lease_ms must be 1000 to 60000".into(),
            ));
        }
        Ok(config)
    }

    /// The database's address.
    pub fn database(&self) -> String {
        self.data
            .database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data.dir.join("sayso.sqlite").display()))
    }

    /// The database's file, where it is one.
    pub fn database_file(&self) -> Option<PathBuf> {
        let address = self.database();
        let file = address.strip_prefix("sqlite:")?;
        let file = file.strip_prefix("//").unwrap_or(file);
        let (file, _) = file.split_once('?').unwrap_or((file, ""));
        (file != ":memory:").then(|| PathBuf::from(file))
    }

    /// The part that the application layer sees.
    ///
    /// # Errors
    /// When the witnesses or their policy do not fit.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        Ok(Settings {
            house: self.house.clone(),
            holds: self.holds.clone(),
            url: self.server.url.clone(),
            witnessing: witnessing::witnessing(&self.ledger)?,
        })
    }

    /// The folder with the keys.
    pub fn key_folder(&self) -> &Path {
        self.data.keys.as_ref().unwrap_or(&self.data.dir)
    }

    /// The keys of an installation that is there, or that begins now: where there is a database file, its log's key must
    /// be there too.
    ///
    /// # Errors
    /// `Lost` when it is not; otherwise those of [`Self::keys`].
    pub fn own_keys(&self, random: &Random) -> Result<Keys, ConfigError> {
        let file = self.key_folder().join("ledger.key");
        if !file.exists() && self.database_file().is_some_and(|file| file.exists()) {
            return Err(ConfigError::Lost(file));
        }
        self.keys(random)
    }

    /// Reads the keys, making them on a fresh machine.
    ///
    /// # Errors
    /// When a key file is unreadable, or cannot be made.
    pub fn keys(&self, random: &Random) -> Result<Keys, ConfigError> {
        let dir = self.key_folder();
        for dir in [dir, &self.data.dir] {
            folder(dir).map_err(|error| failed(dir, error))?;
        }
        let seed = key_file(&dir.join("ledger.key"), random)?;
        let files = Arc::new(KeyFiles::open(dir, random)?);
        let signer = SignerKey::new(&self.ledger.origin, seed);
        let signer =
            signer.map_err(|error| ConfigError::Settings(format!("ledger.origin: {error}")))?;
        Ok(Keys {
            signer,
            epochs: EpochKeys::open(files).map_err(ConfigError::Keys)?,
        })
    }
}

/// Makes a folder for the owner only; one that is there stays as it is.
pub(crate) fn folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_for_the_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            data: Data {
                dir: dir.path().join("data"),
                ..Data::default()
            },
            ..Config::default()
        };
        let first = config.keys(&Random::seeded(1)).unwrap();
        let second = config.keys(&Random::seeded(2)).unwrap();
        assert_eq!(
            first.signer.verifier().to_string(),
            second.signer.verifier().to_string()
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(dir.path().join("data/ledger.key"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(dir.path().join("data/ledger.key"), "nonsense").unwrap();
        assert!(matches!(
            config.keys(&Random::seeded(3)),
            Err(ConfigError::Key(_))
        ));
    }
}
