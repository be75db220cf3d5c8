//! Records through the application layer, on both databases.

use sayso::app::records::{ItemResult, ingest};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::record::Record;
use sayso::domain::standing::Reason;

use crate::database::on_both;
use crate::world::World;

on_both!(
    records_are_judged_by_the_consent_at_capture_time,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        world.pass(60);
        let within = world.record("E1", "keystrokes", 30);
        world.pass(1);
        world
            .choose("E1", "keystrokes", Answer::Refuse)
            .await
            .unwrap();
        world.pass(60);
        let after = world.record("E1", "keystrokes", 30);
        let across = world.record("E1", "keystrokes", 90);
        let future = Record {
            to: world.app.now() + chrono::TimeDelta::minutes(5),
            ..world.record("E1", "keystrokes", 0)
        };
        let unknown = world.record("nobody", "keystrokes", 5);
        let foreign = Record {
            dataset: "mci-pointer".parse().unwrap(),
            ..world.record("E1", "keystrokes", 5)
        };
        let items = [within.clone(), after, across, future, unknown, foreign]
            .map(Ok)
            .to_vec();
        let results = ingest(&world.app, &agent, items.clone()).await.unwrap();
        assert_eq!(
            results[0],
            ItemResult::Accepted,
            "a late arrival is not a late capture"
        );
        assert_eq!(results[1], ItemResult::Quarantined(Reason::Withdrawn));
        assert_eq!(results[2], ItemResult::Quarantined(Reason::Withdrawn));
        assert!(matches!(&results[3], ItemResult::Rejected(invalid) if invalid.field == "to"));
        assert_eq!(
            results[4],
            ItemResult::Quarantined(Reason::NoChoice),
            "the unknown look like those who never chose"
        );
        assert!(matches!(&results[5], ItemResult::Rejected(invalid) if invalid.field == "dataset"));
        assert_eq!(
            ingest(&world.app, &agent, items).await.unwrap(),
            results,
            "sending it again changes nothing"
        );
        let week = sayso::app::activity::week(&world.app, &world.subject("E1").await)
            .await
            .unwrap();
        assert_eq!((week.counts.len(), week.quarantined), (1, 2));
        assert_eq!(week.last.unwrap().record, within);
    }
);

on_both!(
    an_id_that_names_another_record_is_refused,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        for person in ["E1", "E2"] {
            world
                .choose(person, "keystrokes", Answer::Give)
                .await
                .unwrap();
        }
        world.pass(60);
        let record = world.record("E1", "keystrokes", 30);
        let others = [
            Record {
                events: 8,
                ..record.clone()
            },
            Record {
                employee: "E2".parse().unwrap(),
                ..record.clone()
            },
            Record {
                category: "screen_content".parse().unwrap(),
                ..record.clone()
            },
        ];
        assert_eq!(
            ingest(&world.app, &agent, vec![Ok(record)]).await.unwrap(),
            [ItemResult::Accepted]
        );
        for other in others {
            let results = ingest(&world.app, &agent, vec![Ok(other)]).await.unwrap();
            assert!(
                matches!(&results[0], ItemResult::Rejected(invalid) if invalid.field == "id"),
                "{results:?}"
            );
        }
    }
);
