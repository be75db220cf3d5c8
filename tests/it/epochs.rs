//! The end of an epoch: under load, with the wrong key, on two machines. Cut short: `epochs_cut.rs`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso::app::clock::Random;
use sayso::app::epochs::{self, Turned};
use sayso::app::writer::Keys;
use sayso::app::{App, choices};
use sayso::domain::choice::Answer;
use sayso::ledger::receipt::Receipt;
use sayso::ledger::seal::EpochKey;
use sayso::store;

use crate::database::on_both;
use crate::house::config;
use crate::remains::{downloads, key_files, rows};
use crate::world::{World, keys};

/// Another process on the same database and key folder: a command, or a second server.
pub async fn beside(world: &World) -> Result<App, sayso::app::error::Error> {
    let config = config(world.dir.path(), &world.url);
    started(world, config.keys(&Random::system()).unwrap()).await
}

pub async fn started(world: &World, keys: Keys) -> Result<App, sayso::app::error::Error> {
    let store = store::open(&world.url).await.unwrap();
    let (clock, random) = (world.clock.clone(), Random::system());
    App::start(
        store,
        clock,
        random,
        sayso::app::settings::Settings::default(),
        keys,
    )
    .await
}

pub fn folder(world: &World) -> PathBuf {
    world.dir.path().join("keys")
}

/// The numbers of the keys that are left.
pub fn left(world: &World) -> Vec<u64> {
    key_files(&folder(world))
        .into_iter()
        .map(|(number, _)| number)
        .collect()
}

pub async fn verified(world: &World, person: &str) -> usize {
    let files = downloads(world, person).await;
    for file in &files {
        let receipt = Receipt::parse(file).unwrap();
        receipt.verify(&[keys().signer.verifier()]).unwrap();
    }
    files.len()
}

on_both!(
    a_server_under_load_follows_another_processs_turns_without_losing_a_write,
    |world: World| async move {
        let world = Arc::new(world.with_company().await);
        let done = Arc::new(AtomicBool::new(false));
        let mut people = Vec::new();
        for person in ["E1", "E2", "E3", "E4"] {
            let (world, done) = (world.clone(), done.clone());
            people.push(tokio::spawn(async move {
                let (mut said, mut answer) = (0, Answer::Give);
                // The first words come while epochs turn: keys are made as well as used.
                while said < 20 || !done.load(Ordering::SeqCst) {
                    assert!(world.choose(person, "keystrokes", answer).await.is_some());
                    answer = match answer {
                        Answer::Give => Answer::Refuse,
                        Answer::Refuse => Answer::Give,
                    };
                    said += 1;
                }
                (person, said)
            }));
        }
        let command = beside(&world).await.unwrap();
        for epoch in 2..=6 {
            let turned = epochs::turn(&command).await.unwrap();
            assert!(matches!(turned, Turned::Anew { epoch: now, .. } if now == epoch));
            assert_eq!(left(&world), [epoch], "no other key is left");
        }
        done.store(true, Ordering::SeqCst);
        for person in people {
            let (person, said) = person.await.unwrap();
            assert_eq!(verified(&world, person).await, said, "{person}");
            assert_eq!(rows(&world, person).await.epoch, 6);
        }
        assert_eq!(world.store.wrapped_elsewhere(6).await.unwrap(), 0);
    }
);

on_both!(
    a_wrong_or_missing_key_is_said_at_the_start_and_nothing_is_wrapped_with_it,
    |world: World| async move {
        let world = world.with_company().await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        let given = |number, byte| Keys {
            signer: keys().signer,
            epochs: EpochKey::new(number, [byte; 32]).into(),
        };
        let refused = started(&world, given(1, 9))
            .await
            .err()
            .unwrap()
            .to_string();
        assert!(
            refused.contains("bring back the right key file"),
            "{refused}"
        );
        epochs::turn(&beside(&world).await.unwrap()).await.unwrap();
        let stale = started(&world, given(1, 2))
            .await
            .err()
            .unwrap()
            .to_string();
        assert!(stale.contains("the database is in epoch 2"), "{stale}");

        // The folder is lost while the server runs: a turn elsewhere stops its writes, and gives no receipt.
        let file = folder(&world).join("epoch-2.key");
        let away = world.dir.path().join("away");
        std::fs::rename(&file, &away).unwrap();
        let subject = world.subject("E2").await;
        let off = choices::all_off(&world.app, &subject, world.form()).await;
        assert!(off.is_err());
        std::fs::rename(&away, &file).unwrap();
        let off = choices::all_off(&world.app, &subject, world.form()).await;
        assert!(off.is_ok(), "{off:?}");
        assert_eq!(rows(&world, "E1").await.epoch, 2);
    }
);

on_both!(
    the_next_key_can_be_made_beforehand_for_other_machines,
    |world: World| async move {
        let world = world.with_company().await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        for _ in 0..2 {
            assert_eq!(epochs::prepare(&world.app).await.unwrap(), 2);
        }
        let made = key_files(&folder(&world));
        assert_eq!(made.len(), 2);
        world
            .choose("E2", "keystrokes", Answer::Give)
            .await
            .unwrap();
        assert_eq!(rows(&world, "E2").await.epoch, 1, "made is not begun");
        epochs::turn(&world.app).await.unwrap();
        assert_eq!(key_files(&folder(&world)), made[1..]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let file = folder(&world).join("epoch-2.key");
            let mode = std::fs::metadata(file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
);
