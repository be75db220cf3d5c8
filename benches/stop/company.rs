//! The company whose people stop things: a real application behind the real router, on a database of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sayso::app::acks::{self, Stop};
use sayso::app::agents::{NewAgent, register};
use sayso::app::choices::{Choosing, choose};
use sayso::app::clock::{Clock as _, Random, SystemClock};
use sayso::app::notices::{Draft, publish};
use sayso::app::pauses::{Paused, pause};
use sayso::app::settings::Settings;
use sayso::app::writer::Keys;
use sayso::app::{App, directory, programs};
use sayso::domain::account::Role;
use sayso::domain::agent::{AgentKey, AgentKind};
use sayso::domain::choice::Answer;
use sayso::domain::dialect::Dialect;
use sayso::domain::employee::Locale;
use sayso::domain::id::{FormId, ProgramId, RecordId, SubjectId};
use sayso::domain::notice::NoticeText;
use sayso::domain::record::Record;
use sayso::ledger::key::SignerKey;
use sayso::ledger::seal::EpochKey;
use sayso::store;
use serde_json::json;
use tokio::net::TcpListener;

use crate::agents::{Case, Sort};
use crate::report::Shown;

/// People whom every agent may ask about.
pub const PEOPLE: usize = 5;
const UNIT: &str = "Design";

/// The present moment.
pub fn now() -> DateTime<Utc> {
    SystemClock::real().now()
}

pub struct Company {
    app: App,
    random: Random,
    people: Vec<SubjectId>,
    pub address: SocketAddr,
    pub keys: Vec<(String, AgentKey)>,
}

impl Company {
    /// With so many agents, and as many programmes that can be paused: a pause has no way back yet.
    pub async fn open(dir: &Path, agents: usize, pauses: usize) -> Self {
        let url = format!("sqlite:{}", dir.join("company.sqlite").display());
        let store = store::open(&url).await.expect("a database");
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
        for n in 0..PEOPLE {
            csv += &format!("E{n},Person {n},p{n}@brackwater.example,{UNIT},en\n");
        }
        directory::import(&app, csv.as_bytes())
            .await
            .expect("people");
        let mut ids = vec!["mci".to_owned()];
        ids.extend((0..pauses).map(pausable));
        for id in &ids {
            declare(&app, id).await;
        }
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            let id = format!("E{n}").parse().expect("an id");
            let employee = store
                .employee_by_external_id(&id)
                .await
                .expect("the directory");
            people.push(employee.expect("a person").subject);
        }
        let mut keys = Vec::new();
        for n in 0..agents {
            let new = NewAgent {
                name: format!("desk-{n:05}").parse().expect("a name"),
                kind: AgentKind::Collector,
                programs: ids.iter().map(|id| id.parse().expect("an id")).collect(),
                categories: Vec::new(),
                units: Vec::new(),
                dialect: Dialect::default(),
                runs_on: "A desk".into(),
            };
            let (agent, key) = register(&app, new).await.expect("an agent");
            keys.push((agent.name.to_string(), key));
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = sayso::config::Server {
            listen: address,
            ..sayso::config::Server::default()
        };
        let serving = app.clone();
        tokio::spawn(async move { sayso::http::serve(listener, serving, &server).await });
        Self {
            app,
            random,
            people,
            address,
            keys,
        }
    }

    /// Says yes.
    pub async fn begin(&self, case: &Case) {
        self.choose(case, Answer::Give).await;
    }

    async fn choose(&self, case: &Case, answer: Answer) -> Option<(u64, DateTime<Utc>)> {
        let choosing = Choosing {
            program: case.program.parse().expect("an id"),
            category: "keystrokes".parse().expect("an id"),
            answer,
            notice_version: 1,
            language: Locale::En,
            conditions: None,
        };
        let chosen = choose(&self.app, &self.people[case.person], &choosing, None);
        let event = chosen.await.expect("a choice").event;
        event.map(|event| (event.entry + 1, event.at))
    }

    /// Stops it: one person takes a yes back, or the privacy officer pauses the programme.
    pub async fn stop(&self, sort: Sort, case: &Case) -> Stop {
        let program: ProgramId = case.program.parse().expect("an id");
        match sort {
            Sort::Withdrawal => {
                let event = self.choose(case, Answer::Refuse).await;
                let (seq, at) = event.expect("it was on");
                Stop {
                    seq,
                    at,
                    program,
                    category: Some("keystrokes".parse().expect("an id")),
                    unit: Some(UNIT.into()),
                }
            }
            Sort::Pause => {
                let reason = "To see how long it takes.".parse().expect("words");
                let once = FormId::new(now(), self.random.bytes());
                let paused = pause(&self.app, &program, Role::PrivacyOfficer, &reason, once);
                assert!(matches!(paused.await, Ok(Paused::Now { .. })), "it ran");
                let program = sayso::app::pauses::one(&self.app, &program).await;
                let program = program.expect("it is declared");
                let pause = sayso::app::pauses::of(&self.app, &program).await;
                pause.expect("the database").expect("it is paused").stop()
            }
        }
    }

    /// What the choices page or the pause page says, once everybody has confirmed who can.
    pub async fn shown(&self, stop: &Stop, expected: usize) -> Shown {
        let start = Instant::now();
        loop {
            let known = acks::confirmations(&self.app, stop.clone())
                .await
                .expect("the database");
            if known.confirmed.len() >= expected || start.elapsed() > Duration::from_secs(20) {
                let last = known.confirmed.last().map(|(_, after)| *after);
                let mut waiting: Vec<_> = known
                    .waiting
                    .iter()
                    .map(|agent| agent.name.to_string())
                    .collect();
                waiting.sort();
                return Shown {
                    confirmed: known.confirmed.len(),
                    waiting,
                    took: last.and_then(|last| last.to_std().ok()).unwrap_or_default(),
                };
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A record of something captured in that span.
    pub fn record(&self, case: &Case, from: DateTime<Utc>, to: DateTime<Utc>) -> Record {
        Record {
            id: RecordId::from_random(self.random.bytes()),
            employee: format!("E{}", case.person).parse().expect("an id"),
            program: case.program.parse().expect("an id"),
            category: "keystrokes".parse().expect("an id"),
            app: None,
            device: None,
            from,
            to: to.max(from),
            events: 1,
            bytes: 1,
            dataset: format!("{}-all", case.program).parse().expect("an id"),
            digest: "0".repeat(64),
        }
    }
}

/// The programme that the pause of a round stops.
pub fn pausable(round: usize) -> String {
    format!("pause-{round}")
}

async fn declare(app: &App, id: &str) {
    let declaration = json!({
        "id": id, "name": id, "purpose": "To be stopped.", "controller": "Brackwater Instruments",
        "legal_basis": "consent", "mechanism": "opt_in", "retention_days": 30, "notice": id,
        "categories": [{"id": "keystrokes", "name": "Keystrokes", "what": "Keys."}],
        "datasets": [{"id": format!("{id}-all"), "name": "All", "store": "lake", "categories": ["keystrokes"], "audience": "Nobody"}],
    });
    let declaration = serde_json::from_value(declaration).expect("a declaration");
    programs::declare(app, &declaration)
        .await
        .expect("a programme");
    let text = NoticeText {
        title: "What is captured".into(),
        summary: "What it means.".into(),
        body: "Text.".into(),
    };
    let draft = Draft {
        notice: id.parse().expect("a name"),
        material: true,
        effective_on: None,
        texts: [(Locale::En, text)].into(),
    };
    publish(app, &draft, None).await.expect("a notice");
}

/// The first moment that is after a stop for certain.
pub fn after(stop: &Stop) -> DateTime<Utc> {
    stop.at + TimeDelta::microseconds(1)
}
