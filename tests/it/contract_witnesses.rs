//! The store's contract for witnesses of the log and for succession, judged on both databases.

use chrono::TimeDelta;
use sayso::ledger::hash::Hash;
use sayso::ledger::key::SignerKey;
use sayso::store::cosignatures::{Cosignature, Trouble, WitnessState};
use sayso::store::ledger::Forge;

use crate::database::on_both;
use crate::world::World;

fn line(witness: &str, line: &str, world: &World, seconds: i64) -> Cosignature {
    Cosignature {
        witness: witness.into(),
        line: line.into(),
        at: world.app.now() + TimeDelta::seconds(seconds),
    }
}

on_both!(
    publishing_and_cosigning_again_changes_nothing_but_a_later_time,
    |world: World| async move {
        let (store, now) = (&world.store, world.app.now());
        assert_eq!(store.published(1, 9).await.unwrap(), []);
        for (size, note) in [(3, "three"), (5, "five"), (3, "another three")] {
            store.publish(1, size, note, now).await.unwrap();
        }
        let published = store.published(1, 9).await.unwrap();
        let sizes: Vec<_> = published
            .iter()
            .map(|p| (p.size, p.checkpoint.as_str()))
            .collect();
        assert_eq!(sizes, [(5, "five"), (3, "three")]);
        assert_eq!(store.published(1, 1).await.unwrap().len(), 1);

        assert!(
            store
                .cosign(1, 4, &line("w", "x", &world, 0))
                .await
                .is_err(),
            "never published"
        );
        for (text, seconds) in [("first", 5), ("later", 9), ("earlier", 2)] {
            store
                .cosign(1, 3, &line("w", text, &world, seconds))
                .await
                .unwrap();
        }
        store
            .cosign(1, 3, &line("v", "v's", &world, 1))
            .await
            .unwrap();
        let lines = store.cosignatures(1, 3).await.unwrap();
        let lines: Vec<_> = lines.into_iter().map(|c| (c.witness, c.line)).collect();
        assert_eq!(
            lines,
            [("v".into(), "v's".into()), ("w".into(), "later".to_owned())]
        );

        assert_eq!(store.newest_witnessed(1).await.unwrap(), None);
        store.set_witnessed(1, 3, true).await.unwrap();
        assert_eq!(store.newest_witnessed(1).await.unwrap().unwrap().size, 3);
        store.set_witnessed(1, 3, false).await.unwrap();
        assert_eq!(store.newest_witnessed(1).await.unwrap(), None);
    }
);

on_both!(
    old_checkpoints_go_only_where_a_newer_witnessed_one_stands_in,
    |world: World| async move {
        let (store, now) = (&world.store, world.app.now());
        for size in [2, 3, 4, 5] {
            store.publish(1, size, "note", now).await.unwrap();
            store
                .cosign(1, size, &line("w", "l", &world, 0))
                .await
                .unwrap();
        }
        let later = now + TimeDelta::seconds(1);
        let left = async || {
            let published = world.store.published(1, 9).await.unwrap();
            published.iter().map(|p| p.size).collect::<Vec<_>>()
        };
        store.forget_published(later).await.unwrap();
        assert_eq!(left().await, [5, 4, 3, 2], "none of them is witnessed");
        store.set_witnessed(1, 4, true).await.unwrap();
        store.forget_published(now).await.unwrap();
        assert_eq!(left().await, [5, 4, 3, 2], "none of them is old");
        store.forget_published(later).await.unwrap();
        assert_eq!(left().await, [5, 4]);
        assert_eq!(store.cosignatures(1, 4).await.unwrap().len(), 1);
        assert_eq!(store.cosignatures(1, 3).await.unwrap(), []);
    }
);

on_both!(
    a_witness_in_trouble_keeps_what_it_cosigned_before,
    |world: World| async move {
        let (store, now) = (&world.store, world.app.now());
        let state = |cosigned, trouble| WitnessState {
            witness: "w".into(),
            cosigned,
            trouble,
            at: now,
        };
        store
            .heard(1, &state(None, Some((Trouble::Silent, "down".into()))))
            .await
            .unwrap();
        assert_eq!(store.witness_states(1).await.unwrap()[0].cosigned, None);
        store.heard(1, &state(Some((7, now)), None)).await.unwrap();
        for trouble in Trouble::ALL {
            let trouble = Some((trouble, "words".to_owned()));
            store.heard(1, &state(None, trouble.clone())).await.unwrap();
            let [known] = store.witness_states(1).await.unwrap().try_into().unwrap();
            assert_eq!(known, state(Some((7, now)), trouble));
        }
        store.heard(1, &state(Some((9, now)), None)).await.unwrap();
        assert_eq!(store.witness_states(1).await.unwrap()[0].trouble, None);
    }
);

on_both!(
    a_log_is_succeeded_once_under_a_new_name_beyond_its_positions,
    |world: World| async move {
        let world = &world;
        let held = world.store.head().await.unwrap().unwrap();
        let succeed = async |name: &str, base: u64| {
            let signer = SignerKey::new(name, [1; 32]).unwrap();
            let forge = Forge {
                signer: &signer,
                epoch_key: &crate::world::epoch_key(),
                fill: &|_| (),
            };
            world.store.succeed(&forge, base, "{}").await
        };
        assert!(
            succeed(&held.origin, 100).await.is_err(),
            "a name is used once"
        );
        assert!(
            succeed("new.example", held.size - 1).await.is_err(),
            "positions are used once"
        );
        succeed("new.example", 100).await.unwrap();
        assert!(succeed("new.example", 200).await.is_err());
        let head = world.store.head().await.unwrap().unwrap();
        assert_eq!(
            (head.base, head.size, head.origin.as_str()),
            (100, 1, "new.example")
        );
        assert_ne!(head.root, Hash::EMPTY_ROOT);
        let old = world.store.head_at(0).await.unwrap().unwrap();
        assert_eq!(
            (old.log, old.root, old.checkpoint),
            (held.log, held.root, held.checkpoint)
        );
    }
);
