//! Makes the company: its first day, then its past, on an empty database.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::agents::AGENTS;
use super::calendar::{Calendar, ZONE, at};
use super::company::{self, Person};
use super::folder::{Account, Agent, Marker};
use super::founding::{Founded, found};
use super::history::{Counts, History, rng};
use super::holdings::Holdings;
use super::plan::plan;
use crate::app::App;
use crate::app::clock::{ManualClock, Random};
use crate::cli::Failure;
use crate::config::Config;
use crate::store::Store;

/// Builds the company from `seed` with a past that ends at `start`; what its folder has to remember.
pub(super) async fn build(
    config: &Config,
    store: Arc<dyn Store>,
    seed: u64,
    start: DateTime<Utc>,
    progress: &(dyn Fn(String) + Sync),
) -> Result<Marker, Failure> {
    let people = company::people(seed)?;
    let calendar = Calendar::new(start);
    let first_day = at(calendar.ago(73), 9 * 60);
    let clock = Arc::new(ManualClock::at(first_day));
    let keys = config.keys(&Random::system())?;
    let random = Random::seeded(seed);
    let app = App::start(
        store.clone(),
        clock.clone(),
        random,
        config.settings()?,
        keys,
    )
    .await?;
    let password = company::password(seed);
    let Founded { subjects, agents } = found(&app, &*store, &people, &password).await?;
    progress(format!(
        "{} people in {} units",
        people.len(),
        company::UNITS.len()
    ));

    let holdings = Holdings::open(&config.data.dir)?;
    let mut history = History {
        app: &app,
        store: &*store,
        clock: &clock,
        holdings: &holdings,
        people: &people,
        subjects: &subjects,
        agents: agents.iter().map(|(agent, _)| agent.clone()).collect(),
        end: start,
        rng: rng(seed),
        pending: vec![Vec::new(); AGENTS.len()],
        counts: Counts::default(),
    };
    let mut week = first_day;
    for step in plan(&people, &calendar, seed) {
        if step.at >= week + TimeDelta::days(7) {
            progress(line(week, &history.counts));
            week = step.at;
        }
        history.play(&step).await?;
    }
    progress(line(week, &history.counts));
    let accounts = people.iter().filter(|person| person.signs_in);
    Ok(Marker {
        complete: true,
        seed,
        start,
        accounts: accounts.map(|person| account(person, &password)).collect(),
        agents: AGENTS
            .iter()
            .zip(agents)
            .map(|(declared, (agent, key))| Agent {
                name: agent.name,
                kind: agent.kind,
                key: key.expose(),
                programs: vec![declared.program.to_owned()],
            })
            .collect(),
    })
}

fn account(person: &Person, password: &str) -> Account {
    Account {
        role: person
            .role
            .map_or("employee", |role| role.word())
            .to_owned(),
        email: person.email.clone(),
        password: password.to_owned(),
        external_id: person.id.clone(),
    }
}

fn line(week: DateTime<Utc>, counts: &Counts) -> String {
    let Counts {
        choices,
        records,
        quarantined,
        requests,
    } = counts;
    let day = week.with_timezone(&ZONE).format("%-d %B");
    format!(
        "after the week of {day}: {choices} choices, {records} records, {quarantined} quarantined, {requests} requests"
    )
}
