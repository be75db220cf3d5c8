//! The ledger as somebody with the database in hand finds it.

use sayso::domain::choice::Answer;
use sayso::ledger::entry::Entry;
use sqlx::Connection as _;

use crate::database::on_both;
use crate::world::World;

/// Runs SQL behind the application's back.
pub async fn raw(world: &World, sql: &'static str) -> Result<u64, sqlx::Error> {
    if world.url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(&world.url).await?;
        Ok(sqlx::query(sql)
            .execute(&mut connection)
            .await?
            .rows_affected())
    } else {
        let mut connection = sqlx::PgConnection::connect(&world.url).await?;
        Ok(sqlx::query(sql)
            .execute(&mut connection)
            .await?
            .rows_affected())
    }
}

on_both!(
    the_database_itself_refuses_to_change_or_drop_an_entry,
    |world: World| async move {
        let world = world.with_company().await;
        world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        let size = world.store.head().await.unwrap().unwrap().size;
        for sql in [
            "update entry set bytes = bytes where idx = 1",
            "delete from entry where idx = 1",
            "delete from entry",
        ] {
            let refused = raw(&world, sql).await.unwrap_err().to_string();
            assert!(refused.contains("never"), "{sql}: {refused}");
        }
        for index in 0..size {
            assert!(world.store.entry(1, index).await.unwrap().is_some());
        }
    }
);

on_both!(
    a_personal_entry_tells_neither_whom_nor_what,
    |world: World| async move {
        let world = world.with_company().await;
        let given = world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        let refused = world
            .choose("E2", "screen_content", Answer::Refuse)
            .await
            .unwrap();
        for event in [given, refused] {
            let bytes = world.store.entry(1, event.entry).await.unwrap().unwrap();
            assert_eq!(bytes.len(), 69);
            assert!(matches!(Entry::parse(&bytes), Ok(Entry::Subject(_))));
        }
    }
);

on_both!(
    a_head_that_does_not_fit_its_frontier_stops_the_writer,
    |world: World| async move {
        let world = world.with_company().await;
        let size = world.store.head().await.unwrap().unwrap().size;
        raw(&world, "update log set size = size - 1").await.unwrap();
        let subject = world.subject("E1").await;
        let off = sayso::app::choices::all_off(&world.app, &subject, world.form()).await;
        assert!(off.is_err(), "nothing may be signed on top of it");
        raw(&world, "update log set size = size + 1").await.unwrap();
        assert!(
            sayso::app::choices::all_off(&world.app, &subject, world.form())
                .await
                .is_ok()
        );
        assert_eq!(world.store.head().await.unwrap().unwrap().size, size);
    }
);
