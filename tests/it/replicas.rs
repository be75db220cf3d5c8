//! Two servers on one database, each with a writer that remembers its own last batch.

use std::sync::Arc;

use sayso::app::choices::{Choosing, choose};
use sayso::app::clock::Random;
use sayso::app::settings::Settings;
use sayso::app::{App, chain, fsck};
use sayso::domain::choice::Answer;
use sayso::domain::employee::Locale;
use sayso::ledger::receipt::Receipt;
use sayso::store;

use crate::database::on_both;
use crate::world::{World, keys};

on_both!(
    what_one_server_remembers_is_forgotten_when_the_other_has_written,
    |world: World| async move {
        let world = world.with_company().await;
        let other = store::open(&world.url).await.unwrap();
        let (clock, random) = (world.clock.clone(), Random::seeded(77));
        let second = App::start(other, clock, random, Settings::default(), keys())
            .await
            .unwrap();
        let key = [keys().signer.verifier()];
        let people = [world.subject("E1").await, world.subject("E2").await];
        // The same person by turns here and there, and both people at once.
        for turn in 0..12 {
            let choosing = Choosing {
                program: "mci".parse().unwrap(),
                category: "keystrokes".parse().unwrap(),
                answer: if turn % 2 == 0 {
                    Answer::Give
                } else {
                    Answer::Refuse
                },
                notice_version: 1,
                language: Locale::En,
                conditions: None,
            };
            let (here, there) = if turn % 3 == 0 {
                (&world.app, &second)
            } else {
                (&second, &world.app)
            };
            let (one, two) = tokio::join!(
                choose(here, &people[0], &choosing, None),
                choose(there, &people[1], &choosing, None)
            );
            for chosen in [one.unwrap(), two.unwrap()] {
                let file = chosen.fresh.unwrap().receipt().unwrap();
                let verified = Receipt::parse(&file).unwrap().verify(&key).unwrap();
                assert_eq!(verified.index, chosen.event.unwrap().entry);
            }
        }
        for subject in &people {
            let all = chain::receipts(&second, subject).await.unwrap();
            assert_eq!(chain::check(&all).unwrap().receipts, 12);
        }
        let store = Arc::clone(&world.store);
        let judged = fsck::fsck(&*store, &key[0], &mut |_| {}).await;
        assert!(judged.is_ok(), "the log holds");
    }
);
