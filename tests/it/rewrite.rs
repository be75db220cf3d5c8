//! The rewrite: somebody with the whole database and the signing key changes, drops, reorders or inserts one old event,
//! rebuilds everything and signs anew. The new log is whole in itself; whatever anybody kept from before convicts it.

use std::path::Path;

use sayso::app::fsck::fsck;
use sayso::app::receipts::receipts;
use sayso::http::router;
use sayso::ledger::hash::{leaf_hash, sha256};
use sayso::ledger::key::CosignerKey;
use sayso::ledger::note::Note;

use crate::ledger_world::Ran;
use crate::rewrite_world::{
    GATE, Kept, REWRITES, SAYSO, SIZE, TARGET, company, entries, rewrite, text,
};
use crate::world::{World, keys};

fn refused(ran: &Ran, what: &str) {
    assert_eq!(ran.code, Some(1), "{what}: {}", ran.words);
    assert!(
        ran.words
            .contains("DOES NOT VERIFY: THE LOG WAS REWRITTEN."),
        "{what}: {}",
        ran.words
    );
}

/// Every signed head that somebody kept, judged by the rewritten log.
async fn heads_part(world: &World, kept: &Kept, folder: &Path, what: &str) {
    for (size, file) in &kept.heads {
        let ran = world
            .verify(GATE, &[text(file), "--log", text(folder)])
            .await;
        if *size <= TARGET as u64 {
            assert_eq!(
                ran.code,
                Some(0),
                "{what} {}: {}",
                file.display(),
                ran.words
            );
            continue;
        }
        refused(&ran, what);
        let head = format!("the heads part at size {size}: root ");
        assert!(ran.words.contains(&head), "{what}: {}", ran.words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_kept_convicts_a_rewritten_log_that_is_whole_in_itself() {
    for (what, change) in REWRITES {
        let (world, kept) = company().await;
        rewrite(&world, change).await;
        let signed = fsck(world.store.as_ref(), &keys().signer.verifier(), &mut |_| {}).await;
        assert!(
            signed.is_ok(),
            "{what}: the rewrite is complete: {signed:?}"
        );
        // Life goes on.
        world.grow_to(SIZE + 20).await;
        let now = entries(&world).await;
        let now: Vec<_> = now.iter().map(|entry| leaf_hash(entry)).collect();
        let folder = kept.path("now");
        world.export_to(&folder).await;
        let whole = world.verify(SAYSO, &[text(&folder)]).await;
        assert_eq!(
            whole.code,
            Some(0),
            "{what}: nothing shows in the log alone: {}",
            whole.words
        );

        for (entry, size, file) in &kept.receipts {
            let alone = world.verify(SAYSO, &[text(file)]).await;
            assert_eq!(
                alone.code,
                Some(0),
                "the receipt stays good evidence: {}",
                alone.words
            );
            let ran = world
                .verify(SAYSO, &[text(file), "--log", text(&folder)])
                .await;
            let untouched = *size <= TARGET as u64;
            if untouched {
                assert_eq!(
                    ran.code,
                    Some(0),
                    "{what} {}: {}",
                    file.display(),
                    ran.words
                );
                continue;
            }
            refused(&ran, what);
            let head = format!("the heads part at size {size}: root ");
            assert!(
                ran.words.contains(&head),
                "{what} {}: {}",
                file.display(),
                ran.words
            );
            let at = usize::try_from(*entry).unwrap();
            let own = format!(
                "entry {entry} was changed: its leaf hash was {}, and the log now has {} there",
                kept.leaves[at], now[at]
            );
            assert_eq!(
                ran.words.contains(&own),
                kept.leaves[at] != now[at],
                "{what} {}: {}",
                file.display(),
                ran.words
            );
        }
        heads_part(&world, &kept, &folder, what).await;
        let first = format!(
            "the first that differs: entry {TARGET} was changed: its leaf hash was {}, and the log now has {} there",
            kept.leaves[TARGET], now[TARGET]
        );
        let ran = world
            .verify(SAYSO, &[text(&folder), "--earlier", text(&kept.export)])
            .await;
        refused(&ran, what);
        assert!(ran.words.contains(&first), "{what}: {}", ran.words);
        let (_, _, last) = kept.receipts.last().unwrap();
        let ran = world
            .verify(
                GATE,
                &[
                    text(last),
                    "--log",
                    text(&folder),
                    "--earlier",
                    text(&kept.export),
                ],
            )
            .await;
        refused(&ran, what);
        assert!(ran.words.contains(&first), "{what}: {}", ran.words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_lost_its_end_went_back() {
    let (world, kept) = company().await;
    rewrite(&world, |entries| entries.truncate(250)).await;
    let folder = kept.path("now");
    world.export_to(&folder).await;
    let (entry, _, last) = kept.receipts.last().unwrap();
    let ran = world
        .verify(SAYSO, &[text(last), "--log", text(&folder)])
        .await;
    refused(&ran, "truncated");
    assert!(
        ran.words.contains(&format!("entry {entry} is gone: the log now ends at size 250; the log went back from size 300 to 250")),
        "{}",
        ran.words
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_served_log_is_judged_as_a_folder_is() {
    let (world, kept) = company().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/ledger", listener.local_addr().unwrap());
    let router = router(world.app.clone(), Path::new("/no/such/folder"), false);
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (_, _, last) = kept.receipts.last().unwrap();
    world.grow_to(SIZE + 5).await;
    for program in [SAYSO, GATE] {
        let ran = world.verify(program, &[text(last), "--log", &url]).await;
        assert_eq!(ran.code, Some(0), "{}", ran.words);
        assert!(
            ran.words
                .contains("The log as it is now, with 305 entries, continues"),
            "{}",
            ran.words
        );
        let ran = world
            .verify(program, &[&url, "--earlier", text(&kept.export)])
            .await;
        assert_eq!(ran.code, Some(0), "{}", ran.words);
        assert!(ran.words.contains("All 305 entries"), "{}", ran.words);
    }
    rewrite(&world, REWRITES[0].1).await;
    let ran = world.verify(GATE, &[text(last), "--log", &url]).await;
    refused(&ran, "served");
    let ran = world
        .verify(SAYSO, &[&url, "--earlier", text(&kept.export)])
        .await;
    refused(&ran, "served");
    server.abort();
    let _ = server.await;
    let gone = world.verify(SAYSO, &[&url]).await;
    assert_eq!(gone.code, Some(2), "nobody answers: {}", gone.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_never_written_over_by_a_log_that_does_not_continue_it() {
    let (world, kept) = company().await;
    let before = sha256(&std::fs::read(kept.export.join("checkpoint")).unwrap());
    rewrite(&world, REWRITES[2].1).await;
    let refused = sayso::app::export::export(&world.app, &kept.export, &mut |_| {}).await;
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("that this log does not continue"), "{words}");
    let after = sha256(&std::fs::read(kept.export.join("checkpoint")).unwrap());
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_byte_of_an_exported_file_changed_is_named_by_the_program() {
    let (world, kept) = company().await;
    let all = crate::ledger_world::files(&kept.export);
    assert_eq!(
        receipts(&world.app, &world.subject("E1").await)
            .await
            .unwrap()
            .len() as u64,
        SIZE - 2
    );
    for (n, (path, file)) in all.iter().enumerate() {
        if path == "log.vkey" {
            continue;
        }
        let right = std::fs::read(file).unwrap();
        for at in [0, right.len() / 2 + n, right.len() - 1] {
            let mut wrong = right.clone();
            let at = at.min(right.len() - 1);
            wrong[at] ^= 2;
            std::fs::write(file, &wrong).unwrap();
            let ran = world.verify(SAYSO, &[text(&kept.export)]).await;
            assert_eq!(ran.code, Some(1), "byte {at} of {path}: {}", ran.words);
            let name = path.split(".p/").next().unwrap();
            assert!(
                ran.words.contains(name),
                "byte {at} of {path}: {}",
                ran.words
            );
        }
        std::fs::write(file, &right).unwrap();
    }
    let ran = world.verify(SAYSO, &[text(&kept.export)]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_asks_for_its_witnesses_and_what_they_signed_convicts_the_rewrite() {
    let (world, kept) = company().await;
    let witness = CosignerKey::new("council.example/witness", [5; 32]).unwrap();
    let policy = kept.path("policy");
    let lines = format!(
        "log {}\nwitness council {}\nquorum council\n",
        keys().signer.verifier(),
        witness.verifier()
    );
    std::fs::write(&policy, lines).unwrap();
    let (size, plain) = kept.heads.last().unwrap();
    let note = std::fs::read_to_string(plain).unwrap();
    let text_signed = Note::parse(&note).unwrap().text().to_owned();
    let witnessed = kept.path("witnessed");
    let line = witness.cosign(&text_signed, 1_795_000_000);
    std::fs::write(&witnessed, format!("{note}{line}")).unwrap();

    let by = ["--policy", text(&policy)];
    let ran = world
        .verify(SAYSO, &[&[text(plain)], &by[..]].concat())
        .await;
    assert_eq!(ran.code, Some(1), "{}", ran.words);
    let words = "too few witnesses of the policy signed the head at size 300: none";
    assert!(ran.words.contains(words), "{}", ran.words);
    let ran = world
        .verify(SAYSO, &[&[text(&witnessed)], &by[..]].concat())
        .await;
    assert_eq!(ran.code, Some(0), "{}", ran.words);
    assert!(
        ran.words.contains("council.example/witness"),
        "{}",
        ran.words
    );

    rewrite(&world, REWRITES[0].1).await;
    let folder = kept.path("now");
    world.export_to(&folder).await;
    let against = [text(&witnessed), "--log", text(&folder)];
    let ran = world.verify(GATE, &[&against, &by[..]].concat()).await;
    refused(&ran, "witnessed");
    let head = format!("the heads part at size {size}: root ");
    assert!(ran.words.contains(&head), "{}", ran.words);
}
