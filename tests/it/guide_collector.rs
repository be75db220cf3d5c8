//! The Rust block of `docs/agents.md`, word for word (`guide.rs` compares them), so that it compiles and can be run.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sayso::client::address::Transport;
use sayso::client::moment::Clock;
use sayso::client::pace::Random;
use sayso::client::report::Outcome;
use sayso::client::watch::{Ask, Settings};
use sayso::client::{Client, Timeouts};
use sayso::domain::id::RecordId;
use sayso::domain::record::Record;

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub async fn collect(
    url: &str,
    key: &str,
    clock: Clock,
    random: Random,
) -> Result<Outcome, Failure> {
    let client = Client::new(
        url,
        &key.parse()?,
        Timeouts::default(),
        Transport::Protected,
        clock,
    )?;
    let captured = Arc::new(Mutex::new(Vec::new()));
    let unsent = captured.clone();
    let settings = Settings {
        employees: vec!["BW-1042".parse()?],
        ..Settings::default()
    };
    let watch = client.watch(settings, random.clone(), move |_stop| {
        // The guard says no already. What was captured and not sent goes; then the client confirms.
        unsent.lock().unwrap().clear();
        async {}
    })?;

    let ask = Ask::new("BW-1042", "mci", "mouse_movement").within("browser");
    let mut changes = watch.changes();
    while !watch.allows(&ask) {
        changes.changed().await;
    }
    let from = client.now();
    for point in 0..5 {
        if watch.allows(&ask) {
            captured.lock().unwrap().push(point); // where your own code looks at the pointer
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let points = captured.lock().unwrap().len() as u64;
    let record = Record {
        id: RecordId::from_random(random()),
        employee: "BW-1042".parse()?,
        program: "mci".parse()?,
        category: "mouse_movement".parse()?,
        app: Some("browser".into()),
        device: Some("A laptop on my desk".into()),
        from,
        to: client.now(),
        events: points,
        bytes: points,
        dataset: "mci-pointer".parse()?,
        digest: "0".repeat(64), // SHA-256 of the content that you stored
    };
    let results = client.report(&[record]).await?;
    results
        .into_iter()
        .next()
        .map(|result| result.outcome)
        .ok_or_else(|| "no result".into())
}
