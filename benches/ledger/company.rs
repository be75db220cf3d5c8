//! The company that is measured: a real application on a database of its own.

use std::path::Path;
use std::sync::Arc;

use sayso::app::clock::{Random, SystemClock};
use sayso::app::notices::{Draft, publish};
use sayso::app::settings::Settings;
use sayso::app::writer::{Keys, Writer};
use sayso::app::{App, directory, programs};
use sayso::domain::employee::Locale;
use sayso::domain::id::SubjectId;
use sayso::domain::notice::NoticeText;
use sayso::ledger::key::SignerKey;
use sayso::ledger::seal::EpochKey;
use sayso::store::{self, Store};

/// Clients at the same time, each an employee of their own.
pub const CLIENTS: usize = 64;

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

/// The present moment.
pub fn now() -> chrono::DateTime<chrono::Utc> {
    sayso::app::clock::Clock::now(&SystemClock::real())
}

pub struct Company {
    pub app: App,
    pub store: Arc<dyn Store>,
    pub writer: Writer,
    pub random: Random,
    pub people: Vec<SubjectId>,
}

fn keys() -> Keys {
    Keys {
        signer: SignerKey::new("ledger.brackwater.example", [1; 32]).expect("a name"),
        epochs: EpochKey::new(1, [2; 32]).into(),
    }
}

impl Company {
    pub async fn open(dir: &Path) -> Self {
        let url = format!("sqlite:{}", dir.join("company.sqlite").display());
        let store = store::open(&url).await.expect("a database");
        let random = Random::system();
        let clock = Arc::new(SystemClock::real());
        let app = App::start(
            store.clone(),
            clock,
            random.clone(),
            Settings::default(),
            keys(),
        )
        .await
        .expect("an application");
        let mut csv = "external_id,name,email,unit,locale\n".to_owned();
        for n in 0..CLIENTS {
            csv += &format!("E{n},Person {n},p{n}@brackwater.example,Design,en\n");
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
            body: "What the programme captures, and why.\n\n".repeat(80),
        };
        let draft = Draft {
            notice: "mci".parse().expect("a name"),
            material: true,
            effective_on: None,
            texts: [(Locale::En, text)].into(),
        };
        publish(&app, &draft, None).await.expect("a notice");
        let mut people = Vec::new();
        for n in 0..CLIENTS {
            let id = format!("E{n}").parse().expect("an id");
            let employee = store
                .employee_by_external_id(&id)
                .await
                .expect("the directory");
            people.push(employee.expect("a person").subject);
        }
        app.follow();
        let writer = app.writer().clone();
        Self {
            app,
            store,
            writer,
            random,
            people,
        }
    }
}
