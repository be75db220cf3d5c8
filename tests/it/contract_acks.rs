//! The store's contract for confirmations and for a programme's status, judged on both databases.

use chrono::TimeDelta;
use sayso::domain::account::Role;
use sayso::domain::agent::AgentKind;
use sayso::domain::program::ProgramStatus;
use sayso::ledger::entry::{Entry, PublicType};
use sayso::store::acks::Ack;
use sayso::store::ledger::Forge;
use sayso::store::write::{Change, Refusal, Write};

use crate::database::on_both;
use crate::world::{World, epoch_key, keys};

on_both!(
    the_first_confirmation_that_covers_a_position_is_found,
    |world: World| async move {
        let world = world.with_company().await;
        let desk = world.agent("desk", AgentKind::Collector).await.0.name;
        let lake = world.agent("lake", AgentKind::Both).await.0.name;
        let now = world.app.now();
        let ack = |agent: &sayso::domain::id::AgentName, seq, second| Ack {
            agent: agent.clone(),
            seq,
            at: now + TimeDelta::seconds(second),
        };
        let acks = [ack(&desk, 5, 1), ack(&desk, 9, 2), ack(&lake, 7, 3)];
        world.store.confirm(&acks).await.unwrap();
        // Whoever says it again does not move it.
        world.store.confirm(&[ack(&desk, 5, 8)]).await.unwrap();
        assert_eq!(
            world.store.confirmations(4).await.unwrap(),
            [ack(&desk, 5, 1), ack(&lake, 7, 3)]
        );
        assert_eq!(
            world.store.confirmations(8).await.unwrap(),
            [ack(&desk, 9, 2)]
        );
        assert_eq!(world.store.confirmations(10).await.unwrap(), []);
        let own = world.store.confirmation(&lake, 6).await.unwrap();
        assert_eq!(own, Some(ack(&lake, 7, 3)));
        assert_eq!(world.store.confirmation(&lake, 8).await.unwrap(), None);
        let later = now + TimeDelta::days(1);
        world.store.forget_confirmations(later).await.unwrap();
        assert_eq!(
            world.store.confirmations(4).await.unwrap(),
            [ack(&desk, 9, 2), ack(&lake, 7, 3)],
            "each one's latest stays"
        );
    }
);

on_both!(
    many_confirmations_are_kept_in_one_go,
    |world: World| async move {
        let world = world.with_company().await;
        let mut acks = Vec::new();
        for number in 0..150 {
            let (agent, _) = world
                .agent(&format!("desk-{number}"), AgentKind::Collector)
                .await;
            acks.push(Ack {
                agent: agent.name,
                seq: 3,
                at: world.app.now(),
            });
        }
        world.store.confirm(&acks).await.unwrap();
        assert_eq!(world.store.confirmations(3).await.unwrap().len(), 150);
        world.store.confirm(&[]).await.unwrap();
    }
);

on_both!(
    a_status_is_written_once_with_its_public_entry_and_never_before_the_one_it_follows,
    |world: World| async move {
        let world = world.with_company().await;
        let keys = keys();
        let forge = Forge {
            signer: &keys.signer,
            epoch_key: &epoch_key(),
            fill: &|buffer| buffer.fill(3),
        };
        let write = |program: &str, status| Write {
            once: None,
            // A server whose clock runs a day behind.
            at: world.app.now() - TimeDelta::days(1),
            changes: vec![Change::Status {
                program: program.parse().unwrap(),
                status,
                by: Role::Representative,
                reason: "Until it is explained.".into(),
            }],
        };
        let (active, paused) = (ProgramStatus::Active, ProgramStatus::Paused);
        let before = world.store.stamp().await.unwrap();
        let outcome = world
            .store
            .commit(
                &[
                    write("mci", active),
                    write("mci", paused),
                    write("mci", paused),
                    write("unknown", paused),
                    write("mci", active),
                ],
                &forge,
            )
            .await
            .unwrap();
        assert!(outcome.declarations, "whoever keeps standings looks again");
        let results = outcome.results;
        let refused: Vec<_> = results
            .iter()
            .map(|one| one.as_ref().err().copied())
            .collect();
        let so = Some(Refusal::AlreadySo);
        assert_eq!(refused, [so, None, so, Some(Refusal::NotFound), None]);
        assert_ne!(world.store.stamp().await.unwrap(), before);
        let program = world.store.programs().await.unwrap().remove(0);
        let statuses: Vec<_> = program
            .statuses
            .iter()
            .map(|change| change.status)
            .collect();
        assert_eq!(statuses, [active, paused, active]);
        assert!(program.statuses.is_sorted_by(|a, b| a.at < b.at));
        let notes = world
            .store
            .status_notes(&"mci".parse().unwrap())
            .await
            .unwrap();
        let kinds = [PublicType::ProgramResumed, PublicType::ProgramPaused];
        assert_eq!(notes.len(), kinds.len());
        for ((entry, note), kind) in notes.iter().zip(kinds) {
            let bytes = world.store.entry(1, *entry).await.unwrap().unwrap();
            let document = serde_json_canonicalizer::to_string(note).unwrap();
            assert_eq!(
                Entry::parse(&bytes).unwrap(),
                Entry::public(kind, document.as_bytes())
            );
            let change = program.statuses.iter().find(|change| change.at == note.at);
            assert_eq!(change.unwrap().status, note.status);
        }
    }
);
