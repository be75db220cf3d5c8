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

use agents::{Case, Fleet, Sort};
use company::{Company, PEOPLE, after, pausable};
use report::{Own, Report, Round};

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

/// How long the fleet may take to be where it should be before a round.
const PATIENCE: Duration = Duration::from_mins(2);
/// Agents that report records, of those that could.
const REPORTING: usize = 20;

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let dir = tempfile::tempdir().expect("a folder");
    let company = Company::open(dir.path(), arguments.agents, arguments.rounds).await;
    let relay = relay::Relay::start(company.address).await;
    let fleet = Fleet::start(&company, &relay, arguments.agents * arguments.cut / 100);
    let mut report = Report::default();
    for round in 0..arguments.rounds {
        for sort in [Sort::Withdrawal, Sort::Pause] {
            let case = Case {
                program: match sort {
                    Sort::Withdrawal => "mci".into(),
                    Sort::Pause => pausable(round),
                },
                person: round % PEOPLE,
            };
            company.begin(&case).await;
            fleet.wait_for_yes(&case, PATIENCE).await;
            if report.0.is_empty() {
                println!("A guard that says yes: {:?}", fleet.guard(&case));
            }
            // What is permitted has to be accepted: else it would prove nothing that the rest is not.
            let before = fleet.report_before(&company, &case, REPORTING).await;
            relay.cut(true);
            let began = Instant::now();
            let stop = company.stop(sort, &case).await;
            let answered = began.elapsed();
            let confirming = fleet.confirming(stop.seq, began);
            let times = fleet.wait_for_no(began).await;
            let confirmed: Vec<_> = confirming.join_all().await.into_iter().flatten().collect();
            let own = Own {
                took: confirmed.iter().max().copied().unwrap_or_default(),
                confirmed: confirmed.len(),
                cut: fleet.cut(),
            };
            let shown = company.shown(&stop, fleet.connected()).await;
            let after = fleet
                .report_after(&company, &case, after(&stop), REPORTING)
                .await;
            relay.cut(false);
            report.add(Round {
                sort,
                answered,
                times,
                before,
                after,
                shown,
                own,
            });
        }
    }
    report.print(&arguments);
    if !report.holds() {
        std::process::exit(1);
    }
}
