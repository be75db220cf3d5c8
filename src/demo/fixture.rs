//! The fixture of AuthZEN's certification scenario (openid/authzen, `certification/authorization-api-1_0-scenario.md`,
//! section "Required Fixture"), as a company: two people, two records as kinds of data, an action per programme, and
//! every permission a choice in the ledger.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::app::agents::{self, NewAgent};
use crate::app::choices::{self, Choosing};
use crate::app::directory::ImportError;
use crate::app::error::Error;
use crate::app::{App, directory, notices, programs};
use crate::cli::Failure;
use crate::domain::agent::{AgentKey, AgentKind};
use crate::domain::choice::Answer;
use crate::domain::dialect::Dialect;
use crate::domain::employee::{ExternalId, Locale};
use crate::domain::notice::NoticeText;
use crate::domain::property::Literal;
use crate::store::Store;

const PEOPLE: &[u8] = b"external_id,name,email,unit,locale\n\
    alice,Alice Example,alice@pdp.example,Records,en\n\
    bob,Bob Example,bob@pdp.example,Records,en\n";
const PROGRAMS: [&str; 3] = ["read", "write", "delete"];

/// Person, programme, category, and what narrows the yes.
const CHOICES: [(&str, &str, &str, &str); 5] = [
    ("alice", "read", "record-1", "[]"),
    (
        "alice",
        "write",
        "record-1",
        r#"[{"not_if":{"attribute":"resource.status","equals":"archived"}}]"#,
    ),
    (
        "alice",
        "delete",
        "record-1",
        r#"[{"only_if":{"attribute":"action.soft","equals":true}}]"#,
    ),
    ("bob", "read", "record-1", "[]"),
    (
        "bob",
        "write",
        "record-2",
        r#"[{"only_if":{"attribute":"subject.role","equals":"admin"}}]"#,
    ),
];

/// Seeds an empty database; the key of the agent that asks in the scenario's words.
///
/// # Errors
/// When it is not empty, or fails.
pub async fn seed(app: &App, store: &dyn Store) -> Result<AgentKey, Failure> {
    let people = store.employees().await.map_err(Error::from)?;
    let declared = store.programs().await.map_err(Error::from)?;
    if !people.is_empty() || !declared.is_empty() {
        let hint = "the database is not empty; nothing was changed";
        return Err(Failure(hint.to_owned()));
    }
    let imported = directory::import(app, PEOPLE).await;
    imported.map_err(|error| match error {
        ImportError::Rows(rows) => Failure(format!("{rows:?}")),
        ImportError::App(error) => error.into(),
    })?;
    let admin = Some(Literal::Text("admin".to_owned()));
    directory::set_attribute(app, &person("bob")?, "role", admin).await?;
    let text = NoticeText {
        title: "Records of the scenario".into(),
        summary: "What the certification scenario does.".into(),
        body: "Two records, which are read, written and deleted.".into(),
    };
    let draft = notices::Draft {
        notice: slug("scenario")?,
        material: true,
        effective_on: None,
        texts: BTreeMap::from([(Locale::En, text)]),
    };
    for program in PROGRAMS {
        let declaration = serde_json::from_value(declaration(program));
        let declaration = declaration.map_err(|error| Failure(error.to_string()))?;
        programs::declare(app, &declaration).await?;
    }
    notices::publish(app, &draft, None).await?;
    for (who, program, category, conditions) in CHOICES {
        let known = store.employee_by_external_id(&person(who)?).await;
        let known = known.map_err(Error::from)?;
        let subject = known.ok_or(Error::NotFound)?.subject;
        let conditions = serde_json::from_str(conditions);
        let choosing = Choosing {
            program: slug(program)?,
            category: slug(category)?,
            answer: Answer::Give,
            notice_version: 1,
            language: Locale::En,
            conditions: Some(conditions.map_err(|error| Failure(error.to_string()))?),
        };
        choices::choose(app, &subject, &choosing, None).await?;
    }
    let agent = NewAgent {
        name: slug("scenario")?,
        kind: AgentKind::Collector,
        programs: PROGRAMS.into_iter().map(slug).collect::<Result<_, _>>()?,
        categories: Vec::new(),
        units: Vec::new(),
        dialect: Dialect {
            subject: "user".to_owned(),
            resource: "record".to_owned(),
            action: None,
        },
        runs_on: "The certification harness".to_owned(),
    };
    Ok(agents::register(app, agent).await?.1)
}

fn declaration(program: &str) -> Value {
    let record = |id: &str, status: &str| json!({"id": id, "name": id, "what": "A record of the scenario.", "attributes": {"status": status}});
    json!({
        "id": program, "name": program, "purpose": "The certification scenario.", "controller": "The scenario",
        "legal_basis": "consent", "mechanism": "opt_in", "retention_days": 1, "notice": "scenario",
        "categories": [record("record-1", "active"), record("record-2", "archived")],
    })
}

fn person(id: &str) -> Result<ExternalId, Failure> {
    slug(id)
}

fn slug<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Failure> {
    text.parse()
        .map_err(|error: T::Err| Failure(error.to_string()))
}
