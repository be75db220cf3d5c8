//! The smallest collector on the client library: events on standard input, and those that may be kept on standard output.
//!
//! `Watch::allows` answers from memory in nanoseconds, so there is one question for each event, and no answer to keep:
//!
//! ```text
//! SAYSO_SERVER=… SAYSO_AGENT_KEY=… cargo run --no-default-features --features gate --example guarded_collector
//! sayso-gate conformance -- target/debug/examples/guarded_collector
//! ```
//!
//! An event is a JSON object on a line with `employee`, `program`, `category`, `app` and `at`, as `sayso-gate filter`
//! takes it. `sidecar_collector` does the same through the sidecar's socket.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use chrono::DateTime;
use clap::Parser;
use sayso::client::address::Transport;
use sayso::client::moment::{Clock, Moment};
use sayso::client::watch::{Ask, Settings};
use sayso::client::{Client, Timeouts};
use sayso::domain::property::NOTHING;
use sayso::gate::event::Defaults;
use tokio::io::{AsyncBufReadExt as _, BufReader};

#[derive(Parser)]
struct Args {
    /// The server's address
    #[arg(long, env = "SAYSO_SERVER", value_name = "URL")]
    server: String,
    /// The agent's key
    #[arg(
        long,
        env = "SAYSO_AGENT_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    key: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let clock = system_clock();
    let client = Client::new(
        &args.server,
        &args.key.trim().parse()?,
        Timeouts::default(),
        Transport::Protected,
        clock.clone(),
    )?;
    // Nothing is kept here, so there is nothing to throw away when something has to stop.
    let random = Arc::new(rand::random::<[u8; 16]>);
    let watch = client.watch(Settings::default(), random, |_| std::future::ready(()))?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let Some(event) = Defaults::default().event(line.as_bytes(), clock().wall) else {
            continue;
        };
        let question = &event.question;
        let ask = Ask {
            employee: question.employee.as_str(),
            program: question.program.as_str(),
            category: question.category.as_str(),
            app: question.app.as_deref(),
            action: &NOTHING,
        };
        // Captured under the yes that holds now, and not under an earlier one or under none.
        let permit = watch.permit(&ask);
        if permit.is_ok_and(|permit| permit.since() <= event.at && permit.holds()) {
            writeln!(std::io::stdout(), "{line}")?;
        }
    }
    Ok(())
}

fn system_clock() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "this program's one look at the system's wall clock"
        )]
        let now = std::time::SystemTime::now();
        let wall = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(wall.as_secs()).unwrap_or_default();
        Moment::at(DateTime::from_timestamp(seconds, wall.subsec_nanos()).unwrap_or_default())
    })
}
