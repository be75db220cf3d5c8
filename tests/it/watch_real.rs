//! The client and the real server: they mean the same by every change.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use sayso::app::acks::{self, Stop};
use sayso::app::choices;
use sayso::app::clock::{Clock as _, ManualClock, SystemClock};
use sayso::app::pauses;
use sayso::client::address::Transport;
use sayso::client::report::Outcome;
use sayso::client::watch::status::Way;
use sayso::client::watch::{Ask, Settings, Watch};
use sayso::client::{Client, Timeouts};
use sayso::domain::account::Role;
use sayso::domain::choice::Answer;
use sayso::domain::id::{FormId, RecordId};
use sayso::domain::record::Record;

use crate::agent_world::World;
use crate::watch_mock::{clock, random, until};

/// A world whose clock runs, a collector's client, and what follows for it.
async fn following() -> (World, Client, Watch, Arc<Mutex<Vec<String>>>) {
    let real = SystemClock::real();
    let world = World::with_clock(Arc::new(real), Arc::new(ManualClock::at(real.now()))).await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    world.choose("E2", "keystrokes", Answer::Give).await;
    let url = world.serve().await;
    world.app.standings().catch_up().await.unwrap();
    world.app.follow();
    let key = world.collector.parse().unwrap();
    let client = Client::new(
        &url,
        &key,
        Timeouts::default(),
        Transport::Protected,
        clock(),
    );
    let client = client.unwrap();
    let log = Arc::new(Mutex::new(Vec::new()));
    let purged = log.clone();
    let purge = move |stop: sayso::client::watch::stop::Stop| {
        purged.lock().unwrap().push(stop.reason.to_string());
        std::future::ready(())
    };
    let watch = client.watch(Settings::default(), random(), purge).unwrap();
    let start = tokio::time::Instant::now();
    while watch.status().connected != Some(Way::Stream) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?}",
            watch.status()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(yes(&watch, "E1") && yes(&watch, "E2") && !yes(&watch, "E3"));
    (world, client, watch, log)
}

fn yes(watch: &Watch, employee: &str) -> bool {
    watch.guard(employee, "mci", "keystrokes")
}

/// Who has confirmed that it stopped for E1's latest choice.
async fn confirmed(world: &World) -> Vec<String> {
    let subject = world.subject("E1").await;
    let history = choices::history(&world.app, &subject).await.unwrap();
    let event = history.last().unwrap();
    let stop = Stop {
        seq: event.entry + 1,
        at: event.at,
        program: event.program.clone(),
        category: Some(event.category.clone()),
        unit: None,
    };
    let known = acks::confirmations(&world.app, stop).await.unwrap();
    known
        .confirmed
        .iter()
        .map(|(agent, _)| agent.name.to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_arrives_at_once_and_the_server_knows_that_it_did() {
    let (world, client, watch, log) = following().await;
    let permit = watch.permit(&Ask::new("E1", "mci", "keystrokes")).unwrap();
    // The moment from which a yes counts is told up to a quarter of a second late.
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.choose("E1", "keystrokes", Answer::Refuse).await;
    let took = until(|| !yes(&watch, "E1")).await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(!permit.holds() && yes(&watch, "E2"));
    let start = tokio::time::Instant::now();
    while confirmed(&world).await != ["desk"] {
        assert!(start.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(*log.lock().unwrap(), ["withdrawn"]);
    let record = |from: chrono::DateTime<chrono::Utc>| Record {
        id: RecordId::from_random(random()()),
        employee: "E1".parse().unwrap(),
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        app: None,
        device: None,
        from,
        to: from,
        events: 1,
        bytes: 1,
        dataset: "mci-all".parse().unwrap(),
        digest: "0".repeat(64),
    };
    let now = SystemClock::real().now();
    let results = client
        .report(&[record(permit.since()), record(now)])
        .await
        .unwrap();
    assert_eq!(results[0].outcome, Outcome::Accepted, "captured with a yes");
    assert_eq!(results[1].outcome, Outcome::Quarantined("withdrawn".into()));
    world.choose("E1", "keystrokes", Answer::Give).await;
    until(|| yes(&watch, "E1")).await;
    assert!(!permit.holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_everybody_with_one_event() {
    let (world, _, watch, log) = following().await;
    let program = "mci".parse().unwrap();
    let reason = "A question came up.".parse().unwrap();
    let once = FormId::from_random([7; 16]);
    pauses::pause(&world.app, &program, Role::PrivacyOfficer, &reason, once)
        .await
        .unwrap();
    until(|| !yes(&watch, "E1") && !yes(&watch, "E2")).await;
    let why = watch
        .permit(&Ask::new("E1", "mci", "keystrokes"))
        .unwrap_err();
    assert_eq!(why.word(), "program_paused");
    until(|| *log.lock().unwrap() == ["program_paused"]).await;
    let declared = pauses::one(&world.app, &program).await.unwrap();
    let pause = pauses::of(&world.app, &declared).await.unwrap().unwrap();
    let start = tokio::time::Instant::now();
    while pauses::spread(&world.app, &pause)
        .await
        .unwrap()
        .took()
        .is_none()
    {
        assert!(start.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let spread = pauses::spread(&world.app, &pause).await.unwrap();
    assert!(spread.took().unwrap() < TimeDelta::seconds(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_a_no() {
    let (world, _, watch, log) = following().await;
    sayso::app::agents::revoke(&world.app, &"desk".parse().unwrap())
        .await
        .unwrap();
    let took = until(|| !yes(&watch, "E1")).await;
    assert!(took < Duration::from_millis(5500), "{took:?}");
    until(|| !log.lock().unwrap().is_empty()).await;
}
