//! Pausing a programme: at once, for everybody, without touching a choice.

use sayso::app::callers::Caller;
use sayso::app::check::evaluate;
use sayso::app::error::Error;
use sayso::app::pauses::{self, Paused};
use sayso::app::{acks, board};
use sayso::domain::account::Role;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::question::Question;
use sayso::domain::standing::Reason;

use crate::database::on_both;
use crate::world::World;

async fn pause(world: &World, program: &str, reason: &str) -> Result<Paused, Error> {
    let (program, reason) = (program.parse().unwrap(), reason.parse().unwrap());
    let by = Role::PrivacyOfficer;
    pauses::pause(&world.app, &program, by, &reason, world.form()).await
}

on_both!(
    a_pause_stops_everybody_at_once_and_touches_no_choice,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        world.choose("E1", "keystrokes", Answer::Give).await;
        world.pass(1);
        let agent = Caller::new(agent, None);
        let question = Question::about("E1", "mci", "keystrokes");
        let ask = || async {
            let answers = evaluate(&world.app, &agent, std::slice::from_ref(&question));
            answers.await.unwrap()[0]
        };
        assert!(ask().await.standing.permits());
        let Paused::Now { entry, seq } = pause(&world, "mci", "Until it is explained.")
            .await
            .unwrap()
        else {
            panic!("it was not paused before")
        };
        assert_eq!(seq, entry + 1);
        let answer = ask().await;
        assert_eq!(answer.standing.reason, Reason::ProgramPaused);
        assert!(answer.seq >= seq);
        let subject = world.subject("E1").await;
        let said = world.store.choices(&subject, None).await.unwrap();
        assert_eq!(said.len(), 1);
        assert!(said[0].state.permits());

        let size = world.store.head().await.unwrap().unwrap().size;
        assert_eq!(
            pause(&world, "mci", "Again.").await.unwrap(),
            Paused::Already
        );
        assert_eq!(world.store.head().await.unwrap().unwrap().size, size);
        assert!(matches!(
            pause(&world, "unknown", "Why.").await,
            Err(Error::NotFound)
        ));
    }
);

on_both!(
    a_persons_rows_say_who_has_stopped_for_a_withdrawal_and_for_a_pause,
    |world: World| async move {
        let world = world.with_company().await;
        let (desk, _) = world.agent("desk", AgentKind::Collector).await;
        let (lake, _) = world.agent("lake", AgentKind::Both).await;
        world.pass(1);
        for category in ["keystrokes", "mouse_movement"] {
            world.choose("E1", category, Answer::Give).await;
        }
        world.pass(1);
        let withdrawn = world
            .choose("E1", "keystrokes", Answer::Refuse)
            .await
            .unwrap();
        let subject = world.subject("E1").await;
        let rows = || async {
            let mut board = board::board(&world.app, &subject).await.unwrap();
            board.remove(0).rows
        };
        let now = rows().await;
        assert_eq!(now[0].spread.as_ref().unwrap().waiting.len(), 2);
        assert!(now[0].settled_by.is_some());
        assert!(now[1].spread.is_none(), "it is on");
        assert!(now[2].spread.is_none(), "there was never a yes");
        world.pass(1);
        let seq = withdrawn.entry + 1;
        for agent in [&desk, &lake] {
            acks::confirm(&world.app, agent, seq).await.unwrap();
        }
        let now = rows().await;
        let spread = now[0].spread.as_ref().unwrap();
        assert_eq!(spread.took().unwrap().num_milliseconds(), 1000);
        assert_eq!(
            now[0].settled_by, None,
            "nobody's lease is left to wait for"
        );
        pause(&world, "mci", "Until it is explained.")
            .await
            .unwrap();
        let now = rows().await;
        let paused = now[1].spread.as_ref().unwrap();
        assert_eq!(paused.waiting.len(), 2);
        let withdrawn = now[0].spread.as_ref().unwrap();
        assert_eq!(withdrawn.confirmed.len(), 2, "it keeps its own");
        world.pass(acks::KEPT.num_seconds());
        assert!(rows().await[0].spread.is_none(), "nobody remembers");
    }
);

on_both!(
    a_pause_by_a_server_whose_clock_runs_ahead_counts_here_at_once,
    |world: World| async move {
        let world = world.with_company().await;
        let (agent, _) = world.agent("desk", AgentKind::Collector).await;
        let caller = Caller::new(agent, None);
        world.choose("E1", "keystrokes", Answer::Give).await;
        let question = Question::about("E1", "mci", "keystrokes");
        let permitted = async || {
            let answers = evaluate(&world.app, &caller, std::slice::from_ref(&question));
            answers.await.unwrap()[0].standing.permits()
        };
        assert!(permitted().await);
        world.pass(30);
        pause(&world, "mci", "Until it is explained.")
            .await
            .unwrap();
        world.pass(-30);
        assert!(!permitted().await, "the pause lies ahead of this clock");
    }
);
