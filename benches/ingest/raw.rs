//! The floor: the same rows into the same table by the database's own fastest plain way, a thousand in a statement, each
//! statement a durable transaction.

use std::str::FromStr as _;
use std::time::Instant;

use sayso::domain::record::Record;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, Executor as _, PgConnection, Postgres, QueryBuilder, Sqlite};

use crate::company::Company;

/// Somebody who writes past the program.
pub enum Raw {
    Sqlite(SqliteConnection, Vec<String>),
    Postgres(PgConnection, Vec<String>),
}

/// A new database on that server; its address.
pub async fn fresh_postgres(server: &str) -> String {
    let mut connection = PgConnection::connect(server).await.expect("PostgreSQL");
    connection
        .execute("drop database if exists bench_ingest")
        .await
        .expect("dropped");
    connection
        .execute("create database bench_ingest")
        .await
        .expect("created");
    let (base, parameters) = server.split_once('?').unwrap_or((server, ""));
    let (base, _) = base.rsplit_once('/').expect("the name of a database");
    format!("{base}/bench_ingest?{parameters}")
}

macro_rules! insert {
    ($db:ty, $connection:expr, $subjects:expr, $records:expr) => {{
        let mut tx = $connection.begin().await.expect("begin");
        let mut insert = QueryBuilder::<$db>::new(
            "insert into record (agent, id, subject, program, category, app, device, from_at, to_at, events, bytes, dataset, digest, received_at, quarantined) ",
        );
        insert.push_values($records.iter().enumerate(), |mut values, (number, record)| {
            let count = |number: u64| i64::try_from(number).expect("a count");
            values
                .push_bind("raw")
                .push_bind(record.id.to_string())
                .push_bind($subjects[number % $subjects.len()].clone())
                .push_bind("mci")
                .push_bind("keystrokes")
                .push_bind(record.app.clone())
                .push_bind(record.device.clone())
                .push_bind(record.from.timestamp_micros())
                .push_bind(record.to.timestamp_micros())
                .push_bind(count(record.events))
                .push_bind(count(record.bytes))
                .push_bind("content")
                .push_bind(record.digest.clone())
                .push_bind(record.to.timestamp_micros())
                .push_bind(None::<String>);
        });
        insert.build().execute(&mut *tx).await.expect("insert");
        tx.commit().await.expect("commit");
    }};
}

impl Raw {
    /// With the program's own settings of durability.
    pub async fn open(url: &str, company: &Company) -> Self {
        let subjects: Vec<_> = company.people.iter().map(ToString::to_string).collect();
        if url.starts_with("postgres") {
            let connection = PgConnection::connect(url).await.expect("PostgreSQL");
            return Self::Postgres(connection, subjects);
        }
        let options = SqliteConnectOptions::from_str(url)
            .expect("an address")
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("wal_autocheckpoint", "8000")
            .pragma("secure_delete", "on");
        let connection = SqliteConnection::connect_with(&options)
            .await
            .expect("a database");
        Self::Sqlite(connection, subjects)
    }

    /// Rows per second.
    pub async fn insert(&mut self, batches: &[Vec<Record>]) -> f64 {
        let begun = Instant::now();
        for batch in batches {
            match self {
                Self::Sqlite(connection, subjects) => {
                    insert!(Sqlite, connection, subjects, batch);
                }
                Self::Postgres(connection, subjects) => {
                    insert!(Postgres, connection, subjects, batch);
                }
            }
        }
        let rows: usize = batches.iter().map(Vec::len).sum();
        f64::from(u32::try_from(rows).expect("a count")) / begun.elapsed().as_secs_f64()
    }
}
