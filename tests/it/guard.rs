//! What a restored, cloned or changed database may not do: sign.

use sayso::app::callers::Caller;
use sayso::app::feeder::Feeder;
use sayso::app::settings::Witnessing;
use sayso::app::witnessed;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::store::cosignatures::Trouble;

use crate::database::on_both;
use crate::watched::{two_witnesses, watched};
use crate::witness_process::all_of;
use crate::world::World;

on_both!(
    of_two_databases_of_one_log_the_witness_follows_one_and_the_guard_stops_the_other,
    |world: World| async move {
        let world = world.with_company().await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        // The other one has the same keys and its own course of events: a clone, or a restored backup.
        let subject = world.subject("E1").await;
        let kind = if world.url.starts_with("sqlite:") {
            crate::database::Kind::Sqlite
        } else {
            crate::database::Kind::Postgres
        };
        let clone = World::new(kind).await;
        let (council, _) = two_witnesses().await;
        let up = council.serve().await;
        let witnessing = all_of(&[council.peer()]);
        let app = watched(&world, witnessing.clone()).await.unwrap();
        let cloned = watched(&clone, witnessing.clone()).await.unwrap();
        Feeder::new(&app).unwrap().unwrap().round().await.unwrap();

        let feeder = Feeder::new(&cloned).unwrap().unwrap();
        let trouble = async || {
            let watch = witnessed::watch(&cloned).await.unwrap();
            assert!(watch.witnessed.is_none());
            watch.witnesses[0].trouble.clone().unwrap()
        };
        feeder.round().await.unwrap();
        assert_eq!(
            trouble().await.0,
            Trouble::Ahead,
            "409, beyond what is here"
        );
        let halted = cloned.ready().await.unwrap_err().to_string();
        assert!(halted.contains("BEHIND ITS WITNESS"), "{halted}");
        assert!(app.ready().await.is_ok());
        assert!(
            sayso::app::choices::all_off(&cloned, &subject, clone.form())
                .await
                .is_err(),
            "nothing is signed any more"
        );
        let question = sayso::domain::question::Question::about("E1", "mci", "keystrokes");
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        let agent = Caller::new(agent, None);
        let asked = std::slice::from_ref(&question);
        assert!(
            sayso::app::check::evaluate(&cloned, &agent, asked)
                .await
                .is_err(),
            "and nobody is told yes"
        );
        let told = sayso::app::check::evaluate(&app, &agent, asked)
            .await
            .unwrap();
        assert!(told[0].standing.permits(), "the log that holds goes on");
        let refused = watched(&clone, witnessing.clone())
            .await
            .err()
            .unwrap()
            .to_string();
        assert!(refused.contains("BEHIND ITS WITNESS"), "{refused}");
        assert!(
            refused.contains("sayso ledger succeed --origin"),
            "{refused}"
        );

        let clone = clone.with_company().await;
        clone
            .choose("E2", "keystrokes", Answer::Give)
            .await
            .unwrap();
        clone.pass(20);
        feeder.round().await.unwrap();
        let (kind, words) = trouble().await;
        assert_eq!(kind, Trouble::Contradicts, "{words}");
        assert!(words.contains("422"), "{words}");
        let refused = watched(&clone, witnessing.clone())
            .await
            .err()
            .unwrap()
            .to_string();
        assert!(refused.contains("CONTRADICTS ITS WITNESS"), "{refused}");
        assert!(up.said().contains("REFUSED"));

        // The one that the witness follows starts, and still does when the witness is down.
        assert!(watched(&world, witnessing.clone()).await.is_ok());
        up.kill().await;
        assert!(watched(&world, witnessing).await.is_ok());
    }
);

on_both!(
    a_database_that_was_changed_is_not_signed_on,
    |world: World| async move {
        let world = world.with_company().await;
        assert!(watched(&world, Witnessing::default()).await.is_ok());
        for (sql, back, words) in [
            (
                "update log set size = size + 1",
                "update log set size = size - 1",
                "frontier",
            ),
            (
                "update tile set n = n + 1 where level = 0",
                "update tile set n = n - 1 where level = 0",
                "tiles",
            ),
            (
                "update log set checkpoint = checkpoint || 'x'",
                "update log set size = size",
                "checkpoint",
            ),
        ] {
            crate::ledger::raw(&world, sql).await.unwrap();
            let refused = watched(&world, Witnessing::default())
                .await
                .err()
                .unwrap()
                .to_string();
            assert!(
                refused.contains("DOES NOT HOLD") && refused.contains(words),
                "{refused}"
            );
            crate::ledger::raw(&world, back).await.unwrap();
        }
    }
);
