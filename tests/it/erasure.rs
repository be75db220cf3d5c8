//! After an erasure: what can still be found in files, write-ahead logs and backups.

use sayso::app::{epochs, erasure};
use sayso::domain::choice::Answer;
use sayso::ledger::hash::leaf_hash;
use sayso::ledger::receipt::Receipt;
use sayso::ledger::tree::Frontier;

use crate::database::on_both;
use crate::remains::{self, downloads, folders, holding};
use crate::world::{World, keys};

/// What the test company's programme captures.
pub const CATEGORIES: [&str; 4] = [
    "keystrokes",
    "mouse_movement",
    "click_location",
    "screen_content",
];

/// A company in which two people have said a good deal.
pub async fn outspoken(world: World) -> World {
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

/// Many others, in between whose words the first person goes on speaking: pages of the database split and move.
async fn crowd(world: &World) {
    let mut people = String::from("external_id,name,email,unit,locale\n");
    for number in 100..140 {
        people += &format!("E{number},Person {number},p{number}@brackwater.example,Crowd,en\n");
    }
    sayso::app::directory::import(&world.app, people.as_bytes())
        .await
        .unwrap();
    let mut answer = Answer::Refuse;
    for number in 100..140 {
        for category in &CATEGORIES[..3] {
            world
                .choose(&format!("E{number}"), category, Answer::Give)
                .await
                .unwrap();
        }
        world.choose("E1", "keystrokes", answer).await.unwrap();
        answer = if answer == Answer::Give {
            Answer::Refuse
        } else {
            Answer::Give
        };
    }
}

/// Every receipt verifies, and the head is that of the entries.
pub async fn everything_holds(world: &World, files: &[String]) {
    let vkey = [keys().signer.verifier()];
    for file in files {
        Receipt::parse(file).unwrap().verify(&vkey).unwrap();
    }
    let head = world.store.head().await.unwrap().unwrap();
    let mut tree = Frontier::default();
    for index in 0..head.size {
        let bytes = world.store.entry(1, index).await.unwrap().unwrap();
        tree.append(leaf_hash(&bytes));
    }
    assert_eq!(tree.root(), head.root);
}

pub async fn erase(world: &World, id: &str) -> sayso::store::erasure::Erased {
    let (erased, settled) = erasure::erase(&world.app, &id.parse().unwrap())
        .await
        .unwrap();
    assert!(settled);
    erased
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_no_file_of_the_database_holds_even_the_sealed_bytes() {
    let world = outspoken(World::new(crate::database::Kind::Sqlite).await).await;
    crowd(&world).await;
    let rows = remains::rows(&world, "E1").await;
    let neighbour = remains::rows(&world, "E2").await;
    let folder = world.dir.path();
    let sealed = || rows.sealed.iter().map(|(_, bytes)| bytes);
    assert_eq!(rows.sealed.len(), 12 + 40);
    // As a row of `choice` has it, in the clear.
    let choice = format!("{}mcikeystrokes", rows.subject).into_bytes();
    for bytes in sealed().chain([&rows.wrapped, &choice]) {
        assert!(!holding(folder, bytes).is_empty(), "the search finds it");
    }
    let secrets = remains::read(&folder.join("keys"), &rows).unwrap();
    for (name, needle) in secrets.needles() {
        let found = holding(folder, &needle);
        assert!(found.is_empty(), "{name} was never in the clear: {found:?}");
    }

    erase(&world, "E1").await;

    for bytes in sealed().chain([&rows.wrapped, &choice]) {
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
