//! The pages of a pause, and what everybody else sees of it and of confirmations.

use axum::http::StatusCode;
use sayso::app::acks;
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;

use crate::database::Kind;
use crate::portal::{Browser, Page};
use crate::world::World;

const PAUSE: &str = "/manage/programs/mci/pause";

async fn company() -> World {
    World::new(Kind::Sqlite).await.with_company().await
}

async fn post(browser: &mut Browser, reason: &str) -> Page {
    let form = browser.get(PAUSE).await.form(PAUSE).with("reason", reason);
    let answer = browser.submit(&form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    answer
}

fn seq(page: &Page) -> u64 {
    page.headers["sayso-seq"].to_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_privacy_officer_and_the_representative_pause_with_one_click_and_a_reason() {
    for (person, role) in [
        ("E4", "privacy officer"),
        ("E5", "employees’ representatives"),
    ] {
        let world = company().await;
        let mut browser = world.signed_in(person).await;
        let home = browser.get("/").await;
        assert!(home.has("header a[href='/manage/programs']"));
        let list = browser.get("/manage/programs").await;
        assert!(list.has(&format!("main a[href='{PAUSE}']")));
        let answer = post(&mut browser, "Nine people too many could read it.").await;
        let head = world.store.head().await.unwrap().unwrap();
        assert_eq!(seq(&answer), head.seq());
        let page = browser.follow(&answer).await;
        assert_eq!(page.text("h1"), "Model Capability Initiative is paused");
        assert!(
            page.text("main > .flash")
                .contains("is paused, ledger entry")
        );
        let why = page.text("section:has(#why)");
        assert!(
            why.contains("“Nine people too many could read it.”"),
            "{why}"
        );
        assert!(why.contains(role), "{why}");
        assert!(!page.has("main form"), "no way to resume is offered");
        assert!(
            page.text("main")
                .contains("Resuming is not offered here yet")
        );
        let document = page.attributes("section:has(#why) a", "href").remove(0);
        let document = browser.get(&document).await;
        assert_eq!(document.status, StatusCode::OK);
        assert!(document.body.contains("Nine people too many"));
        assert!(!document.body.contains("Brennecke") && !document.body.contains("Okafor"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_why_and_nobody_reads_who() {
    let world = company().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    post(&mut world.signed_in("E4").await, "Until it is explained.").await;
    world.pass(1);
    let mut employee = world.signed_in("E1").await;
    for path in ["/choices", "/programs"] {
        let page = employee.get(path).await;
        let text = page.text("main");
        assert!(text.contains("Paused for everyone."), "{path}: {text}");
        assert!(text.contains("“Until it is explained.”"), "{path}: {text}");
        assert!(text.contains("privacy officer"), "{path}: {text}");
        assert!(!text.contains("Brennecke"), "{path}");
    }
    let stranger = world.browser().get("/programs").await;
    assert!(stranger.text("main").contains("“Until it is explained.”"));
    assert_eq!(employee.get(PAUSE).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_pause_says_that_it_is_so_and_a_form_acts_once() {
    let world = company().await;
    let mut officer = world.signed_in("E4").await;
    let mut representative = world.signed_in("E5").await;
    let form = officer
        .get(PAUSE)
        .await
        .form(PAUSE)
        .with("reason", "First.");
    let other = representative
        .get(PAUSE)
        .await
        .form(PAUSE)
        .with("reason", "Second.");
    assert_eq!(officer.submit(&form).await.status, StatusCode::SEE_OTHER);
    let before = world.fingerprint().await;
    let answer = representative.submit(&other).await;
    assert!(answer.headers.get("sayso-seq").is_none());
    let page = representative.follow(&answer).await;
    assert!(
        page.text("main > .flash")
            .contains("already was paused. Nothing was written.")
    );
    assert!(page.text("main").contains("“First.”") && !page.text("main").contains("Second"));
    assert_eq!(officer.submit(&form).await.status, StatusCode::CONFLICT);
    assert_eq!(world.fingerprint().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_is_not_well_formed_changes_nothing() {
    let world = company().await;
    let mut employee = world.signed_in("E1").await;
    let mut browser = world.signed_in("E4").await;
    let form = browser.get(PAUSE).await.form(PAUSE);
    let before = world.fingerprint().await;
    for reason in ["", "   ", &"x".repeat(1001)] {
        let page = browser.submit(&form.clone().with("reason", reason)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has(".summary a[href='#reason']") && page.has("#reason[aria-invalid]"));
    }
    let good = form.clone().with("reason", "Why.");
    let large = format!("{}&more={}", good.body(), "x".repeat(3 << 20));
    let large = browser.post(PAUSE, large).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    for body in [String::new(), "%".to_owned(), "reason=Why.".to_owned()] {
        assert_eq!(
            browser.post(PAUSE, body).await.status,
            StatusCode::BAD_REQUEST
        );
    }
    let foreign = browser.post_from(PAUSE, good.body(), "cross-site").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let unknown = "/manage/programs/unknown/pause";
    assert_eq!(
        browser.post(unknown, good.body()).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        employee.post(PAUSE, good.body()).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(world.fingerprint().await, before);
    assert!(
        browser
            .get(PAUSE)
            .await
            .has(&format!("form[action='{PAUSE}']")),
        "still to be paused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_pause_counts_who_has_stopped_and_names_who_has_not() {
    let world = company().await;
    let (desk, _) = world.agent("desk", AgentKind::Collector).await;
    world.agent("mice", AgentKind::Both).await;
    world.agent("lake", AgentKind::Store).await;
    world.pass(1);
    let mut browser = world.signed_in("E4").await;
    let seq = seq(&post(&mut browser, "Why.").await);
    world.pass(2);
    acks::confirm(&world.app, &desk, seq).await.unwrap();
    let live = format!("{PAUSE}/confirmations");
    let page = browser.get(PAUSE).await;
    let status = page.text("#spread .status");
    assert_eq!(
        status,
        "Paused for everyone. 1 of 2 collectors confirmed. mice has not yet; it stops by 09:00:07 at the latest, when its lease ends."
    );
    assert_eq!(
        page.attributes("#spread [data-live]", "data-live"),
        std::slice::from_ref(&live)
    );
    assert_eq!(page.all(".spread li", |_| ()).len(), 2);
    assert_eq!(
        page.all(".spread li[data-state='waiting']", |_| ()).len(),
        1
    );
    assert!(page.text("section:has(#waiting) tbody").starts_with("mice"));
    let piece = browser.get(&live).await;
    assert_eq!(piece.status, StatusCode::OK);
    assert_eq!(piece.text(".status"), status, "an island gets the same");
    world.pass(4);
    let piece = browser.get(&live).await;
    assert!(
        piece
            .text(".status")
            .ends_with("mice has not; the last lease ended at 09:00:07.")
    );
    assert!(!piece.has("[data-live]"), "there is nothing to wait for");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_no_the_row_says_how_many_collectors_have_confirmed_and_how_fast() {
    let world = company().await;
    let (desk, _) = world.agent("desk", AgentKind::Collector).await;
    world.pass(1);
    world.choose("E1", "keystrokes", Answer::Give).await;
    world.pass(1);
    let mut browser = world.signed_in("E1").await;
    let mut form = browser
        .get("/choices")
        .await
        .form("/choices/mci/keystrokes");
    form.set("choice", "refuse");
    let answer = browser.submit(&form).await;
    let seq = seq(&answer);
    let page = browser.follow(&answer).await;
    let status = page.text("#t-mci-keystrokes .status");
    assert!(
        status.contains("0 of 1 collector confirmed. desk has not yet"),
        "{status}"
    );
    let live = "/choices/mci/keystrokes/confirmations";
    assert_eq!(page.attributes("[data-live]", "data-live"), [live]);
    world
        .clock
        .set(world.app.now() + chrono::TimeDelta::milliseconds(430));
    acks::confirm(&world.app, &desk, seq).await.unwrap();
    let piece = browser.get(live).await;
    let status = piece.text(".status");
    assert!(
        status.starts_with(
            "Off. Nothing is captured since today, 09:00.1 of 1 collector confirmed, 0.4 s."
        ),
        "{status}"
    );
    assert!(!piece.has("[data-live]") && !piece.has("template"));
    let page = browser.get("/choices").await;
    assert_eq!(page.text("#t-mci-keystrokes .status"), status);
    assert!(!page.has("li:has(#c-mci-keystrokes) .switch[aria-busy]"));
    // Somebody else sees their own row only.
    let mut other = world.signed_in("E2").await;
    let piece = other.get(live).await;
    assert!(
        piece.text(".status").contains("You were never asked"),
        "{}",
        piece.body
    );
    assert_eq!(
        other.get("/choices/mci/x/confirmations").await.status,
        StatusCode::NOT_FOUND
    );
}
