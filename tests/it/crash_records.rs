//! `kill -9` at random moments under a load of deliveries: what was answered is there, whole and once; what was not is
//! there whole or not at all; and a repetition with the same key is answered the same.
//!
//! Settings as for `crash.rs`: `SAYSO_TEST_KILLS`, `SAYSO_TEST_SEED`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tokio::task::JoinSet;

use crate::crash::setting;
use crate::crash_server::{Server, Site, client};
use crate::database::{Kind, postgres_is_wanted};

/// Collectors that deliver at the same time.
const COLLECTORS: u32 = 4;
/// Records in a delivery.
const RECORDS: u32 = 150;

/// One delivery, and what it was answered, if it was.
#[derive(Clone)]
struct Sent {
    key: String,
    body: String,
    answer: Option<String>,
}

type Memory = Arc<Mutex<Vec<Sent>>>;

/// A delivery that nobody has sent before. Its records tell whose they are by their ids.
fn delivery(number: u64) -> Sent {
    let at = "2026-11-20T08:00:00Z";
    let record = |place: u32| {
        json!({
            "id": format!("{number:016x}{place:016x}"), "employee": format!("K{}", place % 6), "program": "mci",
            "category": "keystrokes", "app": "editor", "from": at, "to": at, "events": 1 + place, "bytes": 7,
            "dataset": "mci-content", "digest": "0".repeat(64),
        })
    };
    let mut records: Vec<Value> = (0..RECORDS).map(record).collect();
    // One that cannot be taken, and one about nobody: both are answered and neither is stored.
    records[3]["dataset"] = json!("elsewhere");
    records[4]["employee"] = json!("nobody");
    Sent {
        key: format!("{number:032x}"),
        body: json!({ "records": records }).to_string(),
        answer: None,
    }
}

async fn send(
    http: &reqwest::Client,
    url: &str,
    agent: &str,
    sent: &Sent,
) -> Result<(StatusCode, String), reqwest::Error> {
    let request = http
        .post(format!("{url}/api/v1/records"))
        .bearer_auth(agent)
        .header("idempotency-key", &sent.key)
        .header("content-type", "application/json");
    let answer = request.body(sent.body.clone()).send().await?;
    Ok((answer.status(), answer.text().await?))
}

/// Delivers until the server is dead. Each delivery is remembered before it is sent.
fn load(server: &Server, agent: &str, memory: &Memory, round: u64) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for collector in 0..COLLECTORS {
        let (url, agent, memory) = (server.url.clone(), agent.to_owned(), memory.clone());
        tasks.spawn(async move {
            let http = client();
            for turn in 0.. {
                let number = round << 40 | u64::from(collector) << 32 | turn;
                let sent = delivery(number);
                let place = {
                    let mut memory = memory.lock().unwrap();
                    memory.push(sent.clone());
                    memory.len() - 1
                };
                let Ok((status, answer)) = send(&http, &url, &agent, &sent).await else {
                    return;
                };
                assert_eq!(status, StatusCode::OK, "{answer}");
                memory.lock().unwrap()[place].answer = Some(answer);
            }
        });
    }
    tasks
}

/// How many records of each delivery stand in the database, read past the program. Its primary key is dropped from the
/// question: two rows of one id would be counted as two.
async fn stored(site: &Site) -> HashMap<String, i64> {
    const ROWS: &str = "select substr(id, 1, 16), count(*) from record group by substr(id, 1, 16)";
    let rows: Vec<(String, i64)> = match site.kind {
        Kind::Sqlite => {
            let mut db = sqlx::SqliteConnection::connect(&site.database)
                .await
                .unwrap();
            sqlx::query_as(ROWS).fetch_all(&mut db).await.unwrap()
        }
        Kind::Postgres => {
            let mut db = sqlx::PgConnection::connect(&site.database).await.unwrap();
            sqlx::query_as(ROWS).fetch_all(&mut db).await.unwrap()
        }
    };
    rows.into_iter().collect()
}

async fn killed_again_and_again(kind: Kind, kills: u64) {
    let seed = setting("SAYSO_TEST_SEED", 20_261_124);
    println!("{kills} kills on {kind:?}, seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let site = Site::new(kind).await;
    let said = site
        .run(&[
            "agent",
            "register",
            "desk",
            "--kind",
            "collector",
            "--program",
            "mci",
            "--runs-on",
            "Bench",
        ])
        .await;
    let agent = said
        .split_whitespace()
        .find(|word| word.starts_with("sayso_agent_"))
        .unwrap();
    let whole = i64::from(RECORDS) - 2;
    let (mut answered, mut lost, mut done_unheard) = (0, 0, 0);
    let mut server = site.start().await;
    for round in 1..=kills {
        let memory = Memory::default();
        let mut collectors = load(&server, agent, &memory, round);
        tokio::time::sleep(Duration::from_millis(random.random_range(20..500))).await;
        server.kill().await;
        while let Some(ended) = collectors.join_next().await {
            ended.unwrap();
        }
        server = site.start().await;
        let rows = stored(&site).await;
        let memory = memory.lock().unwrap().clone();
        let count = |sent: &Sent, rows: &HashMap<String, i64>| {
            rows.get(&sent.key[16..]).copied().unwrap_or_default()
        };
        for sent in &memory {
            match (&sent.answer, count(sent, &rows)) {
                (Some(_), rows) => {
                    assert_eq!(rows, whole, "answered, so it is there: {}", sent.key);
                }
                (None, 0) => lost += 1,
                (None, rows) => {
                    assert_eq!(rows, whole, "all of it or nothing: {}", sent.key);
                    done_unheard += 1;
                }
            }
        }
        // Collectors repeat what they have no answer to, and some of the rest.
        let http = client();
        for (place, sent) in memory.iter().enumerate() {
            if sent.answer.is_some() && place % 5 != 0 {
                continue;
            }
            let (status, first) = send(&http, &server.url, agent, sent).await.unwrap();
            assert_eq!(status, StatusCode::OK, "{first}");
            if let Some(answer) = &sent.answer {
                assert_eq!(&first, answer, "the same key is answered the same");
                answered += 1;
            }
            let (_, again) = send(&http, &server.url, agent, sent).await.unwrap();
            assert_eq!(first, again);
            assert_eq!(first.matches("\"rejected\"").count(), 1, "{first}");
        }
        let rows = stored(&site).await;
        for sent in &memory {
            assert_eq!(count(sent, &rows), whole, "once: {}", sent.key);
        }
    }
    println!(
        "{kills} kills: {answered} answers given again, {lost} deliveries lost and repeated, {done_unheard} done but unheard"
    );
    assert!(answered > kills, "it was under load");
    assert!(lost + done_unheard > kills, "the kills came under load");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_every_delivery_is_there_once_on_sqlite() {
    killed_again_and_again(Kind::Sqlite, setting("SAYSO_TEST_KILLS", 8)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_every_delivery_is_there_once_on_postgres() {
    if postgres_is_wanted() {
        killed_again_and_again(Kind::Postgres, setting("SAYSO_TEST_KILLS", 8) / 2).await;
    }
}
