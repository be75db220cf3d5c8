//! The ledger's writer under pressure: what waits, what is turned away, and what a bad write does to its neighbours.

use futures::future::join_all;
use sayso::app::error::{Conflict, Error};
use sayso::domain::choice::ChoiceState;
use sayso::domain::condition::Conditions;
use sayso::domain::employee::Locale;
use sayso::domain::id::{FormId, SubjectId};
use sayso::ledger::payload::{ChoiceStatement, Statement};
use sayso::ledger::prepared::{Draft, Prepared};
use sayso::store::write::{Change, ChoiceDraft, Write};
use sqlx::{Connection as _, Executor as _};

use crate::database::Kind;
use crate::world::World;

/// Holds the database's write lock, so that the writer has to wait.
async fn locked(world: &World) -> sqlx::SqliteConnection {
    let mut connection = sqlx::SqliteConnection::connect(&world.url).await.unwrap();
    connection.execute("begin immediate").await.unwrap();
    connection
}

fn empty(world: &World) -> Write {
    Write {
        once: Some(world.form()),
        at: world.app.now(),
        changes: vec![],
    }
}

fn choice(world: &World, subject: SubjectId) -> Write {
    let statement = Statement::Choice(ChoiceStatement {
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        notice: None,
        notice_version: None,
        notice_leaf: None,
        notice_sha256: None,
        language: Locale::En,
        decision: ChoiceState::Refused,
        conditions: Conditions::NONE,
    });
    let draft = Draft {
        subject,
        at: world.app.now(),
        actor: "employee",
        statement,
    };
    Write {
        once: Some(FormId::from_random(world.app.random())),
        at: world.app.now(),
        changes: vec![Change::Choice(ChoiceDraft {
            statement: Prepared::new(None, draft, world.app.random()).unwrap(),
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            state: ChoiceState::Refused,
            notice_version: 0,
            language: Locale::En,
            conditions: Conditions::NONE,
        })],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_turns_away_at_once_and_loses_nothing_that_waits() {
    let world = World::new(Kind::Sqlite).await;
    let writer = world.app.writer().clone();
    let lock = locked(&world).await;
    let writes: Vec<_> = (0..10_000)
        .map(|_| {
            let (writer, write) = (writer.clone(), empty(&world));
            tokio::spawn(async move { writer.write(write).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let turned_away = writes.iter().filter(|write| write.is_finished()).count();
    assert!(
        (1_000..10_000).contains(&turned_away),
        "{turned_away} were turned away while the others wait"
    );
    lock.close().await.unwrap();
    let (mut done, mut busy) = (0, 0);
    for answer in join_all(writes).await {
        match answer.unwrap() {
            Ok(Ok(_)) => done += 1,
            Err(Error::Conflict(Conflict::Busy)) => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((busy, done + busy), (turned_away, 10_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_the_database_refuses_takes_no_other_with_it() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let writer = world.app.writer().clone();
    let size = world.store.head().await.unwrap().unwrap().size;
    let lock = locked(&world).await;
    // The first is taken alone; the others wait together.
    let mut writes = vec![empty(&world)];
    for id in ["E1", "E2", "E3"] {
        writes.push(choice(&world, world.subject(id).await));
    }
    // Nobody has this subject id.
    writes.insert(2, choice(&world, SubjectId::from_random([9; 16])));
    let writes: Vec<_> = writes
        .into_iter()
        .map(|write| {
            let writer = writer.clone();
            tokio::spawn(async move { writer.write(write).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    lock.close().await.unwrap();
    let answers = join_all(writes).await;
    let taken: Vec<_> = answers
        .iter()
        .map(|answer| matches!(answer, Ok(Ok(Ok(_)))))
        .collect();
    assert_eq!(taken, [true, true, false, true, true]);
    let head = world.store.head().await.unwrap().unwrap();
    assert_eq!(head.size, size + 3);
}
