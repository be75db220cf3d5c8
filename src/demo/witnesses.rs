//! The demo's two witnesses: the works council's and one outside the house, each with a folder, key and memory of its own.
//!
//! They are real witnesses that speak HTTP on this machine. What makes them worth anything elsewhere they lack here:
//! that somebody else runs them.

use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::app::clock::{Random, SystemClock};
use crate::app::witness::Witness;
use crate::cli::Failure;
use crate::cli::witness::{found, found_again};
use crate::config::WitnessAddress;
use crate::http;
use crate::ledger::key::VerifierKey;

/// Folder and name of each.
const WITNESSES: [(&str, &str); 2] = [
    (
        "witness-council",
        "works-council.brackwater.example/witness",
    ),
    ("witness-outside", "witness.openledgers.example"),
];

/// Starts them beside the server; where the log reaches them.
pub(super) async fn start(
    dir: &Path,
    log: &VerifierKey,
    clock: SystemClock,
    running: &mut JoinSet<()>,
) -> Result<Vec<WitnessAddress>, Failure> {
    let mut addresses = Vec::new();
    for (folder, name) in WITNESSES {
        let dir = dir.join(folder);
        let (memory, key) = if dir.join("witness.key").exists() {
            found_again(&dir).await?
        } else {
            found(&dir, name, &Random::system()).await?
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        addresses.push(WitnessAddress {
            url: format!("http://{}", listener.local_addr()?),
            vkey: key.verifier().to_string(),
            monitoring_url: None,
        });
        let witness = Witness::new(memory, key, vec![log.clone()], Arc::new(clock));
        running.spawn(async move {
            if let Err(error) = http::witness::serve(listener, witness).await {
                tracing::warn!(%error, name, "a witness of the demo has ended");
            }
        });
    }
    Ok(addresses)
}
