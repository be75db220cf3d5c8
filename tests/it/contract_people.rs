//! The store's contract for people, sessions and agents, judged on both databases: each test here holds for SQLite and for PostgreSQL.

use chrono::TimeDelta;
use sayso::domain::account::Role;
use sayso::domain::agent::AgentKind;
use sayso::store::sessions::SessionRow;

use crate::database::on_both;
use crate::world::World;

on_both!(
    an_import_adds_then_updates_and_keeps_the_subject_id,
    |world: World| async move {
        let world = world.with_company().await;
        let before = world.subject("E1").await;
        let mut person = world.store.employee(&before).await.unwrap().unwrap();
        person.name = "Marit van Osterkamp".into();
        person.subject = sayso::domain::id::SubjectId::from_random([9; 16]);
        let imported = world
            .store
            .import(&[person], world.app.now())
            .await
            .unwrap();
        assert_eq!((imported.added, imported.updated), (0, 1));
        assert_eq!(world.subject("E1").await, before);
        assert_eq!(
            world.store.employee(&before).await.unwrap().unwrap().name,
            "Marit van Osterkamp"
        );
        assert_eq!(world.store.employees().await.unwrap().len(), 5);
    }
);

on_both!(
    an_import_that_fails_halfway_imports_nothing,
    |world: World| async move {
        let world = world.with_company().await;
        let mut people = world.store.employees().await.unwrap();
        people.truncate(2);
        people[0].name = "Changed".into();
        // The second one takes the first one's address: the database refuses, and the first row must not stay.
        people[1].email = people[0].email.clone();
        assert!(world.store.import(&people, world.app.now()).await.is_err());
        assert!(
            world
                .store
                .employees()
                .await
                .unwrap()
                .iter()
                .all(|person| person.name != "Changed")
        );
    }
);

on_both!(
    roles_are_given_once_and_taken_away,
    |world: World| async move {
        let world = world.with_company().await;
        let subject = world.subject("E2").await;
        for _ in 0..2 {
            world
                .store
                .set_role(&subject, Role::Auditor, true, world.app.now())
                .await
                .unwrap();
        }
        assert_eq!(
            world.store.account(&subject).await.unwrap().unwrap().roles,
            [Role::Auditor]
        );
        world
            .store
            .set_role(&subject, Role::Auditor, false, world.app.now())
            .await
            .unwrap();
        assert!(
            world
                .store
                .account(&subject)
                .await
                .unwrap()
                .unwrap()
                .roles
                .is_empty()
        );
    }
);

on_both!(
    a_session_that_ended_cannot_be_saved_back,
    |world: World| async move {
        let world = world.with_company().await;
        let (subject, now) = (world.subject("E1").await, world.app.now());
        let row = |id: u8| SessionRow {
            id_sha256: [id; 32],
            subject: Some(subject),
            data: "{}".into(),
            created_at: now,
            seen_at: now,
            expires_at: now + TimeDelta::hours(1),
        };
        assert!(world.store.create_session(&row(1)).await.unwrap());
        assert!(
            !world.store.create_session(&row(1)).await.unwrap(),
            "an id is taken once"
        );
        assert!(world.store.create_session(&row(2)).await.unwrap());
        assert_eq!(
            world.store.sessions_of(&subject, now).await.unwrap().len(),
            2
        );
        assert!(
            world
                .store
                .session([1; 32], now + TimeDelta::hours(1))
                .await
                .unwrap()
                .is_none(),
            "it ends by itself"
        );
        assert_eq!(world.store.delete_sessions_of(&subject).await.unwrap(), 2);
        world.store.save_session(&row(1)).await.unwrap();
        assert!(
            world.store.session([1; 32], now).await.unwrap().is_none(),
            "signing out everywhere is final"
        );
    }
);

on_both!(
    two_keys_live_while_an_agent_is_rotated_and_none_after_it_is_revoked,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, first) = world.agent("desk", AgentKind::Collector).await;
        let live = |key: sayso::domain::agent::AgentKey| {
            let app = world.app.clone();
            async move {
                sayso::app::callers::authenticate(&app, &key.expose())
                    .await
                    .unwrap()
                    .is_some()
            }
        };
        world.pass(1);
        let second = sayso::app::agents::rotate(&world.app, &agent.name)
            .await
            .unwrap();
        assert!(live(first.clone()).await && live(second.clone()).await);
        world.pass(1);
        let third = sayso::app::agents::rotate(&world.app, &agent.name)
            .await
            .unwrap();
        assert!(!live(first).await);
        assert!(live(second.clone()).await && live(third.clone()).await);
        sayso::app::agents::revoke(&world.app, &agent.name)
            .await
            .unwrap();
        assert!(!live(second).await && !live(third).await);
    }
);
