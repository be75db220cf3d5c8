//! The company that is measured: a real application on a database of its own, people with a past, a registered collector.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sayso::app::agents::{NewAgent, register};
use sayso::app::choices::{Choosing, choose};
use sayso::app::clock::{Random, SystemClock};
use sayso::app::notices::{Draft, publish};
use sayso::app::settings::Settings;
use sayso::app::writer::Keys;
use sayso::app::{App, directory, programs};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::dialect::Dialect;
use sayso::domain::employee::Locale;
use sayso::domain::id::{RecordId, SubjectId};
use sayso::domain::notice::NoticeText;
use sayso::domain::record::Record;
use sayso::ledger::key::SignerKey;
use sayso::ledger::seal::EpochKey;
use sayso::store;

const DECLARATION: &str = r#"
id = "mci"
name = "Model Capability Initiative"
purpose = "Trains software to operate a computer."
controller = "Brackwater Instruments"
legal_basis = "consent"
mechanism = "opt_in"
apps = ["browser"]
retention_days = 180
notice = "mci"
categories = [{ id = "keystrokes", name = "Keystrokes", what = "Which keys you press." }]
datasets = [{ id = "content", name = "Content", store = "lake", categories = ["keystrokes"], audience = "Research" }]
"#;

pub struct Company {
    pub app: App,
    pub random: Random,
    pub people: Vec<SubjectId>,
    /// The collector's key.
    pub key: String,
}

fn now() -> chrono::DateTime<chrono::Utc> {
    sayso::app::clock::Clock::now(&SystemClock::real())
}

impl Company {
    pub async fn open(url: &str, people: usize, choices: usize) -> Self {
        let store = store::open(url).await.expect("a database");
        let random = Random::system();
        let keys = Keys {
            signer: SignerKey::new("ledger.brackwater.example", [1; 32]).expect("a name"),
            epochs: EpochKey::new(1, [2; 32]).into(),
        };
        let clock = Arc::new(SystemClock::real());
        let app = App::start(
            store.clone(),
            clock,
            random.clone(),
            Settings::default(),
            keys,
        )
        .await
        .expect("an application");
        let mut csv = "external_id,name,email,unit,locale\n".to_owned();
        for n in 0..people {
            csv += &format!("E-{n:05},Person {n},p{n}@brackwater.example,Design,en\n");
        }
        directory::import(&app, csv.as_bytes())
            .await
            .expect("people");
        let declaration = toml::from_str(DECLARATION).expect("a declaration");
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
            material: true,
            effective_on: None,
            texts: [(Locale::En, text)].into(),
        };
        publish(&app, &draft, None).await.expect("a notice");
        let mut subjects = Vec::new();
        for n in 0..people {
            let id = format!("E-{n:05}").parse().expect("an id");
            let employee = store.employee_by_external_id(&id).await;
            subjects.push(employee.expect("the directory").expect("a person").subject);
        }
        choose_all(&app, &subjects, choices).await;
        let mut keys = Vec::new();
        for name in ["desk", "raw"] {
            let new = NewAgent {
                name: name.parse().expect("a name"),
                kind: AgentKind::Collector,
                programs: vec!["mci".parse().expect("a name")],
                categories: vec![],
                units: vec![],
                dialect: Dialect::default(),
                runs_on: "Bench".into(),
            };
            let (_, key) = register(&app, new).await.expect("an agent");
            keys.push(key.expose());
        }
        Self {
            app,
            random,
            people: subjects,
            key: keys.remove(0),
        }
    }

    /// Batches of records that nobody has seen, of a moment ago, about everybody in turn.
    pub fn batches(&self, batches: usize, records: usize) -> Vec<Vec<Record>> {
        let now = now();
        let record = |number: usize| Record {
            id: RecordId::from_random(self.random.bytes()),
            employee: format!("E-{:05}", number % self.people.len())
                .parse()
                .expect("an id"),
            program: "mci".parse().expect("a name"),
            category: "keystrokes".parse().expect("a name"),
            app: Some("browser".into()),
            device: Some("Workstation 7".into()),
            from: now - TimeDelta::milliseconds(400),
            to: now,
            events: 40,
            bytes: 900,
            dataset: "content".parse().expect("a name"),
            digest: "0123456789abcdef".repeat(4),
        };
        let batch = |_| (0..records).map(record).collect();
        (0..batches).map(batch).collect()
    }
}

/// Everybody changes their mind so many times, and ends with a yes.
async fn choose_all(app: &App, people: &[SubjectId], choices: usize) {
    for turn in (0..choices).rev() {
        let answer = if turn.is_multiple_of(2) {
            Answer::Give
        } else {
            Answer::Refuse
        };
        let tasks = people.iter().map(|subject| {
            let (app, subject) = (app.clone(), *subject);
            tokio::spawn(async move {
                let choosing = Choosing {
                    program: "mci".parse().expect("a name"),
                    category: "keystrokes".parse().expect("a name"),
                    answer,
                    notice_version: 1,
                    language: Locale::En,
                    conditions: None,
                };
                choose(&app, &subject, &choosing, None)
                    .await
                    .expect("a choice");
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("chosen");
        }
    }
    // What is delivered now was captured after the last of it.
    tokio::time::sleep(Duration::from_secs(1)).await;
}
