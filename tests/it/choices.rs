//! Choices through the application layer, on both databases.

use sayso::app::board::board;
use sayso::app::callers::Caller;
use sayso::app::check;
use sayso::app::choices::{Choosing, all_off, choose, history};
use sayso::app::error::{Conflict, Error};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::{Answer, ChoiceState};
use sayso::domain::employee::Locale;
use sayso::domain::standing::Reason;

use crate::database::on_both;
use crate::world::World;

async fn asks(
    world: &World,
    agent: &sayso::domain::agent::Agent,
    employee: &str,
    category: &str,
) -> Reason {
    let question = sayso::domain::question::Question::about(employee, "mci", category);
    check::evaluate(&world.app, &Caller::new(agent.clone(), None), &[question])
        .await
        .unwrap()[0]
        .standing
        .reason
}

on_both!(
    a_yes_permits_a_no_denies_and_a_withdrawal_counts_at_once,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        assert_eq!(
            asks(&world, &agent, "E1", "keystrokes").await,
            Reason::NoChoice
        );
        assert_eq!(
            world
                .choose("E1", "keystrokes", Answer::Give)
                .await
                .unwrap()
                .state,
            ChoiceState::Given
        );
        assert_eq!(
            world
                .choose("E1", "screen_content", Answer::Refuse)
                .await
                .unwrap()
                .state,
            ChoiceState::Refused
        );
        assert_eq!(
            asks(&world, &agent, "E1", "keystrokes").await,
            Reason::ConsentGiven
        );
        assert_eq!(
            asks(&world, &agent, "E1", "screen_content").await,
            Reason::Refused
        );
        assert_eq!(
            asks(&world, &agent, "E1", "mouse_movement").await,
            Reason::NoChoice
        );
        assert_eq!(
            asks(&world, &agent, "E2", "keystrokes").await,
            Reason::NoChoice,
            "somebody else's yes"
        );
        assert_eq!(
            asks(&world, &agent, "nobody", "keystrokes").await,
            Reason::NoChoice,
            "the unknown look alike"
        );
        assert_eq!(
            world
                .choose("E1", "keystrokes", Answer::Refuse)
                .await
                .unwrap()
                .state,
            ChoiceState::Withdrawn
        );
        assert_eq!(
            asks(&world, &agent, "E1", "keystrokes").await,
            Reason::Withdrawn
        );
    }
);

on_both!(saying_it_again_writes_nothing, |world: World| async move {
    let world = world.with_company().await;
    world
        .choose("E1", "keystrokes", Answer::Give)
        .await
        .unwrap();
    let size = world.store.head().await.unwrap().unwrap().size;
    assert!(
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .is_none()
    );
    assert_eq!(world.store.head().await.unwrap().unwrap().size, size);
});

on_both!(a_form_acts_once, |world: World| async move {
    let world = world.with_company().await;
    let (subject, once) = (world.subject("E1").await, world.form());
    let choosing = |answer| Choosing {
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        answer,
        notice_version: 1,
        language: Locale::En,
        conditions: None,
    };
    choose(&world.app, &subject, &choosing(Answer::Give), Some(once))
        .await
        .unwrap();
    world
        .choose("E1", "keystrokes", Answer::Refuse)
        .await
        .unwrap();
    let replayed = choose(&world.app, &subject, &choosing(Answer::Give), Some(once)).await;
    assert!(matches!(replayed, Err(Error::Conflict(Conflict::Replayed))));
    assert_eq!(history(&world.app, &subject).await.unwrap().len(), 2);
});

on_both!(
    a_material_notice_ends_a_yes_on_its_day_and_a_yes_ahead_renews_it,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        for id in ["E1", "E2"] {
            world.choose(id, "keystrokes", Answer::Give).await.unwrap();
        }
        world.publish("mci", true, Some("2026-11-25")).await;
        let subject = world.subject("E2").await;
        let ahead = Choosing {
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            answer: Answer::Give,
            notice_version: 2,
            language: Locale::En,
            conditions: None,
        };
        let renewed = choose(&world.app, &subject, &ahead, None)
            .await
            .unwrap()
            .event
            .unwrap();
        assert_eq!(renewed.state, ChoiceState::Renewed);
        assert!(
            !board(&world.app, &world.subject("E1").await).await.unwrap()[0].rows[0]
                .standing_then
                .unwrap()
                .permits()
        );
        assert_eq!(
            asks(&world, &agent, "E1", "keystrokes").await,
            Reason::ConsentGiven,
            "not before its day"
        );
        world.pass(2 * 86_400);
        assert_eq!(
            asks(&world, &agent, "E1", "keystrokes").await,
            Reason::NoticeOutdated
        );
        assert_eq!(
            asks(&world, &agent, "E2", "keystrokes").await,
            Reason::ConsentGiven
        );
        let old_text = Choosing {
            notice_version: 1,
            ..ahead
        };
        let outdated = choose(&world.app, &world.subject("E1").await, &old_text, None).await;
        assert!(matches!(
            outdated,
            Err(Error::Conflict(Conflict::NoticeOutdated { in_force: 2 }))
        ));
        let refused = Choosing {
            answer: Answer::Refuse,
            ..old_text
        };
        assert!(
            choose(&world.app, &world.subject("E1").await, &refused, None)
                .await
                .is_ok(),
            "a no never fails for what was shown"
        );
    }
);

on_both!(everything_off_is_one_step, |world: World| async move {
    let world = world.with_company().await;
    for category in ["keystrokes", "mouse_movement"] {
        world.choose("E1", category, Answer::Give).await.unwrap();
    }
    world
        .choose("E1", "screen_content", Answer::Refuse)
        .await
        .unwrap();
    let subject = world.subject("E1").await;
    let events = all_off(&world.app, &subject, world.form()).await.unwrap();
    assert_eq!(
        events.iter().map(|event| event.state).collect::<Vec<_>>(),
        [ChoiceState::Withdrawn; 2]
    );
    assert!(
        board(&world.app, &subject).await.unwrap()[0]
            .rows
            .iter()
            .all(|row| !row.standing.permits())
    );
});
