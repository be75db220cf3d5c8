//! What a person or an agent can do: one async function per verb, and what the verbs share.
//!
//! A verb takes the `App` and who acts, decides with `domain`, and reads or writes through `store`. To add one, put it
//! in the file of its noun; if it owes a ledger entry it goes through the writer.

pub mod accounts;
pub mod acks;
pub mod activity;
pub mod agents;
pub mod board;
pub mod callers;
pub mod catalogue;
pub mod chain;
pub mod check;
pub mod choices;
pub mod clock;
pub mod directory;
pub mod epochs;
pub mod erasure;
pub mod error;
pub mod export;
pub mod exports;
pub mod feed;
pub mod feeder;
pub mod fresh;
pub mod fsck;
mod guard;
mod halt;
pub mod heart;
pub mod intake;
pub mod keyring;
pub mod ledger;
pub mod metrics;
pub mod notices;
pub mod passwords;
pub mod pauses;
pub mod programs;

pub mod receipts;
pub mod records;
pub mod requests;
pub mod search;
pub mod sessions;
pub mod settings;
mod situation;
pub mod snapshot;
pub mod standings;
mod statement;
pub mod succession;
pub mod witness;
pub mod witnessed;
pub mod writer;

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::delivery::DeliveryKey;
use crate::ledger::key::VerifierKey;
use crate::store::Store;
use crate::store::ledger::Forge;
use acks::Confirmer;
use callers::Callers;
use catalogue::Shelf;
use clock::{Clock, Random};
use error::Error;
use feed::Feed;
use halt::Halt;
use heart::Heart;
use intake::Intake;
use metrics::Metrics;
use passwords::Passwords;
use settings::Settings;
use standings::Standings;
use writer::{Keys, Writer};

/// Everything a verb needs. Cheap to clone: one count, however many parts there are.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] is made of.
pub struct Parts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Random,
    settings: Arc<Settings>,
    keys: Arc<Keys>,
    writer: Writer,
    intake: Intake,
    passwords: Passwords,
    shelf: Shelf,
    halt: Halt,
    feed: Feed,
    standings: Standings,
    callers: Callers,
    metrics: Metrics,
    heart: Heart,
    confirmer: Confirmer,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together, opens the log if this is a fresh database, and starts the writer. Before anything is
    /// signed, the log is checked and its witnesses are asked.
    ///
    /// # Errors
    /// When the database fails, holds a log of another origin than the signing key's, or one that must not go on.
    pub async fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Random,
        settings: Settings,
        keys: Keys,
    ) -> Result<Self, Error> {
        let verifier = keys.signer.verifier();
        guard::check(&*store, &verifier, &settings.witnessing).await?;
        let fill = |buffer: &mut [u8]| random.fill(buffer);
        let epoch_key = keys.epochs.present().map_err(Error::Internal)?;
        let forge = Forge {
            signer: &keys.signer,
            epoch_key: &epoch_key,
            fill: &fill,
        };
        store.open_log(&forge, clock.now()).await?;
        epochs::start(&*store, &keys.epochs, clock.now()).await?;
        let keys = Arc::new(keys);
        let (shelf, feed) = (Shelf::default(), Feed::default());
        let standings = Standings::new(
            store.clone(),
            shelf.clone(),
            (clock.clone(), random.clone()),
            feed.clone(),
            keys.signer.name().to_owned(),
        );
        let writer = Writer::start(
            store.clone(),
            keys.clone(),
            random.clone(),
            standings.clone(),
        );
        let confirmer = Confirmer::start(store.clone());
        let halt = Halt::default();
        let heart = Heart::new(store.clone(), clock.clone(), feed.clone(), halt.clone());
        let intake = Intake::start(store.clone());
        Ok(Self(Arc::new(Parts {
            store,
            clock,
            random,
            settings: Arc::new(settings),
            keys,
            writer,
            intake,
            passwords: Passwords::new(),
            shelf,
            standings,
            callers: Callers::default(),
            metrics: Metrics::default(),
            halt,
            feed,
            heart,
            confirmer,
        })))
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.random.bytes()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Keeps everybody's standing in memory from now on, and follows what others write. Until everything is read, checks
    /// are answered "busy".
    pub fn follow(&self) {
        self.standings.follow();
    }

    /// The ledger's writer, for what brings its own statements. Verbs go by way of their own functions.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Everybody's standing.
    pub fn standings(&self) -> &Standings {
        &self.standings
    }

    /// Something has changed that has no position in the ledger: whoever asks from now on is answered by it.
    async fn noticed(&self) -> Result<(), Error> {
        if self.standings.is_loaded() {
            self.standings.catch_up().await?;
        }
        Ok(())
    }

    /// The feed of changes.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// What beats for everybody who holds a stream open.
    pub fn heart(&self) -> &Heart {
        &self.heart
    }

    /// The key under which places in a search are told and recognised, the same in every replica.
    pub fn page_key(&self) -> [u8; 32] {
        self.keys.signer.secret_for("pages of a search")
    }

    /// The key that verifies checkpoints of a log of this house, be it the one before.
    fn log_key(&self, origin: &str) -> Result<VerifierKey, Error> {
        let key = self.keys.signer.under(origin);
        let key = key.map_err(|error| Error::Internal(format!("the log's name: {error}")))?;
        Ok(key.verifier())
    }

    /// Removes ended sessions, old form marks, answers of a day ago, and checkpoints that newer ones stand in for; follows a change of epoch;
    /// leaves nothing deleted in files beside the database. Call it now and then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<(), Error> {
        let now = self.now();
        let month = now - chrono::TimeDelta::days(30);
        self.store.forget_published(month).await?;
        self.store.forget_confirmations(now - acks::KEPT).await?;
        self.store.sweep(now, month).await?;
        let day = now - chrono::TimeDelta::hours(DeliveryKey::HOURS);
        self.store.forget_deliveries(day).await?;
        epochs::noticed(self).await?;
        erasure::settle(self).await?;
        Ok(())
    }

    /// Whether the database answers, the log can be read, and everything before its head is in memory.
    ///
    /// # Errors
    /// When it is not so.
    pub async fn ready(&self) -> Result<(), Error> {
        let head = self.store.head().await?;
        let head = head.ok_or_else(|| Error::Internal("the log is not open".into()))?;
        self.continues(&head)?;
        let fresh = self.standings.reading().await?.is_fresh();
        fresh
            .then_some(())
            .ok_or_else(|| Error::Internal("standings are stale".into()))
    }
}
