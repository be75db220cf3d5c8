//! A log that goes on under another name: new entries, old receipts, and chains of people across both.

use sayso::app::clock::Random;
use sayso::app::feeder::Feeder;
use sayso::app::receipts;
use sayso::app::settings::Settings;
use sayso::app::succession::{Insisted, succeed};
use sayso::app::writer::Keys;
use sayso::app::{App, choices};
use sayso::domain::choice::{Answer, ChoiceState};
use sayso::ledger::checkpoint::Level;
use sayso::ledger::key::{SignerKey, VerifierKey};
use sayso::ledger::receipt::Receipt;
use sayso::ledger::seal::EpochKey;

use crate::database::on_both;
use crate::watched::watched;
use crate::witness_process::{WitnessFolder, all_of};
use crate::world::{World, keys};

const NEW: &str = "ledger.brackwater.example/2";

on_both!(
    a_succeeded_log_takes_new_choices_and_old_receipts_still_verify,
    |world: World| async move {
        let world = world.with_company().await;
        let old_key = keys().signer.verifier();
        let council = WitnessFolder::new("council.example/w", &old_key).await;
        let up = council.serve().await;
        let witnessing = all_of(&[council.peer()]);
        let app = watched(&world, witnessing.clone()).await.unwrap();
        let subject = world.subject("E1").await;
        let given = world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        Feeder::new(&app).unwrap().unwrap().round().await.unwrap();
        world.pass(1);
        world
            .choose("E1", "mouse_movement", Answer::Give)
            .await
            .unwrap();
        let before = world.store.head().await.unwrap().unwrap();
        up.kill().await;

        let now = world.app.now();
        let no = Insisted::default();
        let refused = succeed(&*world.store, &keys(), &witnessing, NEW, no, now).await;
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("council.example/w cannot say"),
            "{refused}"
        );
        assert_eq!(world.store.head().await.unwrap().unwrap().log, before.log);
        let up = council.serve().await;
        let refused = succeed(&*world.store, &keys(), &witnessing, NEW, no, now).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("it can go on"), "{refused}");
        assert_eq!(world.store.head().await.unwrap().unwrap().log, before.log);
        let yes = Insisted {
            although_it_holds: true,
            ..no
        };
        let done = succeed(&*world.store, &keys(), &witnessing, NEW, yes, now)
            .await
            .unwrap();
        assert!(app.ready().await.is_err(), "the old server is out of work");
        assert_eq!(
            (done.held, done.witnessed),
            (before.size, Some(before.size - 1))
        );
        assert!(done.base > before.size);

        // The log of the old name takes nothing any more, whoever signs.
        assert!(
            choices::all_off(&app, &subject, world.form())
                .await
                .is_err()
        );
        let new_keys = Keys {
            signer: SignerKey::new(NEW, [1; 32]).unwrap(),
            epochs: EpochKey::new(1, [2; 32]).into(),
        };
        let settings = Settings {
            witnessing,
            ..Settings::default()
        };
        let (store, clock) = (world.store.clone(), world.clock.clone());
        let next = App::start(store, clock, Random::seeded(8), settings, new_keys)
            .await
            .unwrap();
        choices::all_off(&next, &subject, world.form())
            .await
            .unwrap();
        let history = choices::history(&next, &subject).await.unwrap();
        let off = history
            .iter()
            .filter(|event| event.state == ChoiceState::Withdrawn);
        let off: Vec<_> = off.map(|event| event.entry).collect();
        assert_eq!(off.len(), 2);
        assert!(off.iter().all(|entry| *entry > done.base));

        let new_key: VerifierKey = done.vkey.parse().unwrap();
        let (card, file) = receipts::receipt(&next, &subject, given.entry)
            .await
            .unwrap();
        let old_keys = [old_key.clone(), council.key.clone()];
        let verified = Receipt::parse(&file).unwrap().verify(&old_keys).unwrap();
        assert_eq!(verified.index, given.entry, "the first log begins at 0");
        assert!(matches!(card.level, Level::Witnessed { .. }), "as it was");
        assert_eq!(
            receipts::keys(&next, &card).await.unwrap()[0],
            old_key.to_string()
        );
        let (card, file) = receipts::receipt(&next, &subject, off[0]).await.unwrap();
        let verified = Receipt::parse(&file)
            .unwrap()
            .verify(std::slice::from_ref(&new_key))
            .unwrap();
        assert_eq!(verified.index, off[0] - done.base);
        assert_eq!(verified.checkpoint.origin, NEW);
        assert_eq!(card.level, Level::Logged);
        assert_eq!(
            receipts::keys(&next, &card).await.unwrap()[0],
            new_key.to_string()
        );
        // Her chain runs across both logs: nothing of it was dropped in between.
        let events = world.store.events(&subject).await.unwrap();
        let seqs: Vec<_> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, [0, 1, 2, 3]);
        let levels = receipts::receipts(&next, &subject).await.unwrap();
        let levels: Vec<_> = levels
            .iter()
            .map(|card| card.level == Level::Logged)
            .collect();
        assert_eq!(levels, [true, true, true, false], "newest first");
        drop(up);
    }
);
