//! `sayso-gate conformance`: does a collector stop when it must?
//!
//! A mock server speaks the agent API, somebody's collector runs against it, and for each case of a script something
//! goes wrong. Whatever the collector captures after the stop and a budget is reported. A case is a row in
//! [`case::CASES`]; what it does to the wire stands in [`server`], what it does to the truth in [`scene`].
//! `docs/conformance.md` is the contract for those who write collectors.

pub mod answer;
pub mod args;
pub mod case;
pub mod collector;
pub mod corrupt;
pub mod reply;
pub mod report;
pub mod request;
pub mod scene;
pub mod server;
pub mod stage;
pub mod standing;
pub mod stream;
pub mod trial;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::client::moment::Clock;
use crate::domain::agent::AgentKey;

use super::{Random, say};
use args::Conformance;
use case::{CASES, Case};
use report::{Report, Verdict};
use trial::Settings;

/// About whom the mock's questions and events are.
pub const EMPLOYEE: &str = "E-1001";
/// For which programme.
pub const PROGRAM: &str = "conformance";
/// Which kind of data.
pub const CATEGORY: &str = "keystrokes";
/// In which app.
pub const APP: &str = "editor";
/// Where records say that the content went.
pub const DATASET: &str = "conformance";

/// Time allowed on top of the lease where no budget is given.
const MARGIN: Duration = Duration::from_secs(1);

/// Runs the script and prints what came of it. Returns the exit code: 0 if all passed, 1 if not, 2 if it could not be run.
pub async fn run(args: Conformance, clock: &Clock, random: &Random, out: &mut impl Write) -> u8 {
    if args.list {
        for case in &CASES {
            let _ = writeln!(out, "{:<22} {}", case.name, case.what);
        }
        return 0;
    }
    let cases = match chosen(&args.only) {
        Ok(cases) => cases,
        Err(unknown) => {
            say(&format!("there is no case {unknown}: --list shows them"));
            return 2;
        }
    };
    let lease = Duration::from_millis(args.lease);
    let settings = Settings {
        lease,
        budget: args.budget.map_or(lease + MARGIN, Duration::from_millis),
        command: args.command,
        clock: clock.clone(),
    };
    let settings = Arc::new(settings);
    let places = Arc::new(Semaphore::new(args.jobs));
    let mut trials = Vec::new();
    for case in cases {
        let (settings, places, key) = (settings.clone(), places.clone(), key(random));
        trials.push(tokio::spawn(async move {
            // Never closed.
            let _place = places.acquire_owned().await;
            trial::run(case, &settings, key).await
        }));
    }
    let mut verdicts: Vec<Verdict> = Vec::new();
    for trial in trials {
        match trial.await {
            Ok(Ok(verdict)) => {
                if !args.json {
                    let _ = write!(out, "{verdict}");
                    let _ = out.flush();
                }
                verdicts.push(verdict);
            }
            Ok(Err(error)) => {
                say(&format!("cannot run the collector: {error}"));
                return 2;
            }
            Err(error) => {
                say(&format!("a case broke off: {error}"));
                return 2;
            }
        }
    }
    let report = Report::new(&settings, verdicts);
    let _ = if args.json {
        let line = serde_json::to_string(&report).unwrap_or_default();
        writeln!(out, "{line}")
    } else {
        writeln!(out, "{report}")
    };
    u8::from(!report.passed)
}

/// The named cases in the script's order; all if none is named.
fn chosen(only: &[String]) -> Result<Vec<&'static Case>, &String> {
    let known = |name: &&String| CASES.iter().any(|case| case.name == name.as_str());
    if let Some(unknown) = only.iter().find(|name| !known(name)) {
        return Err(unknown);
    }
    let named = |case: &&Case| only.is_empty() || only.iter().any(|name| name == case.name);
    Ok(CASES.iter().filter(named).collect())
}

/// A key of its own for each case, so that a collector which meets another case's server is nobody there.
fn key(random: &Random) -> String {
    let (id, first, second) = (random(), random(), random());
    let mut short = [0; AgentKey::ID_BYTES];
    short.copy_from_slice(&id[..AgentKey::ID_BYTES]);
    let mut secret = [0; AgentKey::SECRET_BYTES];
    let (left, right) = secret.split_at_mut(first.len());
    left.copy_from_slice(&first);
    right.copy_from_slice(&second[..right.len()]);
    AgentKey::from_random(short, secret).expose()
}
