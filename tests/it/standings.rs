//! The standing projection: what it decides is what the history says, whoever wrote it, and never a yes that is over.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sayso::app::App;
use sayso::app::callers::Caller;
use sayso::app::check::{Decision, evaluate};
use sayso::app::clock::{ManualClock, Random};
use sayso::app::erasure::erase;
use sayso::app::settings::Settings;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::dialect::Dialect;
use sayso::domain::question::Question;
use sayso::domain::standing::{History, Reason, Standing};

use crate::database::on_both;
use crate::world::{World, keys};

fn about<'a>(employee: &'a str, category: &'a str) -> Question<'a> {
    Question::about(employee, "mci", category)
}

async fn ask(app: &App, caller: &Caller, question: Question<'_>, min_seq: Option<u64>) -> Decision {
    let question = Question {
        min_seq,
        ..question
    };
    let decisions = evaluate(app, caller, &[question]).await.unwrap();
    decisions[0]
}

async fn collector(world: &World) -> Caller {
    let (agent, _) = world.agent("desk", AgentKind::Collector).await;
    Caller::new(agent, None)
}

/// The standing by the whole history, as the database has it.
async fn told_by_history(world: &World, employee: &str, category: &str) -> Standing {
    let id = employee.parse().unwrap();
    let choices = match world.store.employee_by_external_id(&id).await.unwrap() {
        Some(employee) => world.store.choices(&employee.subject, None).await.unwrap(),
        None => Vec::new(),
    };
    let catalogue = world.app.catalogue().await.unwrap();
    let declared = catalogue.program(&"mci".parse().unwrap()).unwrap();
    let history = History {
        program: &declared.program,
        material: &declared.material,
        choices: &choices,
    };
    history.standing(&category.parse().unwrap(), None, world.app.now())
}

/// Another server on the same database.
async fn replica(world: &World) -> App {
    let store = sayso::store::open(&world.url).await.unwrap();
    let clock = Arc::new(ManualClock::at(world.app.now()));
    App::start(
        store,
        clock,
        Random::seeded(77),
        Settings::default(),
        keys(),
    )
    .await
    .unwrap()
}

on_both!(
    it_decides_as_the_history_does_through_choices_notices_and_time,
    |world: World| async move {
        let world = world.with_company().await;
        let caller = collector(&world).await;
        let categories = [
            "keystrokes",
            "mouse_movement",
            "click_location",
            "screen_content",
        ];
        let mut state = 11_u32;
        let mut draw = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for step in 0..120 {
            let pause = TimeDelta::milliseconds(i64::from(draw(90_000)));
            world.clock.set(world.app.now() + pause);
            let employee = ["E1", "E2", "E5"][draw(3) as usize];
            let category = categories[draw(4) as usize];
            if step % 29 == 28 {
                world.publish("mci", true, None).await;
            }
            let answer = if draw(3) == 0 {
                Answer::Refuse
            } else {
                Answer::Give
            };
            world.choose(employee, category, answer).await;
            for employee in ["E1", "E2", "E5", "E404"] {
                for category in categories {
                    let decision = ask(&world.app, &caller, about(employee, category), None).await;
                    let expected = told_by_history(&world, employee, category).await;
                    assert_eq!(
                        decision.standing.reason, expected.reason,
                        "{step}: {employee} {category}"
                    );
                    let since = decision.standing.since - expected.since;
                    assert!(since >= TimeDelta::zero() && since < TimeDelta::milliseconds(250));
                }
            }
        }
    }
);

on_both!(
    what_another_server_wrote_is_followed_and_a_position_can_be_insisted_on,
    |world: World| async move {
        let world = world.with_company().await;
        let caller = collector(&world).await;
        world.choose("E1", "keystrokes", Answer::Give).await;
        let other = replica(&world).await;
        other.follow();
        let asked = about("E1", "keystrokes");
        while !other.standings().is_loaded() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let before = ask(&other, &caller, asked, None).await;
        assert_eq!(before.standing.reason, Reason::ConsentGiven);
        world.choose("E1", "keystrokes", Answer::Refuse).await;
        let seq = ask(&world.app, &caller, asked, None).await.seq;
        // At once: it waits until it has seen that position, or says no.
        let after = ask(&other, &caller, asked, Some(seq)).await;
        assert!(!after.standing.permits());
        // Without insisting: within the time that it takes to look.
        let begun = std::time::Instant::now();
        while ask(&other, &caller, asked, None).await.standing.permits() {
            assert!(begun.elapsed() < Duration::from_secs(1), "never seen");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let ahead = ask(&other, &caller, asked, Some(seq + 1000)).await;
        assert_eq!(ahead.standing.reason, Reason::ReplicaBehind);
    }
);

on_both!(
    what_was_erased_permits_nothing_any_more_here_or_on_another_server,
    |world: World| async move {
        let world = world.with_company().await;
        let caller = collector(&world).await;
        world.choose("E1", "keystrokes", Answer::Give).await;
        world.choose("E2", "keystrokes", Answer::Give).await;
        let other = replica(&world).await;
        let yes = async |app: &App, who: &str| {
            ask(app, &caller, about(who, "keystrokes"), None)
                .await
                .standing
                .permits()
        };
        assert!(yes(&world.app, "E1").await && yes(&other, "E1").await);
        erase(&world.app, &"E1".parse().unwrap()).await.unwrap();
        assert!(!yes(&world.app, "E1").await, "here");
        other.standings().catch_up().await.unwrap();
        assert!(!yes(&other, "E1").await, "there");
        assert!(
            yes(&world.app, "E2").await && yes(&other, "E2").await,
            "nobody else"
        );
    }
);

on_both!(
    an_agent_for_some_units_is_told_nothing_about_others,
    |world: World| async move {
        let world = world.with_company().await;
        let new = sayso::app::agents::NewAgent {
            name: "studio".parse().unwrap(),
            kind: AgentKind::Collector,
            programs: vec!["mci".parse().unwrap()],
            categories: vec![],
            units: vec!["Design".into()],
            dialect: Dialect::default(),
            runs_on: "Studio".into(),
        };
        let (_, key) = sayso::app::agents::register(&world.app, new).await.unwrap();
        let caller = sayso::app::callers::authenticate(&world.app, &key.expose())
            .await
            .unwrap()
            .unwrap();
        let elsewhere = "E5";
        for who in ["E1", elsewhere] {
            world.choose(who, "keystrokes", Answer::Give).await;
        }
        let told = async |who: &str| {
            ask(&world.app, &caller, about(who, "keystrokes"), None)
                .await
                .standing
                .reason
        };
        assert_eq!(told("E1").await, Reason::ConsentGiven);
        assert_eq!(told(elsewhere).await, Reason::AgentNotRegistered);
        assert_eq!(told("E404").await, Reason::AgentNotRegistered);
    }
);

on_both!(
    counters_tell_nothing_of_what_anybody_said,
    |world: World| async move {
        let world = world.with_company().await;
        let caller = collector(&world).await;
        let mut seen = Vec::new();
        for answer in [Answer::Give, Answer::Refuse] {
            world.choose("E1", "keystrokes", answer).await;
            ask(&world.app, &caller, about("E1", "keystrokes"), None).await;
            let text = sayso::app::metrics::metrics(&world.app).await.unwrap();
            assert!(text.contains("sayso_standings_people 1\n"), "{text}");
            let checks = text.lines().filter(|line| line.starts_with("sayso_checks"));
            seen.push(checks.map(str::to_owned).collect::<Vec<_>>());
        }
        let count = |n: u32| format!("sayso_checks_total{{answer=\"by_choice\"}} {n}");
        assert_eq!((&seen[0][0], &seen[1][0]), (&count(1), &count(2)));
        assert_eq!(seen[0][1..], seen[1][1..], "a yes and a no are one count");
    }
);
