//! What an erasure means for the person, for everybody else, and for the log.

use axum::http::StatusCode;
use sayso::app::requests::{Ask, attest, file, open_tasks};
use sayso::app::{erasure, receipts};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::request::{Attestation, Outcome};
use sayso::ledger::entry::{Entry, PublicType};

use crate::database::on_both;
use crate::erasure::{CATEGORIES, erase, everything_holds, outspoken};
use crate::remains::{self, downloads, opening};
use crate::world::World;

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
            let bytes = world.store.entry(1, entry).await.unwrap().unwrap();
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

on_both!(
    an_order_to_delete_outlives_the_erasure_until_its_stores_have_answered,
    |world: World| async move {
        let world = world.with_company().await;
        let (lake, _) = world.agent("lake", AgentKind::Store).await;
        let (tape, _) = world.agent("tape", AgentKind::Store).await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        world.pass(1);
        let subject = world.subject("E1").await;
        let ask = Ask {
            category: Some("keystrokes".parse().unwrap()),
            ..Ask::default()
        };
        file(&world.app, &subject, &ask, None).await.unwrap();
        let gone = erase(&world, "E1").await.gone;
        assert_eq!((gone.openings, gone.open_requests), (2, 1));
        assert!(downloads(&world, "E1").await.is_empty());

        for store in [&lake, &tape] {
            let task = open_tasks(&world.app, store).await.unwrap().remove(0).task;
            let answer = Attestation {
                outcome: Outcome::NoMatch,
                count: 0,
                reason: None,
            };
            attest(&world.app, store, &task.id, answer).await.unwrap();
        }
        let files = downloads(&world, "E1").await;
        assert_eq!(files.len(), 1, "what became of it");
        everything_holds(&world, &files).await;
        let gone = erase(&world, "E1").await.gone;
        assert_eq!((gone.openings, gone.answered_requests), (1, 1));
        assert!(
            world
                .store
                .requests(&subject, None)
                .await
                .unwrap()
                .is_empty()
        );
    }
);

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_what_goes_and_asks_before_it_does_it() {
    let world = World::new(crate::database::Kind::Sqlite)
        .await
        .with_company()
        .await;
    world
        .choose("E1", "keystrokes", Answer::Give)
        .await
        .unwrap();
    let settings = world.dir.path().join("sayso.toml");
    let dir = world.dir.path().display();
    let text = format!(
        "[data]\ndir = \"{dir}\"\ndatabase = \"{}\"\nkeys = \"{dir}/keys\"\n[ledger]\norigin = \"{}\"\n",
        world.url,
        crate::house::ORIGIN
    );
    std::fs::write(&settings, text).unwrap();
    let sayso = |arguments: &[&str], typed: &str| {
        use std::io::Write as _;
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_sayso"))
            .arg("--config")
            .arg(&settings)
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(typed.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let (done, said) = sayso(&["ledger", "erase", "E1"], "no\n");
    assert!(
        !done && said.contains("what opens 1 statements") && said.contains("Nothing was changed"),
        "{said}"
    );
    assert_eq!(downloads(&world, "E1").await.len(), 1);
    let (done, said) = sayso(&["ledger", "erase", "E1"], "E1\n");
    assert!(
        done && said.contains("without saying whose it was"),
        "{said}"
    );
    assert!(
        downloads(&world, "E1").await.is_empty(),
        "the running server sees it"
    );
    let (done, _) = sayso(&["ledger", "erase", "E99", "--yes"], "");
    assert!(!done);

    world
        .choose("E2", "keystrokes", Answer::Give)
        .await
        .unwrap();
    let (done, said) = sayso(&["ledger", "rotate-epoch"], "");
    assert!(
        done && said.contains("Epoch 2 has begun: 1 people's keys"),
        "{said}"
    );
    world
        .choose("E1", "keystrokes", Answer::Give)
        .await
        .unwrap();
    for person in ["E1", "E2"] {
        everything_holds(&world, &downloads(&world, person).await).await;
        assert_eq!(remains::rows(&world, person).await.epoch, 2);
    }
}
