//! After an erasure: what is gone from every file, what stays, and that nobody else notices.

use axum::http::StatusCode;
use sayso::app::{epochs, erasure, receipts};
use sayso::domain::choice::Answer;
use sayso::ledger::entry::{Entry, PublicType};
use sayso::ledger::hash::leaf_hash;
use sayso::ledger::receipt::Receipt;
use sayso::ledger::tree::Frontier;

use crate::database::on_both;
use crate::remains::{self, downloads, folders, holding, opening};
use crate::world::{World, keys};

const CATEGORIES: [&str; 4] = [
    "keystrokes",
    "mouse_movement",
    "click_location",
    "screen_content",
];

/// A company in which two people have said a good deal.
async fn outspoken(world: World) -> World {
    let world = world.with_company().await;
    for round in [Answer::Give, Answer::Refuse, Answer::Give] {
        for category in CATEGORIES {
            for person in ["E1", "E2"] {
                world.choose(person, category, round).await.unwrap();
                world.pass(1);
            }
        }
    }
    world
}

/// Every receipt verifies, and the head is that of the entries.
async fn everything_holds(world: &World, files: &[String]) {
    let vkey = [keys().signer.verifier()];
    for file in files {
        Receipt::parse(file).unwrap().verify(&vkey).unwrap();
    }
    let head = world.store.head().await.unwrap().unwrap();
    let mut tree = Frontier::default();
    for index in 0..head.size {
        let bytes = world.store.entry(index).await.unwrap().unwrap();
        tree.append(leaf_hash(&bytes));
    }
    assert_eq!(tree.root(), head.root);
}

async fn erase(world: &World, id: &str) -> sayso::store::erasure::Erased {
    let (erased, settled) = erasure::erase(&world.app, &id.parse().unwrap())
        .await
        .unwrap();
    assert!(settled);
    erased
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_no_file_of_the_database_holds_even_the_sealed_bytes() {
    let world = outspoken(World::new(crate::database::Kind::Sqlite).await).await;
    let rows = remains::rows(&world, "E1").await;
    let neighbour = remains::rows(&world, "E2").await;
    let folder = world.dir.path();
    let sealed = || rows.sealed.iter().map(|(_, bytes)| bytes);
    assert_eq!(rows.sealed.len(), 12);
    for bytes in sealed().chain([&rows.wrapped]) {
        assert!(!holding(folder, bytes).is_empty(), "the search finds it");
    }
    let secrets = remains::read(&folder.join("keys"), &rows).unwrap();
    for (name, needle) in secrets.needles() {
        let found = holding(folder, &needle);
        assert!(found.is_empty(), "{name} was never in the clear: {found:?}");
    }

    erase(&world, "E1").await;

    for bytes in sealed().chain([&rows.wrapped]) {
        let found = holding(folder, bytes);
        assert!(found.is_empty(), "{found:?}");
    }
    for bytes in neighbour.sealed.iter().map(|(_, bytes)| bytes) {
        assert!(!holding(folder, bytes).is_empty(), "others' stay");
    }
}

on_both!(
    a_backup_and_a_write_ahead_log_from_before_open_to_nobody_once_the_epoch_has_ended,
    |world: World| async move {
        let world = outspoken(world).await;
        let keys = world.dir.path().join("keys");
        // The world's first key is 32 equal bytes, which could be found anywhere. The next one is random.
        epochs::turn(&world.app).await.unwrap();
        let (backup, neighbour) = (
            remains::rows(&world, "E1").await,
            remains::rows(&world, "E2").await,
        );
        copy_database(&world);
        let old_key = remains::key_files(&keys)[0].1;

        // As long as the key is there, database and key together give everything away: the search can find it.
        let secrets = remains::read(&keys, &backup).expect("the key opens the backup");
        let unsealed = world.dir.path().join("unsealed");
        for (name, needle) in secrets.needles() {
            std::fs::write(&unsealed, &needle).unwrap();
            assert_eq!(
                holding(world.dir.path(), &needle),
                std::slice::from_ref(&unsealed),
                "{name}"
            );
        }
        std::fs::remove_file(&unsealed).unwrap();
        let sealed_somewhere = folders(&world).iter().any(|folder| {
            let mut sealed = backup.sealed.iter();
            sealed.any(|(_, bytes)| !holding(folder, bytes).is_empty())
        });
        assert!(sealed_somewhere, "the folders are those of the database");

        erase(&world, "E1").await;
        assert!(
            remains::read(&keys, &backup).is_some(),
            "a backup outlives an erasure until the epoch ends"
        );
        epochs::turn(&world.app).await.unwrap();

        for rows in [&backup, &neighbour] {
            assert!(remains::read(&keys, rows).is_none());
        }
        let mut needles = secrets.needles();
        needles.push(("the old epoch key", old_key.to_vec()));
        for folder in folders(&world) {
            for (name, needle) in &needles {
                let found = holding(&folder, needle);
                assert!(found.is_empty(), "{name} in {found:?}");
            }
        }
        let living = remains::rows(&world, "E2").await;
        assert!(
            remains::read(&keys, &living).is_some(),
            "the living are not locked out"
        );
        everything_holds(&world, &downloads(&world, "E2").await).await;
    }
);

/// A backup of the files, as a careless operator makes it: beside the original.
fn copy_database(world: &World) {
    let backup = world.dir.path().join("backup");
    std::fs::create_dir(&backup).unwrap();
    for file in ["sayso.sqlite", "sayso.sqlite-wal"] {
        let from = world.dir.path().join(file);
        if from.is_file() {
            std::fs::copy(from, backup.join(file)).unwrap();
        }
    }
}

on_both!(
    everyone_elses_receipts_verify_and_so_does_what_the_person_downloaded,
    |world: World| async move {
        let world = outspoken(world).await;
        let before = downloads(&world, "E2").await;
        let kept = downloads(&world, "E1").await;
        let size = world.store.head().await.unwrap().unwrap().size;
        let erased = erase(&world, "E1").await;
        assert_eq!((erased.gone.openings, erased.entry), (12, Some(size)));
        everything_holds(&world, &before).await;
        everything_holds(&world, &kept).await;
        let after = downloads(&world, "E2").await;
        assert_eq!(after.len(), 12);
        everything_holds(&world, &after).await;
        assert!(downloads(&world, "E1").await.is_empty());
    }
);

on_both!(
    the_public_count_tells_neither_whom_nor_how_much_one_person_said,
    |world: World| async move {
        let world = world.with_company().await;
        let mut documents = Vec::new();
        for (person, statements) in [("E1", 1), ("E2", 3)] {
            for category in &CATEGORIES[..statements] {
                world
                    .choose(person, category, Answer::Refuse)
                    .await
                    .unwrap();
            }
            let entry = erase(&world, person).await.entry.unwrap();
            let bytes = world.store.entry(entry).await.unwrap().unwrap();
            let Ok(Entry::Public { kind, document }) = Entry::parse(&bytes) else {
                panic!("not public")
            };
            assert_eq!(kind, PublicType::ErasureCount);
            documents.push(document);
        }
        assert_eq!(
            documents[0], documents[1],
            "one statement and three look alike on the same day"
        );
        let expected = Entry::public(
            PublicType::ErasureCount,
            br#"{"day":"2026-11-23","openings_at_most":10}"#,
        );
        let document = documents[0];
        assert_eq!(
            Entry::Public {
                kind: PublicType::ErasureCount,
                document
            },
            expected
        );
    }
);

on_both!(
    whoever_was_erased_stands_at_no_and_can_choose_again_under_a_fresh_key,
    |world: World| async move {
        let world = outspoken(world).await;
        let old = remains::rows(&world, "E1").await;
        let mut browser = world.signed_in("E1").await;
        erase(&world, "E1").await;
        for page in [
            "/",
            "/choices",
            "/activity",
            "/receipts",
            "/requests",
            "/notices",
            "/account",
        ] {
            assert_eq!(browser.get(page).await.status, StatusCode::OK, "{page}");
        }
        let entry = old.sealed[0].0;
        let gone = browser.get(&format!("/receipts/{entry}")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        let subject = world.subject("E1").await;
        assert!(
            world
                .store
                .choices(&subject, None)
                .await
                .unwrap()
                .is_empty()
        );

        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        let cards = receipts::receipts(&world.app, &subject).await.unwrap();
        assert_eq!(cards.len(), 1);
        assert_eq!(
            (cards[0].payload.seq, cards[0].payload.prev),
            (0, None),
            "a chain of its own"
        );
        let fresh = remains::rows(&world, "E1").await;
        let keys = world.dir.path().join("keys");
        let secrets = |rows| remains::read(&keys, rows).unwrap();
        assert_ne!(secrets(&old).dek, secrets(&fresh).dek);
        let file = downloads(&world, "E1").await.remove(0);
        assert_eq!(opening(&file), secrets(&fresh).openings[0]);
        everything_holds(&world, &[file]).await;
    }
);

on_both!(
    erasing_somebody_who_said_nothing_writes_nothing,
    |world: World| async move {
        let world = world.with_company().await;
        let size = world.store.head().await.unwrap().unwrap().size;
        let erased = erase(&world, "E1").await;
        assert_eq!(erased.entry, None);
        assert_eq!(world.store.head().await.unwrap().unwrap().size, size);
        let nobody = erasure::erase(&world.app, &"E99".parse().unwrap()).await;
        assert!(matches!(nobody, Err(sayso::app::error::Error::NotFound)));
    }
);
