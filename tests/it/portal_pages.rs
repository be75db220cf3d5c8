//! What the other pages say, from what was captured to what HR publishes.

use axum::http::StatusCode;
use sayso::app::records::ingest;
use sayso::app::requests::{attest, open_tasks};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use sayso::domain::request::{Attestation, Outcome};
use sayso::ledger::key::VerifierKey;
use sayso::ledger::receipt::Receipt;

use crate::database::Kind;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn activity_shows_each_record_and_first_what_was_captured_outside_the_choices() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let (desk, _) = world.agent("desk", AgentKind::Collector).await;
    world.choose("E2", "keystrokes", Answer::Give).await;
    world.pass(120);
    let records = vec![
        Ok(world.record("E2", "keystrokes", 60)),
        Ok(world.record("E2", "screen_content", 60)),
        Ok(world.record("E1", "keystrokes", 60)),
    ];
    ingest(&world.app, &desk, records).await.unwrap();
    let mut browser = world.signed_in("E2").await;
    let page = browser.get("/activity").await;
    assert_eq!(
        page.text("h1"),
        "1 record about you since 9 November. One more was outside your choices and refused."
    );
    let refused = page.all("section:has(#outside) tbody td", |cell| {
        cell.text().collect::<String>().trim().to_owned()
    });
    assert_eq!(
        refused[1..6],
        [
            "Screen content",
            "You had not said yes, and no answer means no.",
            "editor",
            "7",
            "1 kB"
        ]
    );
    let kept = page.all("section:has(#recs) tbody tr:not(.day)", |row| {
        row.text().collect::<String>()
    });
    assert_eq!(kept.len(), 1);
    assert!(
        kept[0].contains("Keystrokes") && kept[0].contains("Yes, 23 Nov"),
        "{kept:?}"
    );
    assert!(page.has("svg.plot rect.kind-keys"));
    assert!(
        page.text(".notes")
            .contains("You turned keystrokes on for Model Capability Initiative.")
    );
    assert!(page.text("details table tfoot").contains('1'));
    let page = browser
        .get("/activity?from=2026-11-23&to=2026-11-23&program=mci&category=mouse_movement")
        .await;
    assert!(
        page.text("h1")
            .starts_with("No records about you since 23 November."),
        "{}",
        page.text("h1")
    );
    assert!(page.has("section:has(#recs) .empty"));
    let overview = browser.get("/").await;
    assert!(
        overview
            .text(".banner[data-kind='alarm']")
            .contains("1 record outside your choices this week")
    );
    assert_eq!(
        overview.text("h1"),
        "One kind of data is captured about you. Three are off."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn older_records_are_behind_a_real_link() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let (desk, _) = world.agent("desk", AgentKind::Collector).await;
    world.choose("E2", "keystrokes", Answer::Give).await;
    for _ in 0..130 {
        world.pass(10);
        ingest(
            &world.app,
            &desk,
            vec![Ok(world.record("E2", "keystrokes", 5))],
        )
        .await
        .unwrap();
    }
    let mut browser = world.signed_in("E2").await;
    let rows = |page: &crate::portal::Page| {
        page.all("section:has(#recs) tbody tr:not(.day)", |_| ())
            .len()
    };
    let first = browser.get("/activity").await;
    assert_eq!(rows(&first), 100);
    let next = first.attributes("a[rel='next']", "href").remove(0);
    let second = browser.get(next.split('#').next().unwrap()).await;
    assert_eq!(rows(&second), 30);
    assert!(!second.has("a[rel='next']"));
    assert_eq!(
        browser.get("/activity?after=nonsense").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_followed_from_the_count_to_every_stores_answer() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let (desk, _) = world.agent("desk", AgentKind::Collector).await;
    let (lake, _) = world.agent("lake", AgentKind::Store).await;
    let (tape, _) = world.agent("tape", AgentKind::Store).await;
    world.choose("E2", "keystrokes", Answer::Give).await;
    world.pass(120);
    ingest(
        &world.app,
        &desk,
        vec![Ok(world.record("E2", "keystrokes", 60))],
    )
    .await
    .unwrap();
    world.pass(1);
    let mut browser = world.signed_in("E2").await;
    let page = browser
        .get("/requests/new?program=mci&category=keystrokes")
        .await;
    assert!(
        page.text("section:has(#covers) .lead")
            .contains("This covers 1 record.")
    );
    let filed = browser.submit(&page.form("/requests")).await;
    let path = filed.location().to_owned();
    let page = browser.follow(&filed).await;
    let answers = page.all("table tbody tr", |row| row.text().collect::<String>());
    assert_eq!(answers.len(), 2);
    assert!(
        answers
            .iter()
            .all(|row| row.contains("Asked, no answer yet")),
        "{answers:?}"
    );
    for (store, outcome, count, reason) in [
        (lake, Outcome::Erased, 1, None),
        (tape, Outcome::Retained, 0, Some("Backups run until May.")),
    ] {
        let task = open_tasks(&world.app, &store)
            .await
            .unwrap()
            .remove(0)
            .task
            .id;
        let attestation = Attestation {
            outcome,
            count,
            reason: reason.map(str::to_owned),
        };
        attest(&world.app, &store, &task, attestation)
            .await
            .unwrap();
    }
    let page = browser.get(&path).await;
    let answers = page.text("table tbody");
    assert!(
        answers.contains("Erased 1 record")
            && answers.contains("Kept, because: Backups run until May."),
        "{answers}"
    );
    assert_eq!(page.all("dd a[href^='/receipts/']", |_| ()).len(), 2);
    assert_eq!(page.text("h1"), "Every store has answered.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_downloaded_receipt_verifies_and_the_page_claims_no_check_that_did_not_happen() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let entry = world
        .choose("E2", "keystrokes", Answer::Give)
        .await
        .unwrap()
        .entry;
    world.choose("E1", "keystrokes", Answer::Refuse).await;
    let mut browser = world.signed_in("E2").await;
    let page = browser.get(&format!("/receipts/{entry}")).await;
    assert!(
        page.text(".lead")
            .contains("Your browser has not checked this.")
    );
    assert_eq!(
        page.all(
            "[data-when='good']:not([hidden]), [data-when='bad']:not([hidden])",
            |_| ()
        )
        .len(),
        0
    );
    assert!(
        page.text(".receipt__line")
            .contains("You turned keystrokes on for Model Capability Initiative.")
    );
    assert!(!page.has("head script"), "no browser code, no script");
    let file = browser
        .get(&page.attributes("a[href$='.tlog-proof']", "href")[0])
        .await;
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("receipt-")
    );
    let vkey: VerifierKey = browser
        .get("/ledger/log.vkey")
        .await
        .body
        .trim()
        .parse()
        .unwrap();
    let verified = Receipt::parse(&file.body).unwrap().verify(&[vkey]).unwrap();
    assert_eq!(verified.index, entry);
    assert!(
        browser
            .get("/ledger/checkpoint")
            .await
            .body
            .starts_with("ledger.brackwater.example\n")
    );
}
