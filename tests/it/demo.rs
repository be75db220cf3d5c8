//! The demo's company: what its seed decides, what it can be relied on for, and what it never touches.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sayso::app::clock::{ManualClock, Random};
use sayso::app::{App, accounts, callers, requests};
use sayso::cli::Failure;
use sayso::config::{Config, Data};
use sayso::demo::{Arguments, Company, prepare};
use sayso::domain::choice::ChoiceEvent;
use sayso::domain::employee::Employee;
use sayso::domain::id::FormId;
use sayso::domain::request::Outcome;
use sayso::store::records::{Range, RecordRow};
use sayso::store::{self, Store};

fn start() -> DateTime<Utc> {
    "2026-11-18T11:40:00Z".parse().unwrap()
}

fn arguments(dir: &Path) -> Arguments {
    Arguments {
        data: dir.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        seed: None,
        json: true,
        at: None,
        fresh: false,
    }
}

async fn company(config: Config, arguments: Arguments) -> Result<Company, Failure> {
    prepare(config, &arguments, start(), &|_| ()).await
}

type Everything = Vec<(Employee, Vec<ChoiceEvent>, Vec<RecordRow>, u64)>;

async fn everything(store: &dyn Store) -> Everything {
    let range = Range {
        from: DateTime::UNIX_EPOCH,
        to: start(),
        program: None,
        category: None,
    };
    let mut all = Vec::new();
    for employee in store.employees().await.unwrap() {
        let subject = employee.subject;
        let choices = store.choices(&subject, None).await.unwrap();
        let records = store.records(&subject, &range, None, 10_000).await.unwrap();
        let (_, quarantined) = store.quarantined(&subject, &range, 1).await.unwrap();
        all.push((employee, choices, records, quarantined));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_company_and_it_is_found_again() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let build = |dir: &Path| tokio::spawn(company(Config::default(), arguments(dir)));
    let (built, other) = (build(one.path()), build(two.path()));
    let (built, other) = (built.await.unwrap().unwrap(), other.await.unwrap().unwrap());
    let all = everything(&*built.store).await;
    assert!(all == everything(&*other.store).await);
    assert_eq!(built.marker, other.marker);

    assert_eq!(all.len(), 60);
    assert!(all.iter().any(|(_, choices, ..)| choices.is_empty()));
    assert!(all.iter().map(|(.., quarantined)| quarantined).sum::<u64>() > 0);
    let marit = all
        .iter()
        .find(|(employee, ..)| employee.name == "Marit Osterkamp");
    let (employee, _, records, quarantined) = marit.unwrap();
    assert!(records.len() > 800 && *quarantined == 2);
    let filed = built.store.requests(&employee.subject, None).await.unwrap();
    let [open, done] = filed.as_slice() else {
        panic!("Marit has two requests, not {}", filed.len());
    };
    let waiting = open.tasks.iter().filter(|task| task.is_open());
    let waiting: Vec<_> = waiting.map(|task| task.store.as_str()).collect();
    assert_eq!(waiting, ["tape-archive"]);
    let outcomes = done.tasks.iter().flat_map(|task| &task.attestation);
    let outcomes: Vec<_> = outcomes.map(|(answer, _)| answer.outcome).collect();
    assert!(outcomes.contains(&Outcome::Erased) && outcomes.contains(&Outcome::Retained));

    printed_accounts_and_keys_work(&built).await;
    found_again(one.path(), &built).await;
}

async fn printed_accounts_and_keys_work(company: &Company) {
    let clock = Arc::new(ManualClock::at(start()));
    let keys = company.config.keys(&Random::system()).unwrap();
    let settings = company.config.settings().unwrap();
    let random = Random::system();
    let app = App::start(company.store.clone(), clock, random, settings, keys)
        .await
        .unwrap();
    let mut hats = Vec::new();
    for account in &company.marker.accounts {
        let once = FormId::from_random(app.random());
        let signed_in = accounts::sign_in(&app, &account.email, &account.password, "test", once);
        let subject = signed_in.await.unwrap();
        let known = accounts::account(&app, &subject).await.unwrap().unwrap();
        assert_eq!(known.employee.external_id, account.external_id);
        let role = known.roles.first().map_or("employee", |role| role.word());
        assert_eq!(role, account.role);
        hats.push(role);
    }
    hats.sort_unstable();
    let every = [
        "auditor",
        "employee",
        "employee",
        "operator",
        "privacy_officer",
        "publisher",
        "representative",
    ];
    assert_eq!(hats, every);
    assert_eq!(company.marker.agents[0].name.as_str(), "test-collector");
    for agent in &company.marker.agents {
        let known = callers::authenticate(&app, &agent.key)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((&known.name, known.kind), (&agent.name, agent.kind));
        if known.kind.stores() {
            requests::open_tasks(&app, &known).await.unwrap();
        }
    }
}

async fn found_again(dir: &Path, built: &Company) {
    let later = start() + TimeDelta::days(1);
    let again = prepare(Config::default(), &arguments(dir), later, &|_| ()).await;
    assert_eq!(again.unwrap().marker, built.marker);
    let other_seed = Arguments {
        seed: Some(2),
        ..arguments(dir)
    };
    let refused = company(Config::default(), other_seed).await.err().unwrap();
    assert!(refused.0.contains("made from seed 1"), "{refused}");
    let earlier = start() - TimeDelta::seconds(1);
    let refused = prepare(Config::default(), &arguments(dir), earlier, &|_| ()).await;
    assert!(refused.err().unwrap().0.contains("--at"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(dir.join("demo.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "it holds passwords and keys");
    }
    fs::remove_file(dir.join("sayso.sqlite")).unwrap();
    let refused = company(Config::default(), arguments(dir))
        .await
        .err()
        .unwrap();
    assert!(refused.0.contains("not the one of this demo"), "{refused}");
}

#[tokio::test]
async fn a_folder_without_a_demo_is_not_touched_not_even_for_a_fresh_one() {
    for file in ["sayso.sqlite", "ledger.key", "epoch.key"] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(file), "somebody's own").unwrap();
        let asked = Arguments {
            fresh: true,
            ..arguments(dir.path())
        };
        let refused = company(Config::default(), asked).await.err().unwrap();
        assert!(refused.0.contains("nothing was touched"), "{refused}");
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
        let text = fs::read_to_string(dir.path().join(file)).unwrap();
        assert_eq!(text, "somebody's own");
    }
}

#[tokio::test]
async fn a_database_that_holds_people_is_not_written_to() {
    let (dir, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = format!("sqlite:{}", own.path().join("real.sqlite").display());
    let store = store::open(&url).await.unwrap();
    let person = Employee {
        subject: sayso::domain::id::SubjectId::from_random([7; 16]),
        external_id: "E1".parse().unwrap(),
        name: "Somebody Real".into(),
        email: "somebody@company.example".parse().unwrap(),
        unit: "Design".into(),
        locale: sayso::domain::employee::Locale::En,
    };
    let people = std::slice::from_ref(&person);
    store.import(people, start()).await.unwrap();
    let data = Data {
        database: Some(url),
        ..Data::default()
    };
    let config = Config {
        data,
        ..Config::default()
    };
    let refused = company(config, arguments(dir.path())).await.err().unwrap();
    assert!(refused.0.contains("not empty"), "{refused}");
    assert_eq!(store.employees().await.unwrap(), [person]);
    assert!(
        store.head().await.unwrap().is_none(),
        "no log was opened in it"
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
