//! A company of any size: a programme, a notice, an agent, and choices that were made long ago.
//!
//! The choices are written into the database beside the log, at positions before its first entry, as if a log before this
//! one held them: what is measured is what reads them.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sayso::app::agents::{NewAgent, register};
use sayso::app::clock::{Clock as _, Random, SystemClock};
use sayso::app::notices::{Draft, publish};
use sayso::app::settings::Settings;
use sayso::app::writer::Keys;
use sayso::app::{App, programs};
use sayso::domain::agent::AgentKind;
use sayso::domain::dialect::Dialect;
use sayso::domain::employee::Locale;
use sayso::domain::notice::NoticeText;
use sayso::ledger::key::SignerKey;
use sayso::ledger::seal::EpochKey;
use sayso::store;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

const DECLARATION: &str = r#"
id = "mci"
name = "Model Capability Initiative"
purpose = "To train a model."
controller = "Brackwater Instruments"
legal_basis = "consent"
mechanism = "opt_in"
retention_days = 30
notice = "mci"
"#;

pub struct Company {
    pub app: App,
    pub key: String,
    pub people: u32,
    pub states: u32,
    pub cold_start: Duration,
    pub bytes: usize,
}

fn keys() -> Keys {
    Keys {
        signer: SignerKey::new("ledger.brackwater.example", [1; 32]).expect("a name"),
        epochs: EpochKey::new(1, [2; 32]).into(),
    }
}

async fn start(url: &str) -> App {
    let store = store::open(url).await.expect("a database");
    let clock = Arc::new(SystemClock::real());
    App::start(store, clock, Random::system(), Settings::default(), keys())
        .await
        .expect("an application")
}

impl Company {
    pub async fn open(dir: &Path, people: u32, states: u32) -> Self {
        let url = format!("sqlite:{}", dir.join("company.sqlite").display());
        drop(start(&url).await);
        populate(&url, people, states).await;
        let app = start(&url).await;
        let mut declaration = DECLARATION.to_owned();
        for state in 0..states {
            declaration += &format!(
                "[[categories]]\nid = \"c{state}\"\nname = \"Category {state}\"\nwhat = \"What it is.\"\n"
            );
        }
        let declaration = toml::from_str(&declaration).expect("a declaration");
        programs::declare(&app, &declaration)
            .await
            .expect("a programme");
        let text = NoticeText {
            title: "What is captured".into(),
            summary: "What it means.".into(),
            body: "What the programme captures, and why.".into(),
        };
        let draft = Draft {
            notice: "mci".parse().expect("a name"),
            material: false,
            effective_on: None,
            texts: [(Locale::En, text)].into(),
        };
        publish(&app, &draft, None).await.expect("a notice");
        let new = NewAgent {
            name: "desk".parse().expect("a name"),
            kind: AgentKind::Collector,
            programs: vec!["mci".parse().expect("a name")],
            categories: vec![],
            units: vec![],
            dialect: Dialect::default(),
            runs_on: "Bench".into(),
        };
        let (_, key) = register(&app, new).await.expect("an agent");
        let begun = Instant::now();
        app.follow();
        while !app.standings().is_loaded() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let cold_start = begun.elapsed();
        let bytes = app
            .standings()
            .reading()
            .await
            .expect("standings")
            .bytes_held();
        Self {
            app,
            key: key.expose(),
            people,
            states,
            cold_start,
            bytes,
        }
    }

    pub fn bytes_each(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let bytes = self.bytes as f64;
        bytes / f64::from(self.people)
    }
}

/// Three of four say yes.
async fn populate(url: &str, people: u32, states: u32) {
    let mut connection = SqliteConnection::connect(url).await.expect("a connection");
    let choices = i64::from(people) * i64::from(states);
    let now = now().timestamp_micros() - 3_600_000_000;
    connection
        .execute("begin immediate")
        .await
        .expect("a transaction");
    sqlx::query("update log set base = base + $1")
        .bind(choices)
        .execute(&mut connection)
        .await
        .expect("the log begins after the choices");
    // A subject is 22 characters of base64url, the last of which holds two bits.
    sqlx::query(
        "insert into employee (subject, external_id, name, email, unit, locale, added_at)
         with recursive number(n) as (select 0 union all select n + 1 from number where n + 1 < $1)
         select printf('%021dA', n), printf('E%07d', n), 'Somebody', printf('p%d@brackwater.example', n), 'Design', 'en', 0 from number",
    )
    .bind(i64::from(people))
    .execute(&mut connection)
    .await
    .expect("employees");
    sqlx::query(
        "insert into program (id, declaration, declared_at) select 'mci', '{}', 0 where not exists (select 1 from program)",
    )
    .execute(&mut connection)
    .await
    .expect("a programme");
    sqlx::query(
        "insert into choice (entry, subject, program, category, state, at, notice_version, language)
         with recursive number(n) as (select 0 union all select n + 1 from number where n + 1 < $1)
         select n, printf('%021dA', n / $2), 'mci', 'c' || (n % $2), case when (n / $2) % 4 = 3 then 'refused' else 'given' end,
             $3 + n % 3600000000, 1, 'en' from number",
    )
    .bind(choices)
    .bind(i64::from(states))
    .bind(now)
    .execute(&mut connection)
    .await
    .expect("choices");
    connection.execute("commit").await.expect("a commit");
}

/// The present moment, to date what is written.
fn now() -> DateTime<Utc> {
    SystemClock::real().now()
}
