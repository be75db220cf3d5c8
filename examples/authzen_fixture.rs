//! Seeds the fixture of AuthZEN's certification scenario into an empty database and prints an agent key as its last line:
//! `cargo run --example authzen_fixture -- DATABASE_URL`. It reads the same settings as `sayso serve` and keeps the keys
//! where that would, so that `DATABASE_URL=… sayso serve` in the same folder serves what was seeded.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use sayso::app::App;
use sayso::app::clock::{Random, SystemClock};
use sayso::cli::Failure;
use sayso::config::Config;
use sayso::demo::fixture;
use sayso::store;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(database) = std::env::args().nth(1) else {
        eprintln!("usage: authzen_fixture DATABASE_URL");
        return ExitCode::from(2);
    };
    match seed(database).await {
        Ok(key) => {
            println!("{key}");
            ExitCode::SUCCESS
        }
        Err(Failure(failure)) => {
            eprintln!("authzen_fixture: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn seed(database: String) -> Result<String, Failure> {
    let mut config = Config::load(Path::new("sayso.toml"))?;
    config.data.database = Some(database);
    let random = Random::system();
    // Before the database: where there is a key, and a database that it does not fit, nothing is made.
    let keys = config.own_keys(&random)?;
    let store = store::open(&config.database()).await;
    let store = store.map_err(|error| Failure(error.to_string()))?;
    let head = store.head().await;
    let head = head.map_err(|error| Failure(error.to_string()))?;
    if head.is_some_and(|head| head.size > 0) {
        let hint = "the database is not empty; nothing was changed";
        return Err(Failure(hint.to_owned()));
    }
    let clock = Arc::new(SystemClock::real());
    let app = App::start(store.clone(), clock, random, config.settings()?, keys).await?;
    let key = fixture::seed(&app, &*store).await?.expose();
    println!("The certification scenario's fixture is seeded. The key of its agent:");
    Ok(key)
}
