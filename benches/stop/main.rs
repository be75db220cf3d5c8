//! How long a stop takes to reach every collector: a withdrawal and a pause, with many agents connected and some of them
//! cut off without knowing it.
//!
//! The server is the real one, in this process, and each agent a client of its own with a connection of its own. Time
//! counts from before the stop is written until `guard` says no. What is cut off goes through a relay that stops
//! forwarding and closes nothing. `cargo bench --bench stop -- --agents 1000`.

mod agents;
mod company;
mod relay;
mod report;

use std::time::{Duration, Instant};

use clap::Parser;

use agents::{Fleet, Sort};
use company::{Company, PEOPLE};
use report::Report;

#[derive(Parser)]
struct Arguments {
    /// Connected agents.
    #[arg(long, default_value_t = 40)]
    agents: usize,
    /// Of a hundred agents, how many are cut off.
    #[arg(long, default_value_t = 10)]
    cut: usize,
    /// Withdrawals and pauses, each.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// How long a fleet may take to be where it should be before a round.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let dir = tempfile::tempdir().expect("a folder");
    let company = Company::open(dir.path(), arguments.agents).await;
    let relay = relay::Relay::start(company.address).await;
    let fleet = Fleet::start(&company, &relay, arguments.agents * arguments.cut / 100);
    let mut report = Report::default();
    for round in 0..arguments.rounds {
        for sort in [Sort::Withdrawal, Sort::Pause] {
            let person = round % PEOPLE;
            company.begin(person).await;
            fleet.wait_for_yes(person, PATIENCE).await;
            // What is permitted must be accepted, or the count of what must not be would prove nothing.
            let honest = company.deliver_before(&fleet, person).await;
            relay.cut(true);
            let began = Instant::now();
            let stop = company.stop(sort, person).await;
            let answered = began.elapsed();
            let times = fleet.wait_for_no(person, began).await;
            let late = company.deliver_after(&fleet, person, &stop).await;
            let shown = company.shown(&stop).await;
            let own = fleet.confirmed(&stop).await;
            report.add(sort, answered, times, honest, late, shown, own);
            relay.cut(false);
            company.resume(sort).await;
        }
    }
    report.print(&arguments);
    if !report.holds() {
        std::process::exit(1);
    }
}
