//! A log under the eyes of real witnesses: how far receipts reach, and what a witness that is down does to them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sayso::app::clock::Random;
use sayso::app::error::Error;
use sayso::app::feeder::Feeder;
use sayso::app::settings::{Settings, Witnessing};
use sayso::app::{App, receipts, witnessed};
use sayso::domain::choice::Answer;
use sayso::ledger::checkpoint::{Checkpoint, Level};
use sayso::ledger::receipt::Receipt;
use sayso::store::cosignatures::Trouble;
use tower::ServiceExt as _;

use crate::database::on_both;
use crate::witness_process::{WitnessFolder, all_of};
use crate::world::{World, keys};

/// The application of the same company, with these witnesses.
pub async fn watched(world: &World, witnessing: Witnessing) -> Result<App, Error> {
    let settings = Settings {
        witnessing,
        ..Settings::default()
    };
    let (store, clock) = (world.store.clone(), world.clock.clone());
    App::start(store, clock, Random::seeded(7), settings, keys()).await
}

pub async fn two_witnesses() -> (WitnessFolder, WitnessFolder) {
    let log = keys().signer.verifier();
    (
        WitnessFolder::new("council.example/w", &log).await,
        WitnessFolder::new("outside.example/w", &log).await,
    )
}

async fn get(app: &App, path: &str) -> (StatusCode, String) {
    let router = sayso::http::router(app.clone(), std::path::Path::new("/nonexistent"), false);
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

on_both!(
    a_receipt_is_logged_at_once_and_witnessed_after_the_next_round,
    |world: World| async move {
        let world = world.with_company().await;
        let (council, outside) = two_witnesses().await;
        let running = (council.serve().await, outside.serve().await);
        let app = watched(&world, all_of(&[council.peer(), outside.peer()]))
            .await
            .unwrap();
        let feeder = Feeder::new(&app).unwrap().unwrap();
        let (status, _) = get(&app, "/ledger/checkpoint/witnessed").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "nobody was asked yet");
        let subject = world.subject("E1").await;
        let entry = world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap()
            .entry;
        let level = async || {
            receipts::receipts(&app, &subject).await.unwrap()[0]
                .level
                .clone()
        };
        assert_eq!(level().await, Level::Logged);

        feeder.round().await.unwrap();
        let Level::Witnessed { by } = level().await else {
            panic!("two of two have cosigned")
        };
        assert_eq!(by.len(), 2);
        let keys = [
            keys().signer.verifier(),
            council.key.clone(),
            outside.key.clone(),
        ];
        let (card, file) = receipts::receipt(&app, &subject, entry).await.unwrap();
        assert!(matches!(card.level, Level::Witnessed { .. }));
        let verified = Receipt::parse(&file).unwrap().verify(&keys).unwrap();
        assert_eq!(verified.witnesses.len(), 2);
        let (_, note) = get(&app, "/ledger/checkpoint/witnessed").await;
        assert_eq!(Receipt::parse(&file).unwrap().checkpoint, note);
        assert_eq!(
            get(&app, "/ledger/checkpoint").await.1,
            note,
            "of the same size"
        );

        // A later entry is not covered yet; the earlier one stays witnessed.
        world.pass(3);
        world
            .choose("E1", "mouse_movement", Answer::Give)
            .await
            .unwrap();
        assert_eq!(level().await, Level::Logged);
        let (earlier, _) = receipts::receipt(&app, &subject, entry).await.unwrap();
        assert!(matches!(earlier.level, Level::Witnessed { .. }));
        let newest = Checkpoint::open(&get(&app, "/ledger/checkpoint").await.1, &keys).unwrap();
        assert_eq!(newest.witnesses, [], "nobody has seen this size");
        feeder.round().await.unwrap();
        assert_eq!(
            level().await,
            Level::Logged,
            "the pace is the house's, not the log's"
        );
        world.pass(10);
        feeder.round().await.unwrap();
        assert!(matches!(level().await, Level::Witnessed { .. }));
        let watch = witnessed::watch(&app).await.unwrap();
        assert_eq!(watch.witnessed.unwrap().size, watch.size);
        assert!(
            watch
                .witnesses
                .iter()
                .all(|w| w.cosigned.unwrap().0 == watch.size)
        );
        drop(running);
    }
);

on_both!(
    a_witness_that_is_down_delays_the_second_level_and_nothing_else,
    |world: World| async move {
        let world = world.with_company().await;
        let (council, outside) = two_witnesses().await;
        let up = council.serve().await;
        outside.serve().await.kill().await;
        let app = watched(&world, all_of(&[council.peer(), outside.peer()]))
            .await
            .unwrap();
        let feeder = Feeder::new(&app).unwrap().unwrap();
        let subject = world.subject("E1").await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        feeder.round().await.unwrap();
        let level = async || {
            receipts::receipts(&app, &subject).await.unwrap()[0]
                .level
                .clone()
        };
        assert_eq!(level().await, Level::Logged, "one of two is not enough");
        let watch = witnessed::watch(&app).await.unwrap();
        assert!(watch.witnessed.is_none());
        assert!(watch.witnesses[0].trouble.is_none());
        let (trouble, words) = watch.witnesses[1].trouble.clone().unwrap();
        assert_eq!(trouble, Trouble::Silent, "{words}");
        // By a policy that needs only one of them, it counts.
        let mut any = all_of(&[council.peer(), outside.peer()]);
        let text = format!(
            "witness a {}\nwitness b {}\ngroup g any a b\nquorum g\n",
            council.key, outside.key
        );
        any.policy = Some(sayso::ledger::policy::Policy::parse(&text).unwrap());
        let lenient = watched(&world, any).await.unwrap();
        Feeder::new(&lenient)
            .unwrap()
            .unwrap()
            .recount()
            .await
            .unwrap();
        assert!(
            witnessed::watch(&lenient)
                .await
                .unwrap()
                .witnessed
                .is_some()
        );
        assert!(
            witnessed::watch(&app).await.unwrap().witnessed.is_none(),
            "what counts is the policy of whoever looks"
        );

        let back = outside.serve().await;
        feeder.round().await.unwrap();
        assert!(matches!(level().await, Level::Witnessed { .. }));
        assert!(
            witnessed::watch(&app).await.unwrap().witnesses[1]
                .trouble
                .is_none()
        );
        drop((up, back));
    }
);

on_both!(
    replicas_that_feed_the_same_witnesses_do_not_fight,
    |world: World| async move {
        let world = world.with_company().await;
        let (council, _) = two_witnesses().await;
        let up = council.serve().await;
        let witnessing = all_of(&[council.peer()]);
        let one = Feeder::new(&watched(&world, witnessing.clone()).await.unwrap())
            .unwrap()
            .unwrap();
        let two = Feeder::new(&watched(&world, witnessing).await.unwrap())
            .unwrap()
            .unwrap();
        for _ in 0..5 {
            world.choose("E1", "keystrokes", Answer::Give).await;
            world.choose("E1", "keystrokes", Answer::Refuse).await;
            let (a, b) = tokio::join!(one.round(), two.round());
            a.unwrap();
            b.unwrap();
            world.pass(10);
        }
        let app = watched(&world, all_of(&[council.peer()])).await.unwrap();
        Feeder::new(&app).unwrap().unwrap().round().await.unwrap();
        let watch = witnessed::watch(&app).await.unwrap();
        assert_eq!(watch.witnessed.unwrap().size, watch.size);
        assert!(!up.said().contains("REFUSED"), "{}", up.said());
    }
);
