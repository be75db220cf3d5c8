//! `GET /api/v1/changes`: the long poll.

use std::time::Duration;

use chrono::TimeDelta;
use sayso::domain::change::What;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::agent_world::World;

async fn poll(world: &World, query: &str) -> Value {
    let path = format!("/api/v1/changes?{query}");
    let reply = world.get(&world.collector, &path).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(reply.headers["cache-control"], "no-store");
    reply.body
}

fn declared() -> What {
    What::Declared {
        program: "mci".parse().unwrap(),
    }
}

#[tokio::test]
async fn what_is_newer_is_answered_at_once() {
    let world = World::new().await;
    world.confirm(20);
    world.tell_choice(21, "E1", "keystrokes", false);
    world.tell_choice(22, "E2", "keystrokes", false);
    let answer = poll(&world, "after=20&wait=30").await;
    assert_eq!(answer["seq"], 22);
    assert_eq!(answer["time"], json!(world.now()));
    assert_eq!(
        (&answer["lease_ms"], &answer["resync"]),
        (&json!(5000), &json!(false))
    );
    let changes = answer["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[0]["type"], "choice.changed");
    assert_eq!(changes[0]["employee"], "E1");
    assert_eq!(
        poll(&world, "after=21").await["changes"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let one = poll(&world, "after=20&employees=E2").await;
    assert_eq!(one["changes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_news_it_waits_and_answers_with_nothing() {
    let world = World::new().await;
    world.confirm(20);
    let begun = Instant::now();
    let answer = poll(&world, "after=20&wait=1").await;
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(
        (&answer["seq"], &answer["changes"]),
        (&json!(20), &json!([]))
    );
    assert_eq!(poll(&world, "after=20").await["changes"], json!([]));
}

#[tokio::test]
async fn it_is_woken_by_a_change_that_concerns_it_and_not_by_another() {
    let world = World::new().await;
    world.confirm(20);
    let waiting = poll(&world, "after=20&wait=20&employees=E2");
    let telling = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        world.tell_choice(21, "E1", "keystrokes", false);
        tokio::time::sleep(Duration::from_millis(50)).await;
        world.tell_choice(22, "E2", "keystrokes", false);
    };
    let begun = Instant::now();
    let (answer, ()) = tokio::join!(waiting, telling);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(answer["changes"].as_array().unwrap().len(), 1);
    assert_eq!(answer["seq"], 22);
}

#[tokio::test]
async fn at_most_a_thousand_come_at_once_and_none_is_left_out() {
    let world = World::new().await;
    world.confirm(20);
    for seq in 21..1500 {
        world.tell_choice(seq, "E1", "keystrokes", false);
    }
    let (mut after, mut seen) = (20, Vec::new());
    while after < 1499 {
        let answer = poll(&world, &format!("after={after}")).await;
        let changes = answer["changes"].as_array().unwrap();
        assert!((1..=1000).contains(&changes.len()));
        seen.extend(changes.iter().map(|change| change["seq"].as_u64().unwrap()));
        after = answer["seq"].as_u64().unwrap();
        assert_eq!(seen.last(), Some(&after));
    }
    assert_eq!(seen, (21..1500).collect::<Vec<_>>());
}

#[tokio::test]
async fn whoever_is_too_late_or_ahead_starts_over() {
    let world = World::new().await;
    world.confirm(20);
    for after in [0, 19, 21] {
        let answer = poll(&world, &format!("after={after}&wait=30")).await;
        assert_eq!(
            (&answer["seq"], &answer["resync"], &answer["changes"]),
            (&json!(20), &json!(true), &json!([]))
        );
    }
}

#[tokio::test]
async fn what_owes_no_entry_is_told_to_those_who_wait_and_to_those_who_come_later() {
    let world = World::new().await;
    world.confirm(20);
    let telling = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        world.tell(20, declared());
    };
    let begun = Instant::now();
    let (answer, ()) = tokio::join!(poll(&world, "after=20&wait=20"), telling);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(answer["changes"][0]["type"], "program.changed");
    // It may have been published between two polls: it comes again, but is nothing to run after.
    let begun = Instant::now();
    let answer = poll(&world, "after=20&wait=1").await;
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(answer["changes"][0]["type"], "program.changed");
}

#[tokio::test]
async fn a_resync_reaches_those_who_wait_and_those_who_were_between_two_polls_only() {
    let world = World::new().await;
    world.confirm(20);
    let telling = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        world.tell(20, What::Resync);
    };
    let (answer, ()) = tokio::join!(poll(&world, "after=20&wait=20"), telling);
    assert_eq!(answer["resync"], true);
    assert_eq!(poll(&world, "after=20").await["resync"], true);
    world.pass(TimeDelta::seconds(11));
    world.confirm(20);
    assert_eq!(poll(&world, "after=20").await["resync"], false);
}

#[tokio::test]
async fn a_server_that_has_lost_touch_with_the_ledger_answers_nothing_to_rely_on() {
    let world = World::new().await;
    let early = world.get(&world.collector, "/api/v1/changes?after=0").await;
    assert_eq!(early.status, 503);
    world.confirm(20);
    world.pass(TimeDelta::seconds(2));
    let stale = world
        .get(&world.collector, "/api/v1/changes?after=20")
        .await;
    assert_eq!(stale.status, 503);
    assert_eq!(stale.body["type"], "urn:sayso:problem:not-ready");
}

#[tokio::test]
async fn what_is_not_a_position_or_a_wait_is_refused() {
    let world = World::new().await;
    world.confirm(20);
    for query in [
        "",
        "after=",
        "after=-1",
        "after=x",
        "after=20&wait=31",
        "after=20&wait=x",
    ] {
        let path = format!("/api/v1/changes?{query}");
        let reply = world.get(&world.collector, &path).await;
        assert_eq!(reply.status, 400, "{query}");
    }
    assert_eq!(
        world
            .get(&world.keeper, "/api/v1/changes?after=20")
            .await
            .status,
        403
    );
}
