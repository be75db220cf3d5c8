//! What a durable entry costs, beside what the same disk and the same HTTP server do bare, in the same run.
//!
//! Rounds are interleaved, because a disk changes its mind from minute to minute: each ratio is that of one round, and
//! the class of its fsync stands beside it. `cargo bench --bench ledger -- --rounds 5 --seconds 1 --dir target/bench`.

mod company;
mod disk;
mod http;
mod report;
mod writes;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use company::Company;
use report::Round;

#[derive(Parser)]
struct Arguments {
    /// Interleaved rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds for each measure of a round.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// Folder on the disk to be measured; its contents are replaced.
    #[arg(long, default_value = "target/bench-ledger")]
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
    let mut floor = disk::Floor::open(&dir).await;
    let company = Company::open(&dir).await;
    let mut clients = writes::clients(&company);
    let servers = http::Servers::start(&company).await;
    let mut rounds = Vec::new();
    for number in 1..=arguments.rounds {
        let round = Round {
            fsync: disk::fsync(&dir),
            single: floor.single(span).await,
            bulk: floor.bulk(span).await,
            packed: floor.packed(span).await,
            appends: writes::at_once(&company, &mut clients, span).await,
            idle: writes::one_by_one(&company, &mut clients, span).await,
            bare: servers.bare(span).await,
            choices: servers.choices(span).await,
            fsync_after: disk::fsync(&dir),
        };
        println!("{}", round.line(number));
        rounds.push(round);
    }
    report::summary(&rounds);
}
