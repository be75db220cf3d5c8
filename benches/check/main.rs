//! What a check costs: the whole path, with the agent's key, its registration and the counters, over a million employees,
//! beside a bare axum handler that reads the same JSON and answers as much, in the same run.
//!
//! Rounds are interleaved, because a small machine changes its mind from second to second: each ratio is that of one
//! round. `cargo bench --bench check -- --people 1000000 --states 1 --rounds 7 --seconds 2`.

mod company;
mod http;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use company::Company;
use report::Round;

#[derive(Parser)]
struct Arguments {
    /// Employees, each with a choice for every category.
    #[arg(long, default_value_t = 1_000_000)]
    people: u32,
    /// Categories, and so choices of each employee.
    #[arg(long, default_value_t = 1)]
    states: u32,
    /// Interleaved rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds for each measure of a round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Folder for the database; its contents are replaced.
    #[arg(long, default_value = "target/bench-check")]
    dir: PathBuf,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let span = Duration::from_secs_f64(arguments.seconds);
    let _ = std::fs::remove_dir_all(&arguments.dir);
    std::fs::create_dir_all(&arguments.dir).expect("the folder can be made");
    let dir = std::fs::canonicalize(&arguments.dir).expect("the folder is there");
    let company = Company::open(&dir, arguments.people, arguments.states).await;
    println!(
        "{} employees, {} choices each: cold start {:.2} s, {} bytes held, {:.1} bytes an employee",
        arguments.people,
        arguments.states,
        company.cold_start.as_secs_f64(),
        company.bytes,
        company.bytes_each(),
    );
    let servers = http::Servers::start(&company).await;
    let mut rounds = Vec::new();
    for number in 1..=arguments.rounds {
        let bare = servers.bare(span).await;
        let check = servers.check(span).await;
        let batch = servers.batch(span).await;
        // The same rate for both, half of what the bare handler can do.
        let rate = bare / 2.0;
        let round = Round {
            bare,
            check,
            batch,
            rate,
            bare_late: servers.bare_at(rate, span).await,
            check_late: servers.check_at(rate, span).await,
        };
        println!("{}", round.line(number));
        rounds.push(round);
    }
    report::summary(&rounds);
}
