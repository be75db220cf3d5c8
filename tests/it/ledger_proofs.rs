//! Proofs over HTTP, and the served log beside the exported one.

use axum::http::StatusCode;
use sayso::ledger::hash::{Hash, sha256};
use sayso::ledger::proof::{verify_consistency, verify_inclusion};
use sayso::ledger::tile::{HASH, TileId, width_at};
use sayso::ledger::tree::Frontier;

use crate::database::{Kind, on_both};
use crate::ledger_http::{found, get};
use crate::ledger_world::files;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn proofs_hold_and_bad_numbers_are_told_what_to_do() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.grow_to(300).await;
    let mut frontier = Frontier::default();
    let mut roots = vec![frontier.root()];
    let mut leaves = Vec::new();
    for n in 0..2 {
        let (_, width) = width_at(n, 300);
        let tile = found(&world, &TileId { level: 0, n }.path(width)).await;
        for leaf in tile.chunks(HASH) {
            leaves.push(Hash::from_slice(leaf).unwrap());
            frontier.append(leaves[leaves.len() - 1]);
            roots.push(frontier.root());
        }
    }
    let lines =
        |text: String| -> Vec<Hash> { text.lines().map(|line| line.parse().unwrap()).collect() };
    for (index, size) in [
        (0, 1),
        (0, 300),
        (17, 200),
        (255, 256),
        (256, 257),
        (299, 300),
    ] {
        let path = format!("proof/inclusion?index={index}&size={size}");
        let answer = get(&world, &path).await;
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        let proof = lines(answer.text());
        let (at, of) = (
            usize::try_from(index).unwrap(),
            usize::try_from(size).unwrap(),
        );
        assert_eq!(
            verify_inclusion(&leaves[at], index, size, &proof, &roots[of]),
            Ok(())
        );
    }
    for (old, new) in [
        (0, 300),
        (1, 2),
        (17, 300),
        (255, 256),
        (256, 300),
        (300, 300),
    ] {
        let proof = lines(
            get(&world, &format!("proof/consistency?old={old}&new={new}"))
                .await
                .text(),
        );
        let root = |size: u64| &roots[usize::try_from(size).unwrap()];
        assert_eq!(
            verify_consistency(old, new, &proof, root(old), root(new)),
            Ok(())
        );
    }
    assert_eq!(
        get(&world, "proof/consistency?old=0&new=300").await.bytes,
        b""
    );
    for bad in [
        "inclusion",
        "inclusion?index=1",
        "inclusion?index=300&size=300",
        "inclusion?index=1&size=301",
        "inclusion?index=01&size=300",
        "inclusion?index=+1&size=300",
        "inclusion?index=1&index=1&size=300",
        "inclusion?index=x&size=300",
        "inclusion?index=0&size=0",
        "consistency?old=3&new=2",
        "consistency?old=3&new=301",
        "consistency?old=-1&new=3",
        "consistency?old=3&new=18446744073709551616",
    ] {
        let answer = get(&world, &format!("proof/{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert!(answer.text().trim_end().ends_with('.'), "{bad}: a sentence");
    }
}

on_both!(
    the_served_log_and_the_exported_one_are_the_same_bytes,
    |world: World| async move {
        let world = world.with_company().await;
        world.grow_to(200).await;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("log");
        world.export_to(&folder).await;
        world.grow_to(600).await;
        let done = world.export_to(&folder).await;
        assert!(done.kept > 0 && done.written > 0, "{done:?}");
        let all = files(&folder);
        for (path, file) in &all {
            let served = found(&world, path).await;
            assert_eq!(
                sha256(&served),
                sha256(&std::fs::read(file).unwrap()),
                "{path}"
            );
        }
        for expected in [
            "checkpoint",
            "log.vkey",
            "documents/1",
            "tile/0/001",
            "tile/0/002.p/88",
            "tile/1/000.p/2",
            "tile/entries/002.p/88",
        ] {
            assert!(all.iter().any(|(path, _)| path == expected), "{expected}");
        }
        assert_eq!(
            world.export_to(&folder).await.written,
            0,
            "nothing is left to do"
        );
    }
);
