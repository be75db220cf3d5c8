//! The scene of a test: a fresh database of either kind, a clock that stands still, a seeded company of two programmes.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sayso::app::agents::NewAgent;
use sayso::app::choices::{Choosing, choose};
use sayso::app::clock::{Clock as _, ManualClock, Random};
use sayso::app::notices::{Draft, publish};
use sayso::app::writer::Keys;
use sayso::app::{App, accounts, agents, directory, programs};
use sayso::domain::account::Role;
use sayso::domain::agent::{Agent, AgentKey, AgentKind};
use sayso::domain::choice::{Answer, ChoiceEvent};
use sayso::domain::dialect::Dialect;
use sayso::domain::employee::Locale;
use sayso::domain::id::{FormId, SubjectId};
use sayso::domain::notice::{NoticeText, PublishedNotice};
use sayso::domain::program::Declaration;
use sayso::domain::record::Record;
use sayso::ledger::key::SignerKey;
use sayso::ledger::seal::EpochKey;
use sayso::store::{self, Store};

use crate::database::{Kind, fresh_url, number};
use crate::house::{ORIGIN, config};

/// The password of everybody who has one.
pub const PASSWORD: &str = "correct horse battery";
/// Everybody in the test company.
pub const PEOPLE: &str = "external_id,name,email,unit,locale
E1,Marit Osterkamp,marit@brackwater.example,Design,de
E2,Rui Brandt,rui@brackwater.example,Design,en
E3,Hanna Ruiz,hanna@brackwater.example,HR,en
E4,Aldo Brennecke,aldo@brackwater.example,Privacy,en
E5,Ines Okafor,ines@brackwater.example,Workshop,fr
";
/// The programme of every test company.
pub const DECLARATION: &str = r#"
id = "mci"
name = "Model Capability Initiative"
purpose = "Trains software to operate a computer."
controller = "Brackwater Instruments"
legal_basis = "consent"
mechanism = "opt_in"
apps = ["browser", "editor"]
retention_days = 180
notice = "mci"
disclosure = { storage_locations = ["DE"], ai_training = true, sensitive = ["keystrokes"], third_parties = [
    { name = "Fernbank Quality Services", address = "Keizersgracht 200, Amsterdam, NL", contact = "privacy@fernbank.example" },
] }
categories = [
    { id = "keystrokes", name = "Keystrokes", what = "Which keys you press." },
    { id = "mouse_movement", name = "Mouse movement", what = "Path of the pointer." },
    { id = "click_location", name = "Click location", what = "Where you click." },
    { id = "screen_content", name = "Screen content", what = "Pictures of the window." },
]
datasets = [
    { id = "mci-pointer", name = "Pointer", store = "lake", categories = ["mouse_movement", "click_location"], audience = "Research" },
    { id = "mci-content", name = "Content", store = "lake", categories = ["keystrokes", "screen_content"], audience = "Research" },
    { id = "mci-archive", name = "Archive", store = "tape", categories = ["keystrokes"], audience = "Nobody" },
]
"#;

/// A running application on a database of its own.
pub struct World {
    pub app: App,
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub url: String,
    pub dir: tempfile::TempDir,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The keys of every test company.
pub fn keys() -> Keys {
    Keys {
        signer: SignerKey::new(ORIGIN, [1; 32]).unwrap(),
        epochs: epoch_key().into(),
    }
}

/// The key that wraps people's keys in a test company, until its epoch ends.
pub fn epoch_key() -> EpochKey {
    EpochKey::new(1, [2; 32])
}

impl World {
    /// An empty company on Monday 23 November 2026, 09:00 UTC.
    pub async fn new(kind: Kind) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = fresh_url(kind, &dir).await;
        let config = config(dir.path(), &url);
        std::fs::create_dir(config.key_folder()).unwrap();
        for (file, byte) in [("ledger.key", "01"), ("epoch.key", "02")] {
            std::fs::write(config.key_folder().join(file), byte.repeat(32)).unwrap();
        }
        let store = store::open(&url).await.unwrap();
        let clock = Arc::new(ManualClock::at(at("2026-11-23T09:00:00Z")));
        let random = Random::seeded(u64::from(number()));
        let app = App::start(
            store.clone(),
            clock.clone(),
            random,
            config.settings().unwrap(),
            config.keys(&Random::system()).unwrap(),
        )
        .await
        .unwrap();
        Self {
            app,
            store,
            clock,
            url,
            dir,
        }
    }

    /// Five people, one programme with a notice in English and German, roles for three of them.
    pub async fn with_company(self) -> Self {
        directory::import(&self.app, PEOPLE.as_bytes())
            .await
            .unwrap();
        let declaration: Declaration = toml::from_str(DECLARATION).unwrap();
        programs::declare(&self.app, &declaration).await.unwrap();
        self.publish("mci", true, None).await;
        for (id, role) in [
            ("E3", Role::Publisher),
            ("E4", Role::PrivacyOfficer),
            ("E5", Role::Representative),
        ] {
            accounts::set_role(&self.app, &id.parse().unwrap(), role, true)
                .await
                .unwrap();
        }
        self.pass(1);
        self
    }

    /// Lets `seconds` go by.
    pub fn pass(&self, seconds: i64) {
        self.clock
            .set(self.clock.now() + TimeDelta::seconds(seconds));
    }

    /// The subject id behind an external id.
    pub async fn subject(&self, external_id: &str) -> SubjectId {
        self.store
            .employee_by_external_id(&external_id.parse().unwrap())
            .await
            .unwrap()
            .unwrap()
            .subject
    }

    /// A form that was not posted yet.
    pub fn form(&self) -> FormId {
        FormId::from_random(self.app.random())
    }

    /// Gives somebody the common password.
    pub async fn open_account(&self, external_id: &str) -> SubjectId {
        let token = accounts::invite(&self.app, &external_id.parse().unwrap(), false)
            .await
            .unwrap();
        accounts::accept_invitation(&self.app, &token, PASSWORD, self.form())
            .await
            .unwrap()
    }

    /// Publishes the next version of a notice.
    pub async fn publish(
        &self,
        notice: &str,
        material: bool,
        effective_on: Option<&str>,
    ) -> PublishedNotice {
        let text = |title: &str| NoticeText {
            title: title.into(),
            summary: "What it means.".into(),
            body: "# Text\n\nOf the **notice**.".into(),
        };
        let texts = [
            (Locale::En, text("What is captured")),
            (Locale::De, text("Was erfasst wird")),
        ]
        .into();
        let draft = Draft {
            notice: notice.parse().unwrap(),
            material,
            effective_on: effective_on.map(|day| day.parse().unwrap()),
            texts,
        };
        publish(&self.app, &draft, Some(self.form())).await.unwrap()
    }

    /// Says yes or no to the version that counts.
    pub async fn choose(
        &self,
        external_id: &str,
        category: &str,
        answer: Answer,
    ) -> Option<ChoiceEvent> {
        let subject = self.subject(external_id).await;
        let board = sayso::app::board::board(&self.app, &subject).await.unwrap();
        let notice_version = board[0]
            .in_force
            .as_ref()
            .map_or(0, |notice| notice.version.version);
        let choosing = Choosing {
            program: "mci".parse().unwrap(),
            category: category.parse().unwrap(),
            answer,
            notice_version,
            language: Locale::En,
            conditions: None,
        };
        choose(&self.app, &subject, &choosing, Some(self.form()))
            .await
            .unwrap()
            .event
    }

    /// Registers an agent for the programme.
    pub async fn agent(&self, name: &str, kind: AgentKind) -> (Agent, AgentKey) {
        let new = NewAgent {
            name: name.parse().unwrap(),
            kind,
            programs: vec!["mci".parse().unwrap()],
            categories: vec![],
            units: Vec::new(),
            dialect: Dialect::default(),
            runs_on: "Test bench".into(),
        };
        agents::register(&self.app, new).await.unwrap()
    }

    /// A record of the last `seconds` seconds.
    pub fn record(&self, external_id: &str, category: &str, seconds: i64) -> Record {
        let dataset = if matches!(category, "mouse_movement" | "click_location") {
            "mci-pointer"
        } else {
            "mci-content"
        };
        Record {
            id: sayso::domain::id::RecordId::from_random(self.app.random()),
            employee: external_id.parse().unwrap(),
            program: "mci".parse().unwrap(),
            category: category.parse().unwrap(),
            app: Some("editor".into()),
            device: Some("Test bench".into()),
            from: self.clock.now() - TimeDelta::seconds(seconds),
            to: self.clock.now(),
            events: 7,
            bytes: 321,
            dataset: dataset.parse().unwrap(),
            digest: "0".repeat(64),
        }
    }
}
