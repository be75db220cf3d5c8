//! Fresh databases of either kind, and the macro that runs a test on each.

use std::sync::atomic::{AtomicU32, Ordering};

static COUNTER: AtomicU32 = AtomicU32::new(1);

/// Which database a test runs on.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Runs a test on each database: `on_both!(name, |world| async move { … });`
macro_rules! on_both {
    ($(#[$meta:meta])* $name:ident, $test:expr) => {
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                let test = $test;
                test(crate::world::World::new(crate::database::Kind::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                if !crate::database::postgres_is_wanted() {
                    return;
                }
                let test = $test;
                test(crate::world::World::new(crate::database::Kind::Postgres).await).await;
            }
        }
    };
}
pub(crate) use on_both;

/// Postgres tests run unless somebody asked for SQLite alone; without a server they fail, they are not skipped.
pub fn postgres_is_wanted() -> bool {
    variable("SAYSO_TEST_DATABASES").as_deref() != Some("sqlite")
}

/// A setting of the test run.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner's settings are in the environment"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub async fn fresh_url(kind: Kind, dir: &tempfile::TempDir) -> String {
    match kind {
        Kind::Sqlite => format!("sqlite:{}", dir.path().join("sayso.sqlite").display()),
        Kind::Postgres => {
            use sqlx::Connection as _;
            let server = variable("SAYSO_TEST_POSTGRES_URL")
                .expect("SAYSO_TEST_POSTGRES_URL is not set: run `scripts/with-postgres cargo test`, or ask for SQLite alone with SAYSO_TEST_DATABASES=sqlite");
            let name = format!(
                "t{}_{}",
                std::process::id(),
                COUNTER.fetch_add(1, Ordering::Relaxed)
            );
            let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
            // The name is made of digits and a letter.
            #[expect(
                clippy::disallowed_methods,
                reason = "a database's name cannot be a parameter"
            )]
            sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
                .execute(&mut connection)
                .await
                .unwrap();
            let (base, parameters) = server
                .split_once('?')
                .map_or((server.as_str(), ""), |(base, parameters)| {
                    (base, parameters)
                });
            let (base, _) = base.rsplit_once('/').unwrap();
            format!("{base}/{name}?{parameters}")
        }
    }
}

/// A number that no other test of this run gets.
pub fn number() -> u32 {
    COUNTER.fetch_add(1, Ordering::Relaxed)
}
