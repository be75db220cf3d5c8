//! A small company for tests of the agent API: two people, one programme, a collector and a store.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use sayso::app::agents::{NewAgent, register};
use sayso::app::choices::{Choosing, choose};
use sayso::app::clock::{Clock, ManualClock, Random};
use sayso::app::settings::Settings;
use sayso::app::writer::Keys;
use sayso::app::{App, directory, notices, programs};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::dialect::Dialect;
use sayso::domain::employee::Locale;
use sayso::domain::id::SubjectId;
use sayso::domain::notice::NoticeText;
use sayso::http::agents;
use sayso::ledger::key::SignerKey;
use sayso::ledger::seal::EpochKey;
use sayso::store;
use serde_json::{Value, json};
use tower::ServiceExt as _;

const PEOPLE: &[u8] = b"external_id,name,email,unit,locale\n\
    E1,Marit Osterkamp,marit@brackwater.example,Optics,en\n\
    E2,Jonas Feld,jonas@brackwater.example,Optics,de\n";

/// The company.
pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
    /// Key of a collector for everything in `mci`.
    pub collector: String,
    /// Key of the store that keeps `mci-all`.
    pub keeper: String,
    /// Address of the database.
    pub url: String,
    store: Arc<dyn store::Store>,
    pub router: Router,
    _data: tempfile::TempDir,
}

/// One answer of the API.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl World {
    /// At eight in the morning of 23 November 2026.
    pub async fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-23T08:00:00Z".parse().unwrap()));
        let shared: Arc<dyn Clock> = clock.clone();
        Self::with_clock(shared, clock).await
    }

    /// With another clock than the one that stands.
    pub async fn with_clock(shared: Arc<dyn Clock>, clock: Arc<ManualClock>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", data.path().join("sayso.db").display());
        let store = store::open(&url).await.unwrap();
        let keys = Keys {
            signer: SignerKey::new("sayso.example/log", [1; 32]).unwrap(),
            epochs: EpochKey::new(1, [2; 32]).into(),
        };
        let app = App::start(
            store.clone(),
            shared,
            Random::seeded(1),
            Settings::default(),
            keys,
        )
        .await
        .unwrap();
        programs::declare(&app, &serde_json::from_value(program()).unwrap())
            .await
            .unwrap();
        directory::import(&app, PEOPLE).await.unwrap();
        let text = NoticeText {
            title: "Input capture".into(),
            summary: "What we capture.".into(),
            body: "Text.".into(),
        };
        let draft = notices::Draft {
            notice: "mci".parse().unwrap(),
            material: true,
            effective_on: None,
            texts: Locale::ALL
                .into_iter()
                .map(|locale| (locale, text.clone()))
                .collect::<BTreeMap<_, _>>(),
        };
        notices::publish(&app, &draft, None).await.unwrap();
        let collector = agent(&app, "desk", AgentKind::Collector, &[]).await;
        let keeper = agent(&app, "lake", AgentKind::Store, &[]).await;
        Self {
            router: agents::routes().with_state(app.clone()),
            app,
            clock,
            collector,
            keeper,
            url,
            store,
            _data: data,
        }
    }

    /// Registers one more agent of programme `mci` and returns its key.
    pub async fn agent(&self, name: &str, kind: AgentKind, categories: &[&str]) -> String {
        agent(&self.app, name, kind, categories).await
    }

    /// The person behind an external id.
    pub async fn subject(&self, id: &str) -> SubjectId {
        let employee = self
            .store
            .employee_by_external_id(&id.parse().unwrap())
            .await;
        employee.unwrap().unwrap().subject
    }

    /// Says yes or no for a person in programme `mci`, one second after whatever was last.
    pub async fn choose(&self, id: &str, category: &str, answer: Answer) {
        self.pass(TimeDelta::seconds(1));
        let choosing = Choosing {
            program: "mci".parse().unwrap(),
            category: category.parse().unwrap(),
            answer,
            notice_version: 1,
            language: Locale::En,
            conditions: None,
        };
        choose(&self.app, &self.subject(id).await, &choosing, None)
            .await
            .unwrap();
    }

    /// Lets time pass.
    pub fn pass(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Serves the API on a free port and returns its address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    /// Posts JSON with a key.
    pub async fn post(&self, key: &str, path: &str, body: &Value) -> Reply {
        let request = request(Method::POST, path, key).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Gets with a key.
    pub async fn get(&self, key: &str, path: &str) -> Reply {
        self.send(request(Method::GET, path, key).body(Body::empty()).unwrap())
            .await
    }

    /// Sends any request. Asserts what holds for every answer.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let sent_id = request.headers().get("x-request-id").cloned();
        let label = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        assert_eq!(parts.headers.get("x-request-id"), sent_id.as_ref());
        if !parts.status.is_success() && parts.status != StatusCode::NOT_MODIFIED {
            assert_eq!(
                parts
                    .headers
                    .get("content-type")
                    .unwrap_or_else(|| panic!("{label}: {}", parts.status)),
                "application/problem+json"
            );
            assert_eq!(body["status"], parts.status.as_u16());
            assert!(
                body["type"]
                    .as_str()
                    .unwrap()
                    .starts_with("urn:sayso:problem:"),
                "{body}"
            );
        }
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

/// A request with a key.
pub fn request(method: Method, path: &str, key: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {key}"))
}

async fn agent(app: &App, name: &str, kind: AgentKind, categories: &[&str]) -> String {
    let new = NewAgent {
        name: name.parse().unwrap(),
        kind,
        programs: vec!["mci".parse().unwrap()],
        categories: categories
            .iter()
            .map(|category| category.parse().unwrap())
            .collect(),
        units: Vec::new(),
        dialect: Dialect::default(),
        runs_on: "Desks".into(),
    };
    register(app, new).await.unwrap().1.expose()
}

fn program() -> Value {
    json!({
        "id": "mci", "name": "Model training", "purpose": "To train a model.", "controller": "Brackwater Instruments",
        "legal_basis": "consent", "mechanism": "opt_in", "retention_days": 30, "notice": "mci",
        "categories": [
            {"id": "keystrokes", "name": "Keystrokes", "what": "Keys."},
            {"id": "mouse_movement", "name": "Mouse movement", "what": "Paths."},
        ],
        "datasets": [{"id": "mci-all", "name": "All", "store": "lake", "categories": ["keystrokes", "mouse_movement"], "audience": "Nobody"}],
    })
}
