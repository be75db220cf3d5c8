//! What open streams cost: memory of the server for each, and its share of a core, heartbeats included.
//!
//! The real server runs as a process of its own; the streams are opened here, read, and counted, and the server is measured
//! from outside (`/proc`). `make bench-streams ARGS="--streams 10000"`.

mod process;
mod reader;

use std::time::Duration;

use clap::Parser;
use process::Server;
use reader::Readers;

/// What each stream may cost, in KiB, and all of them together, in a core.
const GOALS: (f64, f64) = (16.0, 0.30);

#[derive(Parser)]
struct Arguments {
    /// Streams to open.
    #[arg(long, default_value_t = 200)]
    streams: usize,
    /// Seconds for which they are watched.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let Arguments {
        streams, seconds, ..
    } = Arguments::parse();
    let server = Server::start().await;
    // Whatever the first requests need is there before anything is counted.
    let few = Readers::open(&server, 20).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = server.resident();
    drop(few);
    let readers = Readers::open(&server, streams).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let opened = server.resident();
    let (cpu, beats) = (server.cpu(), readers.heartbeats());
    let begun = std::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let span = begun.elapsed().as_secs_f64();
    let (cpu, beats) = (server.cpu() - cpu, readers.heartbeats() - beats);
    let after = server.resident();
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (count, kib) = (streams as f64, |bytes: u64| bytes as f64 / 1024.0);
    let each = (kib(opened.max(after)) - kib(before)) / count;
    let core = cpu / span;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let rate = beats as f64 / span / count;
    println!("{streams} streams, watched for {span:.1} s");
    println!(
        "memory      {:.0} KiB before, {:.0} KiB opened, {:.0} KiB after: {each:.1} KiB a stream (goal: at most {})",
        kib(before),
        kib(opened),
        kib(after),
        GOALS.0
    );
    println!(
        "processor   {cpu:.2} s in {span:.1} s: {:.1} % of a core (goal: at most {:.0} %)",
        core * 100.0,
        GOALS.1 * 100.0
    );
    println!("heartbeats  {beats}: {rate:.2} a second and stream");
    println!("still open  {} of {streams}", readers.open_now());
    assert_eq!(readers.open_now(), streams, "a stream was lost");
    assert!(
        rate > 0.8,
        "heartbeats are missing: what was measured is not what was promised"
    );
}
