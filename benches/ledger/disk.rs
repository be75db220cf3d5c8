//! The floor: what the disk, and a plain table on it, can do.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, Executor as _, QueryBuilder, Sqlite};

use crate::report::median;

/// p50 of an fdatasync after writing 8 KiB, in microseconds.
pub fn fsync(dir: &Path) -> f64 {
    let mut file = std::fs::File::create(dir.join("fsync")).expect("a file can be made");
    let mut times = Vec::new();
    for turn in 0..100_u64 {
        file.seek(SeekFrom::Start(8192 * (turn % 64)))
            .expect("seek");
        file.write_all(&[7; 8192]).expect("write");
        let begun = Instant::now();
        file.sync_data().expect("fdatasync");
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    median(times)
}

/// A table with the columns of the ledger's entries, in a database of its own with the same durability.
pub struct Floor {
    connection: SqliteConnection,
    rows: i64,
}

impl Floor {
    pub async fn open(dir: &Path) -> Self {
        let url = format!("sqlite:{}", dir.join("floor.sqlite").display());
        let options = SqliteConnectOptions::from_str(&url)
            .expect("an address")
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = SqliteConnection::connect_with(&options)
            .await
            .expect("a database");
        connection
            .execute("create table entry (log bigint, idx bigint, bytes blob, primary key (log, idx)) without rowid")
            .await
            .expect("a table");
        Self {
            connection,
            rows: 0,
        }
    }

    /// Durable commits of one row each, per second.
    pub async fn single(&mut self, span: Duration) -> f64 {
        let (begun, first) = (Instant::now(), self.rows);
        while begun.elapsed() < span {
            self.insert(1).await;
        }
        per_second(self.rows - first, begun)
    }

    /// Rows per second in durable commits of 256 rows, each row a statement.
    pub async fn bulk(&mut self, span: Duration) -> f64 {
        let (begun, first) = (Instant::now(), self.rows);
        while begun.elapsed() < span {
            let mut tx = self
                .connection
                .begin_with("begin immediate")
                .await
                .expect("begin");
            for _ in 0..256 {
                sqlx::query("insert into entry (log, idx, bytes) values (1, $1, $2)")
                    .bind(self.rows)
                    .bind(vec![9_u8; 69])
                    .execute(&mut *tx)
                    .await
                    .expect("insert");
                self.rows += 1;
            }
            tx.commit().await.expect("commit");
        }
        per_second(self.rows - first, begun)
    }

    /// The same with one statement for all 256 rows.
    pub async fn packed(&mut self, span: Duration) -> f64 {
        let (begun, first) = (Instant::now(), self.rows);
        while begun.elapsed() < span {
            self.insert(256).await;
        }
        per_second(self.rows - first, begun)
    }

    async fn insert(&mut self, count: i64) {
        let mut tx = self
            .connection
            .begin_with("begin immediate")
            .await
            .expect("begin");
        let mut insert = QueryBuilder::<Sqlite>::new("insert into entry (log, idx, bytes) ");
        insert.push_values(self.rows..self.rows + count, |mut row, index| {
            row.push_bind(1_i64)
                .push_bind(index)
                .push_bind(vec![9_u8; 69]);
        });
        insert.build().execute(&mut *tx).await.expect("insert");
        tx.commit().await.expect("commit");
        self.rows += count;
    }
}

fn per_second(rows: i64, begun: Instant) -> f64 {
    let rows = u32::try_from(rows).expect("a count");
    f64::from(rows) / begun.elapsed().as_secs_f64()
}
