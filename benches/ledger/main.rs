//! scratch
use sqlx::sqlite::*;
use sqlx::{Connection as _, Executor as _};
use std::str::FromStr as _;
use std::time::{Duration, Instant};

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

#[tokio::main]
async fn main() {
    let dir = std::env::args()
        .nth(1)
        .filter(|a| !a.starts_with('-'))
        .unwrap_or("/work/bench-scratch".into());
    std::fs::create_dir_all(&dir).unwrap();
    let path = format!("{dir}/x.sqlite");
    for s in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{path}{s}"));
    }
    let mut c = SqliteConnection::connect_with(
        &SqliteConnectOptions::from_str(&format!("sqlite:{path}"))
            .unwrap()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full),
    )
    .await
    .unwrap();
    c.execute(
        "create table e (log bigint, idx bigint, bytes blob, primary key (log, idx)) without rowid",
    )
    .await
    .unwrap();
    for _ in 0..3 {
        // fsync
        use std::io::{Seek as _, Write as _};
        let mut f = std::fs::File::create(format!("{dir}/f")).unwrap();
        let mut v = vec![];
        for i in 0..200u64 {
            f.seek(std::io::SeekFrom::Start(8192 * (i % 64))).unwrap();
            f.write_all(&[7; 8192]).unwrap();
            let t = Instant::now();
            f.sync_data().unwrap();
            v.push(t.elapsed().as_secs_f64() * 1e6);
        }
        println!("fsync p50 {:.0} us", median(v));
        let n0: i64 = sqlx::query_scalar("select coalesce(max(idx),0) from e")
            .fetch_one(&mut c)
            .await
            .unwrap();
        let mut n = n0;
        let t = Instant::now();
        let mut lat = vec![];
        while t.elapsed() < Duration::from_secs(1) {
            n += 1;
            let s = Instant::now();
            sqlx::query("insert into e values (1,$1,$2)")
                .bind(n)
                .bind(&[9u8; 69][..])
                .execute(&mut c)
                .await
                .unwrap();
            lat.push(s.elapsed().as_secs_f64() * 1e6);
        }
        println!(
            "single autocommit {:.0}/s p50 {:.0}us",
            (n - n0) as f64 / t.elapsed().as_secs_f64(),
            median(lat)
        );
        let (t, n0) = (Instant::now(), n);
        let mut lat = vec![];
        while t.elapsed() < Duration::from_secs(1) {
            n += 1;
            let s = Instant::now();
            let mut tx = c.begin_with("begin immediate").await.unwrap();
            sqlx::query("insert into e values (1,$1,$2)")
                .bind(n)
                .bind(&[9u8; 69][..])
                .execute(&mut *tx)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            lat.push(s.elapsed().as_secs_f64() * 1e6);
        }
        println!(
            "single tx {:.0}/s p50 {:.0}us",
            (n - n0) as f64 / t.elapsed().as_secs_f64(),
            median(lat)
        );
        let (t, n0) = (Instant::now(), n);
        while t.elapsed() < Duration::from_secs(1) {
            let mut tx = c.begin_with("begin immediate").await.unwrap();
            for _ in 0..256 {
                n += 1;
                sqlx::query("insert into e values (1,$1,$2)")
                    .bind(n)
                    .bind(&[9u8; 69][..])
                    .execute(&mut *tx)
                    .await
                    .unwrap();
            }
            tx.commit().await.unwrap();
        }
        println!(
            "256 rows one by one {:.0}/s",
            (n - n0) as f64 / t.elapsed().as_secs_f64()
        );
        let (t, n0) = (Instant::now(), n);
        while t.elapsed() < Duration::from_secs(1) {
            let mut tx = c.begin_with("begin immediate").await.unwrap();
            let rows: Vec<i64> = (n + 1..=n + 256).collect();
            n += 256;
            let mut q = sqlx::QueryBuilder::<sqlx::Sqlite>::new("insert into e (log,idx,bytes) ");
            q.push_values(rows, |mut b, i| {
                b.push_bind(1i64).push_bind(i).push_bind(vec![9u8; 69]);
            });
            q.build().execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        println!(
            "256 rows multi {:.0}/s",
            (n - n0) as f64 / t.elapsed().as_secs_f64()
        );
        let mut tx = c.begin_with("begin immediate").await.unwrap();
        let mut lat = vec![];
        for _ in 0..2000 {
            let s = Instant::now();
            let _: Option<(i64,)> = sqlx::query_as("select idx from e where log=1 and idx=$1")
                .bind(5i64)
                .fetch_optional(&mut *tx)
                .await
                .unwrap();
            lat.push(s.elapsed().as_secs_f64() * 1e6);
        }
        println!("select hop p50 {:.1}us", median(lat));
        tx.commit().await.unwrap();
        let s = Instant::now();
        for _ in 0..500 {
            let _: Vec<(i64,)> = sqlx::query_as("select $1 union all select $2; select $3")
                .bind(5i64)
                .bind(6i64)
                .bind(7i64)
                .fetch_all(&mut c)
                .await
                .unwrap();
        }
        println!("multi stmt {:.1}us", s.elapsed().as_secs_f64() * 1e6 / 500.);
    }
}
