//! `GET /api/v1/stream`: where it begins, what each agent gets, the heartbeat, and what ends it.

use chrono::TimeDelta;
use sayso::app::agents;
use sayso::domain::agent::AgentKind;
use sayso::domain::change::What;
use serde_json::json;

use crate::agent_world::World;

#[tokio::test]
async fn a_stream_begins_with_the_position_of_the_snapshot_and_goes_on_with_each_change() {
    let world = World::new().await;
    world.confirm(20);
    let mut events = world.stream(&world.collector, "", None).await;
    assert_eq!(events.headers["content-type"], "text/event-stream");
    assert_eq!(events.headers["cache-control"], "no-store");
    assert_eq!(events.headers["x-accel-buffering"], "no");
    assert!(events.headers.get("content-encoding").is_none());
    let first = events.next().await.unwrap();
    assert_eq!(first.data, json!({"type": "snapshot", "seq": 20}));
    world.tell_choice(21, "E1", "keystrokes", true);
    world.tell_choice(22, "E1", "keystrokes", false);
    world.tell_pause(23, "mci");
    let at = world.now();
    assert_eq!(
        events.change().await.unwrap().data,
        json!({"type": "choice.changed", "seq": 21, "at": at, "employee": "E1", "program": "mci",
            "category": "keystrokes", "permit": {"since": at, "until": null, "conditions": []},
            "reason": "consent_given"})
    );
    let withdrawn = events.change().await.unwrap();
    assert_eq!(
        (withdrawn.id, withdrawn.kind.as_str()),
        (22, "choice.changed")
    );
    assert_eq!(withdrawn.data["permit"], json!(null));
    assert_eq!(withdrawn.data["reason"], "withdrawn");
    assert_eq!(
        events.change().await.unwrap().data,
        json!({"type": "program.paused", "seq": 23, "at": at, "program": "mci"})
    );
}

#[tokio::test]
async fn whoever_comes_back_gets_what_was_missed_and_nothing_twice() {
    let world = World::new().await;
    world.confirm(20);
    for seq in 21..24 {
        world.tell_choice(seq, "E1", "keystrokes", seq % 2 == 0);
    }
    let mut events = world.stream(&world.collector, "", Some("21")).await;
    for seq in [22, 23] {
        let event = events.change().await.unwrap();
        assert_eq!((event.id, event.kind.as_str()), (seq, "choice.changed"));
    }
    world.tell_pause(24, "mci");
    assert_eq!(events.change().await.unwrap().id, 24);
}

#[tokio::test]
async fn whoever_comes_back_too_late_or_from_elsewhere_starts_over() {
    let world = World::new().await;
    world.confirm(20);
    for last in ["19", "21", "-1", "latest", ""] {
        let mut events = world.stream(&world.collector, "", Some(last)).await;
        let first = events.next().await.unwrap();
        assert_eq!(
            first.data,
            json!({"type": "resync", "seq": 20}),
            "after {last:?}"
        );
    }
}

#[tokio::test]
async fn each_agent_hears_of_its_own_programmes_and_categories_and_of_whom_it_asks_for() {
    let world = World::new().await;
    world.confirm(20);
    let mice = world
        .agent("mice", AgentKind::Collector, &["mouse_movement"])
        .await;
    let mut all = world.stream(&world.collector, "", None).await;
    let mut second = world
        .stream(&world.collector, "?employees=E9,E2", None)
        .await;
    let mut mice = world.stream(&mice, "", None).await;
    for events in [&mut all, &mut second, &mut mice] {
        assert_eq!(events.change().await.unwrap().kind, "snapshot");
    }
    world.tell_choice(21, "E1", "keystrokes", false);
    world.tell_choice(22, "E2", "mouse_movement", false);
    world.tell_choice(23, "E2", "keystrokes", false);
    world.tell_pause(24, "another");
    world.tell(
        25,
        What::Declared {
            program: "mci".parse().unwrap(),
        },
    );
    let mut heard = Vec::new();
    for events in [&mut all, &mut second, &mut mice] {
        let mut ids = Vec::new();
        let declared = loop {
            let event = events.change().await.unwrap();
            ids.push(event.id);
            if event.kind == "program.changed" {
                break event.data["program"].clone();
            }
        };
        heard.push((ids, declared["categories"].clone()));
    }
    let both = json!(["keystrokes", "mouse_movement"]);
    assert_eq!(
        heard,
        [
            (vec![21, 22, 23, 25], both.clone()),
            (vec![22, 23, 25], both),
            (vec![22, 25], json!(["mouse_movement"])),
        ]
    );
}

#[tokio::test]
async fn a_heartbeat_comes_every_second_while_the_server_knows_the_head_and_then_no_more() {
    let world = World::new().await;
    world.confirm(20);
    let mut events = world.stream(&world.collector, "", None).await;
    assert_eq!(events.next().await.unwrap().kind, "snapshot");
    let begun = tokio::time::Instant::now();
    for _ in 0..2 {
        let beat = events.next().await.unwrap();
        assert_eq!(
            beat.data,
            json!({"type": "heartbeat", "seq": 20, "time": world.now(), "lease_ms": 5000})
        );
    }
    assert!(begun.elapsed().as_millis() < 2900, "{:?}", begun.elapsed());
    // The head was confirmed two seconds ago and not since.
    world.pass(TimeDelta::seconds(2));
    let silence = tokio::time::timeout(std::time::Duration::from_millis(2200), events.next());
    assert!(silence.await.is_err(), "a heartbeat without knowledge");
    world.confirm(21);
    assert_eq!(events.next().await.unwrap().id, 21);
}

#[tokio::test]
async fn a_heartbeat_never_runs_ahead_of_a_change_nor_behind_one() {
    let world = World::new().await;
    world.confirm(20);
    let mut events = world.stream(&world.collector, "", None).await;
    let app = world.app.clone();
    let now = world.now();
    let publisher = tokio::spawn(async move {
        for seq in 21..400 {
            let what = What::Status {
                program: "mci".parse().unwrap(),
                status: sayso::domain::program::ProgramStatus::Paused,
            };
            let change = sayso::domain::change::Change { seq, at: now, what };
            app.feed().publish(vec![change]);
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    });
    let mut last = 20;
    let mut beats = 0;
    while last < 399 {
        let event = events.next().await.unwrap();
        match event.kind.as_str() {
            "heartbeat" => {
                beats += 1;
                assert_eq!(event.id, last, "everything before it was sent");
            }
            "snapshot" => assert_eq!(event.id, 20),
            _ => {
                assert_eq!(event.id, last + 1);
                last = event.id;
            }
        }
    }
    assert!(beats > 0);
    publisher.await.unwrap();
}

#[tokio::test]
async fn the_stream_of_a_revoked_agent_and_of_a_rotated_key_ends_within_a_second_or_so() {
    let world = World::new().await;
    world.confirm(20);
    let name = "desk".parse().unwrap();
    let mut first = world.stream(&world.collector, "", None).await;
    world.pass(TimeDelta::milliseconds(10));
    let second = agents::rotate(&world.app, &name).await.unwrap().expose();
    let mut second = world.stream(&second, "", None).await;
    // The first key stays valid until the next rotation.
    for events in [&mut first, &mut second] {
        assert_eq!(events.next().await.unwrap().kind, "snapshot");
        assert_eq!(events.next().await.unwrap().kind, "heartbeat");
    }
    world.pass(TimeDelta::milliseconds(10));
    let third = agents::rotate(&world.app, &name).await.unwrap().expose();
    let begun = tokio::time::Instant::now();
    first.drain().await;
    assert!(begun.elapsed().as_millis() < 2500, "{:?}", begun.elapsed());
    assert_eq!(second.next().await.unwrap().kind, "heartbeat");
    let mut third = world.stream(&third, "", None).await;
    agents::revoke(&world.app, &name).await.unwrap();
    for events in [&mut second, &mut third] {
        events.drain().await;
    }
}

#[tokio::test]
async fn when_the_server_stops_every_stream_ends() {
    let world = World::new().await;
    world.confirm(20);
    let mut events = world.stream(&world.collector, "", None).await;
    assert_eq!(events.next().await.unwrap().kind, "snapshot");
    world.app.heart().close();
    events.drain().await;
}

#[tokio::test]
async fn a_store_gets_no_stream_and_nobody_gets_one_before_the_feed_has_begun() {
    let world = World::new().await;
    let early = world.get(&world.collector, "/api/v1/stream").await;
    assert_eq!(early.status, 503);
    assert_eq!(early.body["type"], "urn:sayso:problem:not-ready");
    world.confirm(20);
    assert_eq!(world.get(&world.keeper, "/api/v1/stream").await.status, 403);
    let many = format!("/api/v1/stream?employees={}", vec!["E1"; 101].join(","));
    for path in [
        "/api/v1/stream?employees=",
        "/api/v1/stream?employees=E1,,E2",
        &many,
    ] {
        let reply = world.get(&world.collector, path).await;
        assert_eq!(reply.status, 400, "{path}");
        assert_eq!(reply.body["errors"][0]["pointer"], "/employees");
    }
}
