//! The store's contract for deliveries, judged on both databases: each test here holds for SQLite and for PostgreSQL.

use chrono::TimeDelta;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::delivery::ItemResult;
use sayso::domain::id::{AgentName, RecordId, SubjectId};
use sayso::domain::record::{Record, Verdict};
use sayso::domain::standing::Reason;
use sayso::store::deliveries::{Delivered, Delivery, Held, Item, Keyed};
use sayso::store::records::Range;

use crate::database::on_both;
use crate::world::{World, at};

fn november() -> Range {
    Range {
        from: at("2026-11-01T00:00:00Z"),
        to: at("2026-12-01T00:00:00Z"),
        program: None,
        category: None,
    }
}

/// An agent, and somebody to deliver about.
async fn scene(world: &World) -> (AgentName, SubjectId) {
    let (agent, _) = world.agent("desk", AgentKind::Collector).await;
    (agent.name, world.subject("E1").await)
}

fn delivery(world: &World, agent: &AgentName, items: Vec<Item>) -> Delivery {
    Delivery {
        agent: agent.clone(),
        received_at: world.app.now(),
        key: None,
        items,
    }
}

fn keyed(delivery: Delivery, key: &str, body: u8) -> Delivery {
    Delivery {
        key: Some(Keyed {
            key: key.parse().unwrap(),
            body_sha256: [body; 32],
        }),
        ..delivery
    }
}

/// How many records of somebody are accepted.
async fn accepted(world: &World, subject: &SubjectId) -> u64 {
    let buckets = world.store.buckets(subject, &november()).await.unwrap();
    buckets.iter().map(|bucket| bucket.records).sum()
}

on_both!(
    a_record_is_stored_once_and_keeps_its_first_verdict,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, subject) = scene(&world).await;
        let record = world.record("E1", "keystrokes", 60);
        let first = Verdict::Quarantined(Reason::Withdrawn);
        for verdict in [first, Verdict::Accepted] {
            let items = vec![Item::Kept(subject, record.clone(), verdict)];
            let delivered = world
                .store
                .deliver(&[delivery(&world, &agent, items)])
                .await;
            assert_eq!(delivered.unwrap(), [Ok(vec![first.into()])]);
        }
        let (rows, count) = world
            .store
            .quarantined(&subject, &november(), 10)
            .await
            .unwrap();
        assert_eq!(count, 1);
        assert_eq!(rows[0].record, record, "what comes back is what went in");
        assert_eq!(
            accepted(&world, &subject).await,
            0,
            "quarantined ones are not counted as captured"
        );
    }
);

on_both!(
    many_deliveries_at_once_are_answered_one_by_one,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, subject) = scene(&world).await;
        // More than fit into one statement, and neither a power of two nor in order.
        let records: Vec<_> = (0..333_u32)
            .map(|number| {
                let id = u128::from(number.wrapping_mul(2_654_435_761));
                Record {
                    id: RecordId::from_random(id.to_be_bytes()),
                    ..world.record("E1", "keystrokes", 60)
                }
            })
            .collect();
        let kept = |record: &Record| Item::Kept(subject, record.clone(), Verdict::Accepted);
        let mut items: Vec<_> = records.iter().map(kept).collect();
        let said = ItemResult::Quarantined(Reason::NoChoice);
        items.insert(100, Item::Said(said.clone()));
        let other = Record {
            events: 8,
            ..records[7].clone()
        };
        let deliveries = [
            delivery(&world, &agent, items),
            delivery(&world, &agent, vec![]),
            delivery(
                &world,
                &agent,
                vec![kept(&records[332]), kept(&other), kept(&records[0])],
            ),
        ];
        let delivered: Vec<Delivered> = world.store.deliver(&deliveries).await.unwrap();
        let first = delivered[0].as_ref().unwrap();
        assert_eq!(first.len(), 334);
        assert_eq!(first[100], said);
        assert!(
            (0..334)
                .filter(|place| *place != 100)
                .all(|place| first[place] == ItemResult::Accepted)
        );
        assert_eq!(delivered[1], Ok(vec![]));
        let last = delivered[2].as_ref().unwrap();
        assert_eq!(
            (&last[0], &last[2]),
            (&ItemResult::Accepted, &ItemResult::Accepted)
        );
        assert!(matches!(&last[1], ItemResult::Rejected(invalid) if invalid.field == "id"));
        assert_eq!(accepted(&world, &subject).await, 333);
    }
);

on_both!(
    a_key_answers_as_the_first_time_until_it_is_forgotten,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, subject) = scene(&world).await;
        let (other, _) = world.agent("other", AgentKind::Collector).await;
        let mut number = 0;
        let mut kept = || {
            number += 1;
            let record = Record {
                id: RecordId::from_random([number; 16]),
                ..world.record("E1", "keystrokes", 60)
            };
            Item::Kept(subject, record, Verdict::Accepted)
        };
        let quarantined = ItemResult::Quarantined(Reason::Withdrawn);
        let items = vec![kept(), Item::Said(quarantined.clone())];
        let deliver = async |delivery: Delivery| {
            let delivered = world.store.deliver(&[delivery]).await.unwrap();
            delivered.into_iter().next().unwrap()
        };
        let first = keyed(delivery(&world, &agent, items), "k", 1);
        let answer = Ok(vec![ItemResult::Accepted, quarantined]);
        assert_eq!(deliver(first.clone()).await, answer);
        assert_eq!(accepted(&world, &subject).await, 1);

        // Judged anew, it would be something else by now.
        let again = keyed(delivery(&world, &agent, vec![kept(), kept()]), "k", 1);
        assert_eq!(deliver(again.clone()).await, answer);
        let reused = keyed(delivery(&world, &agent, vec![kept()]), "k", 2);
        assert_eq!(deliver(reused.clone()).await, Err(Held::Reused));
        assert_eq!(accepted(&world, &subject).await, 1, "both changed nothing");

        // A key is one agent's own, and two of them in one transaction do not mix.
        let theirs = keyed(delivery(&world, &other.name, vec![kept()]), "k", 2);
        let both = [
            theirs,
            keyed(delivery(&world, &agent, vec![kept()]), "l", 3),
            reused,
        ];
        assert_eq!(
            world.store.deliver(&both).await.unwrap(),
            [
                Ok(vec![ItemResult::Accepted]),
                Ok(vec![ItemResult::Accepted]),
                Err(Held::Reused)
            ]
        );
        assert_eq!(accepted(&world, &subject).await, 3);

        let now = world.app.now();
        world.store.forget_deliveries(now).await.unwrap();
        assert_eq!(deliver(again).await, answer, "not yet");
        world
            .store
            .forget_deliveries(now + TimeDelta::seconds(1))
            .await
            .unwrap();
        let fresh = keyed(delivery(&world, &agent, vec![kept()]), "k", 2);
        assert_eq!(deliver(fresh).await, Ok(vec![ItemResult::Accepted]));
    }
);

on_both!(
    histories_are_those_of_the_people_asked_for,
    |world: World| async move {
        let world = world.with_company().await;
        for category in ["keystrokes", "screen_content"] {
            world.choose("E1", category, Answer::Give).await.unwrap();
            world.pass(1);
        }
        let ids = ["E1", "E2", "nobody"].map(|id| id.parse().unwrap());
        let histories = world.store.histories(&ids).await.unwrap();
        assert_eq!(histories.len(), 2, "nobody is not known");
        let (marit, rui) = (&histories[&ids[0]], &histories[&ids[1]]);
        assert_eq!(marit.subject, world.subject("E1").await);
        assert_eq!((marit.choices.len(), rui.choices.len()), (2, 0));
        assert_eq!(rui.unit, "Design");
        assert!(world.store.histories(&[]).await.unwrap().is_empty());
    }
);
