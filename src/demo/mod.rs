//! `sayso demo`: an invented company with a past, and simulated collectors and stores around a real server.
//!
//! Everything goes through the same verbs and the same API as in a real installation; invented are only the people and
//! the counts. The same seed makes the same people, choices and records. What each file adds: `company.rs` who,
//! `programmes.rs`, `agents.rs` and `notices.rs` what is declared, `plan.rs` and `script.rs` what happened, `history.rs` and
//! `rounds.rs` how it is played, `collectors.rs`, `stores.rs` and `witnesses.rs` what goes on happening.

mod agents;
mod build;
mod calendar;
mod capture;
mod cast;
mod collectors;
mod company;
pub mod fixture;
mod folder;
mod founding;
mod greeting;
mod history;
mod holdings;
mod names;
mod notices;
mod plan;
mod programmes;
mod rounds;
mod script;
mod serve;
mod stores;
mod witnesses;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::app::clock::{Clock as _, SystemClock};
use crate::app::error::Error;
use crate::app::settings::House;
use crate::cli::Failure;
use crate::config::{Config, LedgerSettings};
use crate::domain::agent::AgentKey;
use crate::domain::consent::{Address, Party};
use crate::domain::country::Country;
use crate::domain::invalid::Invalid;
use crate::store::{self, Store};
use folder::Folder;
pub use folder::{Account, Agent, Marker};

/// What `sayso demo` can be told.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Folder for the company. A later run with the same folder finds it as it was left.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
    /// Address to listen on. Port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Decides who the people are, what they chose and what was captured. 1 unless given.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Print one line of JSON when ready, instead of words.
    #[arg(long)]
    pub json: bool,
    /// Let the clock show this moment (RFC 3339) at the start and go on from there.
    #[arg(long)]
    pub at: Option<DateTime<Utc>>,
    /// Throw away the demo that is in the folder and begin anew.
    #[arg(long)]
    pub fresh: bool,
}

/// A company that is ready to be served.
pub struct Company {
    /// What its folder remembers.
    pub marker: Marker,
    /// Its database.
    pub store: Arc<dyn Store>,
    /// The settings that it is served with.
    pub config: Config,
}

/// Makes the company, or finds it, and serves it until the process is told to end.
///
/// # Errors
/// When the folder or database is not a demo's, or the address cannot be listened on.
pub async fn run(config: Config, arguments: Arguments) -> Result<(), Failure> {
    let (listen, json, at) = (arguments.listen, arguments.json, arguments.at);
    // First of all: a taken port should not cost somebody the making of a company.
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener =
        listener.map_err(|error| Failure(format!("cannot listen on {listen}: {error}")))?;
    let real = SystemClock::real();
    let now = at.unwrap_or_else(|| real.now());
    let company = prepare(config, &arguments, now, &|line| eprintln!("  {line}")).await?;
    let clock = at.map_or(real, SystemClock::starting_at);
    serve::serve(company, listener, clock, json).await
}

/// Finds the company in the folder of `arguments`, or makes it with a past that ends at `now`. `progress` gets a line
/// now and then.
///
/// # Errors
/// When the folder or database is not a demo's, or it was made from another seed or for a later moment.
pub async fn prepare(
    config: Config,
    arguments: &Arguments,
    now: DateTime<Utc>,
    progress: &(dyn Fn(String) + Sync),
) -> Result<Company, Failure> {
    let config = configured(config, arguments);
    let dir = config.data.dir.clone();
    match folder::inspect(&dir)? {
        Folder::Demo(marker) if !arguments.fresh => {
            check(&marker, arguments, now)?;
            let store = open(&config).await?;
            recognise(&*store, &marker).await?;
            Ok(Company {
                marker,
                store,
                config,
            })
        }
        Folder::Empty | Folder::Unfinished | Folder::Demo(_) => {
            std::fs::create_dir_all(&dir)?;
            let seed = arguments.seed.unwrap_or(1);
            let own_file = config.data.database.is_none();
            let mut marker = Marker {
                complete: false,
                seed,
                start: now,
                accounts: Vec::new(),
                agents: Vec::new(),
            };
            let store = if own_file {
                folder::clear(&dir)?;
                folder::mark(&dir, &marker)?;
                open(&config).await?
            } else {
                let store = open(&config).await?;
                refuse_unless_empty(&*store).await?;
                folder::clear(&dir)?;
                folder::mark(&dir, &marker)?;
                store
            };
            progress(format!(
                "making Brackwater Instruments from seed {seed} in {}",
                dir.display()
            ));
            marker = build::build(&config, store.clone(), seed, now, progress).await?;
            folder::mark(&dir, &marker)?;
            Ok(Company {
                marker,
                store,
                config,
            })
        }
    }
}

/// The settings of the company. What a machine's own settings say about its employer does not apply to an invented one.
fn configured(mut config: Config, arguments: &Arguments) -> Config {
    config.data.dir.clone_from(&arguments.data);
    config.data.keys = None;
    config.server.listen = arguments.listen;
    config.ledger = LedgerSettings {
        origin: "ledger.brackwater.example".into(),
        ..LedgerSettings::default()
    };
    let germany = "DE".parse::<Country>().ok();
    config.house = House {
        name: "Brackwater Instruments".into(),
        time_zone: calendar::ZONE,
        privacy_office: "Privacy office, extension 210, weekdays 8 to 17.".into(),
        privacy_email: Some("privacy@brackwater.example".into()),
        representatives: "Extension 340, room A 2.14. They signed the agreements and can call them into question."
            .into(),
        address: germany.clone().map(|country| Address {
            street: "Am Prüfstand 12".into(),
            postal_code: "10115".into(),
            city: "Berlin".into(),
            country,
        }),
        // From the block that is kept free for stories.
        phone: Some("+49 30 23125 210".into()),
        jurisdiction: germany,
        authority: Some(Party {
            name: "Data Protection Authority of the State".into(),
            address: "Amtsweg 1, 10115 Berlin, DE".into(),
            contact: "complaints@authority.example".into(),
        }),
    };
    config
}

fn check(marker: &Marker, arguments: &Arguments, now: DateTime<Utc>) -> Result<(), Failure> {
    let dir = arguments.data.display();
    if let Some(seed) = arguments.seed.filter(|seed| *seed != marker.seed) {
        let made = marker.seed;
        return Err(Failure(format!(
            "the company in {dir} was made from seed {made}, not {seed}. Leave --seed out, choose another folder with \
             --data, or begin anew with --fresh."
        )));
    }
    if now < marker.start {
        let start = marker.start.to_rfc3339();
        return Err(Failure(format!(
            "the past of the company in {dir} ends at {start}, and its ledger cannot go back. Give that moment or a \
             later one with --at, or begin anew with --fresh."
        )));
    }
    Ok(())
}

async fn open(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    let opened = store::open(&config.database()).await;
    Ok(opened.map_err(Error::from)?)
}

/// The folder and the database belong together if the database knows the folder's first agent by its key.
async fn recognise(store: &dyn Store, marker: &Marker) -> Result<(), Failure> {
    let key = marker
        .agents
        .first()
        .and_then(|agent| agent.key.parse::<AgentKey>().ok());
    let known = match key {
        Some(key) => store.agent_by_key(key.id()).await.map_err(Error::from)?,
        None => None,
    };
    known.map(|_| ()).ok_or_else(|| {
        Failure(
            "the database is not the one of this demo. Give its address in DATABASE_URL, choose another folder with \
             --data, or begin anew with --fresh."
                .into(),
        )
    })
}

async fn refuse_unless_empty(store: &dyn Store) -> Result<(), Failure> {
    let people = store.employees().await.map_err(Error::from)?;
    let head = store.head().await.map_err(Error::from)?;
    if people.is_empty() && head.is_none() {
        return Ok(());
    }
    Err(Failure(
        "the database behind DATABASE_URL is not empty, so nothing was written to it. Give the address of an empty \
         one, or none at all: then the demo makes its own file."
            .into(),
    ))
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Error::from(invalid).into()
    }
}
