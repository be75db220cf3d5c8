//! Serves a company, with its collectors and stores running beside the server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::agents::AGENTS;
use super::cast::{MARIT, TEODOR};
use super::collectors::Collector;
use super::holdings::Holdings;
use super::programmes::SUPPORT_REVIEW;
use super::stores::Keeper;
use super::{Company, company, greeting, witnesses};
use crate::app::App;
use crate::app::clock::{Clock as _, Random, SystemClock};
use crate::cli::Failure;
use crate::client::address::Transport;
use crate::client::moment::{Clock, Moment};
use crate::client::{Client, Timeouts, pace};
use crate::domain::agent::AgentKey;
use crate::domain::employee::ExternalId;
use crate::http;

/// How many people each collector watches.
const WATCHED: usize = 7;

/// Runs until the server ends.
pub(super) async fn serve(
    company: Company,
    listener: TcpListener,
    clock: SystemClock,
    json: bool,
) -> Result<(), Failure> {
    let Company {
        marker,
        store,
        mut config,
    } = company;
    let address = reachable(listener.local_addr()?);
    let url = format!("http://{address}");
    config.server.listen = address;
    config.server.url.get_or_insert_with(|| url.clone());
    let random = Random::system();
    let keys = config.keys(&random)?;
    let mut running = JoinSet::new();
    // Before the server: its guard asks them.
    config.ledger.witnesses = witnesses::start(
        &config.data.dir,
        &keys.signer.verifier(),
        clock,
        &mut running,
    )
    .await?;
    config.ledger.witness_every_s = 2;
    let app = App::start(
        store.clone(),
        Arc::new(clock),
        random.clone(),
        config.settings()?,
        keys,
    )
    .await?;

    // A collector sends to this very machine even where it is reached under another address.
    let transport = if address.ip().is_loopback() {
        Transport::Protected
    } else {
        Transport::Unprotected
    };
    let moments: Clock = Arc::new(move || Moment::at(clock.now()));
    let people = company::people(marker.seed)?;
    let holdings = Arc::new(Holdings::open(&config.data.dir)?);
    // The first agent is run by nobody: its key is for whoever wants to try the API.
    for (agent, known) in AGENTS.iter().zip(&marker.agents).skip(1) {
        let key: AgentKey = known.key.parse()?;
        let client = Client::new(&url, &key, Timeouts::default(), transport, moments.clone());
        let client = client.map_err(|error| Failure(error.to_string()))?;
        if agent.kind.stores() {
            let (store, holdings) = (store.clone(), holdings.clone());
            let keeper = Keeper::new(agent, client, store, holdings, marker.start);
            running.spawn(keeper.run());
        } else {
            let watched = watched(&people, agent.program);
            let pace = random.clone();
            let pace: pace::Random = Arc::new(move || pace.bytes());
            let seed = random.bytes();
            let collector = Collector::new(agent, client, moments.clone(), &watched, pace, seed);
            let collector = collector.map_err(|error| Failure(error.to_string()))?;
            running.spawn(collector.run());
        }
    }
    if json {
        greeting::json(&url, &marker)?;
    } else {
        greeting::human(&url, &marker)?;
    }
    // Dropping the set ends what runs beside the server.
    Ok(http::serve(listener, app, &config.server).await?)
}

/// Marit and Teodor, who never pause, and the first others whom the programme concerns.
fn watched(people: &[company::Person], program: &str) -> Vec<(ExternalId, bool)> {
    let concerned = people.iter().enumerate().filter(|(index, person)| {
        matches!(*index, MARIT | TEODOR)
            || program != SUPPORT_REVIEW
            || person.unit == company::SUPPORT
    });
    concerned
        .take(WATCHED)
        .map(|(index, person)| (person.id.clone(), matches!(index, MARIT | TEODOR)))
        .collect()
}

/// Where a server that listens everywhere is reached from this machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
