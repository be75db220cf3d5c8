//! What taking records in costs, beside a raw bulk insert into the same table of the same database, in the same run.
//!
//! The whole path is measured: HTTP, the agent's key, an Idempotency-Key, JSON, each record judged by the consent at its
//! capture time, the insert, the answer to each record. Rounds are interleaved, because a disk changes its mind from minute
//! to minute. `cargo bench --bench ingest -- --rounds 5 --batches 100 --dir target/bench-ingest`; with `--postgres URL`
//! (or under `scripts/with-postgres`) the same on PostgreSQL.

mod company;
mod disk;
mod http;
mod raw;
mod report;

use std::path::PathBuf;

use clap::Parser;
use company::Company;
use http::Server;
use raw::Raw;
use report::Round;

#[derive(Parser)]
struct Arguments {
    /// Interleaved rounds.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Batches in each measure of a round.
    #[arg(long, default_value_t = 24)]
    batches: usize,
    /// Records in a batch.
    #[arg(long, default_value_t = 1000)]
    records: usize,
    /// Collectors that deliver at the same time.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Employees, all of whom are in each batch.
    #[arg(long, default_value_t = 100)]
    people: usize,
    /// Choices that each employee has made before.
    #[arg(long, default_value_t = 4)]
    choices: usize,
    /// Folder on the disk to be measured; its contents are replaced.
    #[arg(long, default_value = "target/bench-ingest")]
    dir: PathBuf,
    /// A PostgreSQL server, on which a database `bench_ingest` is made anew.
    #[arg(long, env = "SAYSO_TEST_POSTGRES_URL")]
    postgres: Option<String>,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let _ = std::fs::remove_dir_all(&arguments.dir);
    std::fs::create_dir_all(&arguments.dir).expect("the folder can be made");
    let dir = std::fs::canonicalize(&arguments.dir).expect("the folder is there");
    let mut urls = vec![format!("sqlite:{}", dir.join("company.sqlite").display())];
    if let Some(server) = &arguments.postgres {
        urls.push(raw::fresh_postgres(server).await);
    }
    for url in urls {
        let name = if url.starts_with("sqlite") {
            "SQLite"
        } else {
            "PostgreSQL"
        };
        println!(
            "{name}: {} batches of {} records by {} collectors about {} people with {} choices each",
            arguments.batches,
            arguments.records,
            arguments.clients,
            arguments.people,
            arguments.choices
        );
        let company = Company::open(&url, arguments.people, arguments.choices).await;
        let mut raw = Raw::open(&url, &company).await;
        let server = Server::start(&company, arguments.clients).await;
        let mut rounds = Vec::new();
        for number in 1..=arguments.rounds {
            let batches = || company.batches(arguments.batches, arguments.records);
            let round = Round {
                fsync: disk::fsync(&dir),
                raw: raw.insert(&batches()).await,
                ingest: server.deliver(&batches()).await,
                fsync_after: disk::fsync(&dir),
            };
            println!("{}", round.line(number));
            rounds.push(round);
        }
        report::summary(&rounds);
    }
}
