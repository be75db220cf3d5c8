//! The store's contract for the log and for records, judged on both databases: each test here holds for SQLite and for PostgreSQL.

use sayso::domain::agent::AgentKind;
use sayso::domain::id::{FormId, RecordId};
use sayso::domain::record::{Record, Verdict};
use sayso::domain::request::Scope;
use sayso::ledger::hash::leaf_hash;
use sayso::ledger::note::Note;
use sayso::store::deliveries::{Delivery, Item};
use sayso::store::ledger::Forge;
use sayso::store::records::{Cursor, Range};
use sayso::store::write::{Refusal, Write};

use crate::database::on_both;
use crate::world::{World, at, epoch_key, keys};

on_both!(
    the_log_grows_by_whole_batches_with_contiguous_entries_and_a_signed_head,
    |world: World| async move {
        let head = world.store.head().await.unwrap().unwrap();
        assert_eq!(head.size, 1, "the log opens with its first public entry");
        let note = Note::parse(&head.checkpoint).unwrap();
        assert!(note.verify(&[keys().signer.verifier()]).is_ok());
        let world = world.with_company().await;
        let size = world.store.head().await.unwrap().unwrap().size;
        for index in 0..size {
            assert!(
                world.store.entry(1, index).await.unwrap().is_some(),
                "entry {index}"
            );
        }
        assert!(world.store.entry(1, size).await.unwrap().is_none());
        let tile = world.store.tile(1, 0, 0).await.unwrap().unwrap();
        let last = world.store.entry(1, size - 1).await.unwrap().unwrap();
        assert_eq!(tile[tile.len() - 32..], leaf_hash(&last).0);
    }
);

on_both!(
    a_log_of_another_origin_is_not_continued,
    |world: World| async move {
        let other = sayso::ledger::key::SignerKey::new("other.example/ledger", [7; 32]).unwrap();
        let forge = Forge {
            signer: &other,
            epoch_key: &epoch_key(),
            fill: &|buffer| buffer.fill(3),
        };
        assert!(world.store.open_log(&forge, world.app.now()).await.is_err());
    }
);

on_both!(
    a_refused_write_leaves_the_others_of_its_batch_alone,
    |world: World| async move {
        let world = world.with_company().await;
        let keys = keys();
        let forge = Forge {
            signer: &keys.signer,
            epoch_key: &epoch_key(),
            fill: &|buffer| buffer.fill(3),
        };
        let once = FormId::from_random([5; 16]);
        let write = |once: FormId| Write {
            once: Some(once),
            at: world.app.now(),
            changes: vec![],
        };
        let results = world
            .store
            .commit(
                &[
                    write(once),
                    write(once),
                    write(FormId::from_random([6; 16])),
                ],
                &forge,
            )
            .await
            .unwrap()
            .results;
        assert!(results[0].is_ok());
        assert_eq!(results[1].as_ref().unwrap_err(), &Refusal::Replayed);
        assert!(results[2].is_ok());
        let head = world.store.head().await.unwrap().unwrap();
        assert_eq!(results[2].as_ref().unwrap().log.seq(), head.seq());
    }
);

on_both!(
    pages_of_records_neither_repeat_nor_leave_out,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        let subject = world.subject("E1").await;
        // Many in the same instant: the id decides.
        let records: Vec<_> = (0..25_u8)
            .map(|id| Record {
                id: RecordId::from_random([id; 16]),
                ..world.record("E1", "keystrokes", if id < 20 { 60 } else { 30 })
            })
            .collect();
        let kept = |record: &Record| Item::Kept(subject, record.clone(), Verdict::Accepted);
        let delivery = Delivery {
            agent: agent.name.clone(),
            received_at: world.app.now(),
            key: None,
            items: records.iter().map(kept).collect(),
        };
        world.store.deliver(&[delivery]).await.unwrap();
        let range = Range {
            from: at("2026-11-01T00:00:00Z"),
            to: at("2026-12-01T00:00:00Z"),
            program: None,
            category: None,
        };
        let mut seen = Vec::new();
        let mut after: Option<Cursor> = None;
        loop {
            let page = world
                .store
                .records(&subject, &range, after.as_ref(), 7)
                .await
                .unwrap();
            let Some(last) = page.last() else { break };
            after = Some(Cursor {
                from: last.record.from,
                id: last.record.id,
            });
            seen.extend(page.into_iter().map(|row| row.record.id));
        }
        assert_eq!(seen.len(), 25);
        let mut distinct = seen.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 25);
        let buckets = world.store.buckets(&subject, &range).await.unwrap();
        assert_eq!(
            buckets
                .iter()
                .map(|bucket| (bucket.records, bucket.events, bucket.bytes))
                .collect::<Vec<_>>(),
            [(25, 175, 8025)]
        );
        let scope = Scope {
            program: None,
            category: Some("keystrokes".parse().unwrap()),
            from: None,
            to: world.app.now(),
        };
        assert_eq!(
            world.store.count_in_scope(&subject, &scope).await.unwrap(),
            25
        );
        let nobody = world.subject("E2").await;
        assert_eq!(
            world.store.count_in_scope(&nobody, &scope).await.unwrap(),
            0
        );
    }
);
