//! `POST /api/v1/acks`: collectors confirm that they have stopped.

use chrono::TimeDelta;
use sayso::app::acks::{Confirmations, Stop, confirmations};
use sayso::domain::agent::AgentKind;
use serde_json::{Value, json};

use crate::agent_world::World;

fn stopped(seq: u64) -> Value {
    json!({"seq": seq, "state": "stopped"})
}

async fn spread(world: &World, stop: &Stop) -> Confirmations {
    confirmations(&world.app, stop.clone()).await.unwrap()
}

fn stop(world: &World, seq: u64, category: Option<&str>) -> Stop {
    Stop {
        seq,
        at: world.now(),
        program: "mci".parse().unwrap(),
        category: category.map(|category| category.parse().unwrap()),
        unit: category.map(|_| "Optics".into()),
    }
}

fn names(confirmations: &Confirmations) -> (Vec<(&str, i64)>, Vec<&str>) {
    let confirmed = confirmations.confirmed.iter();
    let waiting = confirmations.waiting.iter();
    (
        confirmed
            .map(|(agent, after)| (agent.name.as_str(), after.num_milliseconds()))
            .collect(),
        waiting.map(|agent| agent.name.as_str()).collect(),
    )
}

#[tokio::test]
async fn the_first_confirmation_of_a_position_counts_and_covers_all_before_it() {
    let world = World::new().await;
    world.confirm(30);
    let stop = stop(&world, 21, Some("keystrokes"));
    assert_eq!(names(&spread(&world, &stop).await), (vec![], vec!["desk"]));
    world.pass(TimeDelta::milliseconds(400));
    let first = world.now();
    let reply = world
        .post(&world.collector, "/api/v1/acks", &stopped(25))
        .await;
    assert_eq!(
        (reply.status.as_u16(), reply.body),
        (200, json!({"seq": 25, "at": first}))
    );
    world.pass(TimeDelta::seconds(9));
    for seq in [25, 21, 3] {
        let reply = world
            .post(&world.collector, "/api/v1/acks", &stopped(seq))
            .await;
        assert_eq!(reply.body, json!({"seq": seq, "at": first}), "said before");
    }
    let later = world
        .post(&world.collector, "/api/v1/acks", &stopped(26))
        .await;
    assert_eq!(later.body["at"], json!(world.now()));
    let spread = spread(&world, &stop).await;
    assert_eq!(names(&spread), (vec![("desk", 400)], vec![]));
    assert_eq!(spread.took(), Some(TimeDelta::milliseconds(400)));
}

#[tokio::test]
async fn only_collectors_that_could_have_had_a_yes_are_asked_for() {
    let world = World::new().await;
    world.confirm(30);
    world.agent("keys", AgentKind::Both, &["keystrokes"]).await;
    world
        .agent("mice", AgentKind::Collector, &["mouse_movement"])
        .await;
    world.agent("gone", AgentKind::Collector, &[]).await;
    sayso::app::agents::revoke(&world.app, &"gone".parse().unwrap())
        .await
        .unwrap();
    let (keys, all) = (stop(&world, 21, Some("keystrokes")), stop(&world, 22, None));
    world.pass(TimeDelta::seconds(1));
    world.agent("late", AgentKind::Collector, &[]).await;
    assert_eq!(spread(&world, &keys).await.all(), 2);
    let pause = spread(&world, &all).await;
    assert_eq!(names(&pause).1, ["desk", "keys", "mice"]);
    assert_eq!(pause.leases_end, all.at + TimeDelta::seconds(5));
    assert_eq!(pause.took(), None);
}

#[tokio::test]
async fn many_confirm_in_the_same_moment_and_each_word_is_kept() {
    let world = World::new().await;
    world.confirm(30);
    let mut keys = vec![world.collector.clone()];
    for number in 0..40 {
        let name = format!("desk-{number:02}");
        keys.push(world.agent(&name, AgentKind::Collector, &[]).await);
    }
    let stop = stop(&world, 21, None);
    let confirming = keys.iter().enumerate().map(|(index, key)| {
        let body = stopped(21 + index as u64 % 3);
        let world = &world;
        async move { world.post(key, "/api/v1/acks", &body).await.status }
    });
    let answers = futures::future::join_all(confirming).await;
    assert!(answers.iter().all(|status| *status == 200));
    assert_eq!(spread(&world, &stop).await.confirmed.len(), 41);
}

#[tokio::test]
async fn what_is_no_confirmation_is_refused() {
    let world = World::new().await;
    let head = world.get(&world.collector, "/api/v1/snapshot").await.body["seq"]
        .as_u64()
        .unwrap();
    for body in [
        json!({}),
        json!({"seq": 1}),
        json!({"state": "stopped"}),
        json!({"seq": 1, "state": "running"}),
        json!({"seq": -1, "state": "stopped"}),
        json!({"seq": "1", "state": "stopped"}),
        json!([1]),
        stopped(head + 1),
    ] {
        let reply = world.post(&world.collector, "/api/v1/acks", &body).await;
        assert_eq!(reply.status, 400, "{body}");
    }
    assert_eq!(
        world
            .post(&world.keeper, "/api/v1/acks", &stopped(1))
            .await
            .status,
        403
    );
    let reply = world
        .post(&world.collector, "/api/v1/acks", &stopped(head))
        .await;
    assert_eq!(reply.status, 200);
}
