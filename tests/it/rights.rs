//! Requests and receipts through the application layer, on both databases.

use sayso::app::error::{Conflict, Error};
use sayso::app::receipts;
use sayso::app::records::ingest;
use sayso::app::requests::{Ask, attest, file, open_tasks, request};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::request::{Attestation, Outcome};
use sayso::ledger::payload::Statement;
use sayso::ledger::receipt::Receipt;

use crate::database::on_both;
use crate::world::{World, keys};

on_both!(
    a_request_is_complete_when_every_store_has_answered_and_not_before,
    |world: World| async move {
        let world = world.with_company().await;
        let (collector, _) = world.agent("desk", AgentKind::Collector).await;
        let (lake, _) = world.agent("lake", AgentKind::Store).await;
        let (tape, _) = world.agent("tape", AgentKind::Store).await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        world.pass(60);
        let kept = world.record("E1", "keystrokes", 30);
        ingest(&world.app, &collector, vec![Ok(kept.clone())])
            .await
            .unwrap();
        world.pass(1);
        let subject = world.subject("E1").await;
        let ask = Ask {
            category: Some("keystrokes".parse().unwrap()),
            ..Ask::default()
        };
        let filed = file(&world.app, &subject, &ask, Some(world.form()))
            .await
            .unwrap();
        assert_eq!(filed.tasks.len(), 2, "one in the lake, one on tape");
        assert!(matches!(
            open_tasks(&world.app, &collector).await,
            Err(Error::Denied)
        ));
        let task = open_tasks(&world.app, &lake).await.unwrap().remove(0).task;
        assert!(
            matches!(
                attest(
                    &world.app,
                    &tape,
                    &task.id,
                    answer(Outcome::NoMatch, 0, None)
                )
                .await,
                Err(Error::NotFound)
            ),
            "another store's task"
        );
        assert!(matches!(
            attest(
                &world.app,
                &lake,
                &task.id,
                answer(Outcome::Erased, 0, None)
            )
            .await,
            Err(Error::Invalid(_))
        ));
        let size = world.store.head().await.unwrap().unwrap().size;
        attest(
            &world.app,
            &lake,
            &task.id,
            answer(Outcome::Erased, 1, None),
        )
        .await
        .unwrap();
        attest(
            &world.app,
            &lake,
            &task.id,
            answer(Outcome::Erased, 1, None),
        )
        .await
        .unwrap();
        assert!(matches!(
            attest(
                &world.app,
                &lake,
                &task.id,
                answer(Outcome::NoMatch, 0, None)
            )
            .await,
            Err(Error::Conflict(Conflict::AlreadyAnswered))
        ));
        assert_eq!(
            world.store.head().await.unwrap().unwrap().size,
            size,
            "instructed is not erased"
        );
        assert!(
            request(&world.app, &subject, &filed.id)
                .await
                .unwrap()
                .completed_at
                .is_none()
        );
        assert!(
            sayso::app::activity::week(&world.app, &subject)
                .await
                .unwrap()
                .counts
                .is_empty(),
            "our own metadata went too"
        );
        let task = open_tasks(&world.app, &tape).await.unwrap().remove(0).task;
        attest(
            &world.app,
            &tape,
            &task.id,
            answer(Outcome::Failed, 0, Some("The drive does not answer.")),
        )
        .await
        .unwrap();
        assert!(
            request(&world.app, &subject, &filed.id)
                .await
                .unwrap()
                .completed_at
                .is_none(),
            "a failure is no answer"
        );
        attest(
            &world.app,
            &tape,
            &task.id,
            answer(Outcome::Retained, 0, Some("Legal hold 2026/4.")),
        )
        .await
        .unwrap();
        let done = request(&world.app, &subject, &filed.id).await.unwrap();
        assert!(done.completed_at.is_some());
        let other = world.subject("E2").await;
        assert!(matches!(
            request(&world.app, &other, &filed.id).await,
            Err(Error::NotFound)
        ));
        let receipts = receipts::receipts(&world.app, &subject).await.unwrap();
        assert!(
            matches!(&receipts[0].payload.statement, Statement::Completion(completion) if completion.results.len() == 2)
        );
        assert!(matches!(
            &receipts[1].payload.statement,
            Statement::Request(_)
        ));
    }
);

fn answer(outcome: Outcome, count: u64, reason: Option<&str>) -> Attestation {
    Attestation {
        outcome,
        count,
        reason: reason.map(Into::into),
    }
}

on_both!(
    every_receipt_verifies_offline_and_the_persons_chain_is_whole,
    |world: World| async move {
        let world = world.with_company().await;
        for (category, answer) in [
            ("keystrokes", Answer::Give),
            ("mouse_movement", Answer::Give),
            ("keystrokes", Answer::Refuse),
        ] {
            world.choose("E1", category, answer).await.unwrap();
            world.choose("E2", category, answer).await.unwrap();
        }
        let (subject, other) = (world.subject("E1").await, world.subject("E2").await);
        let mut prev = None;
        for (seq, card) in receipts::receipts(&world.app, &subject)
            .await
            .unwrap()
            .into_iter()
            .rev()
            .enumerate()
        {
            let (_, file) = receipts::receipt(&world.app, &subject, card.entry)
                .await
                .unwrap();
            let verified = Receipt::parse(&file)
                .unwrap()
                .verify(&[keys().signer.verifier()])
                .unwrap();
            let payload = verified.payload.unwrap();
            assert_eq!(
                (payload.seq, payload.prev, payload.subject),
                (seq as u64, prev, subject)
            );
            assert_eq!(payload, card.payload);
            prev = Some(verified.leaf);
            assert!(
                matches!(
                    receipts::receipt(&world.app, &other, card.entry).await,
                    Err(Error::NotFound)
                ),
                "somebody else's"
            );
        }
    }
);
