//! My choices, without JavaScript and as the island asks.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use sayso::domain::agent::AgentKind;
use sayso::domain::choice::Answer;
use serde_json::Value;

use crate::database::Kind;
use crate::portal::{Browser, Page};
use crate::world::World;

const CATEGORIES: [&str; 4] = [
    "keystrokes",
    "mouse_movement",
    "click_location",
    "screen_content",
];

async fn click(browser: &mut Browser, category: &str, answer: &str) -> Page {
    let action = format!("/choices/mci/{category}");
    let form = browser
        .get("/choices")
        .await
        .form(&action)
        .with("choice", answer);
    let page = browser.submit(&form).await;
    browser.follow(&page).await
}

/// Words in the row of one category.
fn row(page: &Page, category: &str, inside: &str) -> String {
    page.text(&format!("li:has(#c-mci-{category}) {inside}"))
}

fn pressed(page: &Page, category: &str) -> Vec<String> {
    page.attributes(
        &format!("li:has(#c-mci-{category}) .switch button"),
        "aria-pressed",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn each_category_is_turned_on_and_off_and_the_page_says_what_holds() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E2").await;
    let page = browser.get("/choices").await;
    for category in CATEGORIES {
        assert_eq!(pressed(&page, category), ["true", "false"], "default is no");
        assert!(
            row(&page, category, ".status")
                .contains("You were never asked, and no answer means no.")
        );
    }
    for category in CATEGORIES {
        let page = click(&mut browser, category, "give").await;
        assert_eq!(pressed(&page, category), ["false", "true"]);
        assert!(
            row(&page, category, ".status")
                .starts_with("On. Captured while you use one of the two apps.")
        );
        assert!(
            page.text("main > .flash").contains("is on. Receipt"),
            "{}",
            page.text("main > .flash")
        );
        world.pass(1);
        let page = click(&mut browser, category, "refuse").await;
        assert_eq!(pressed(&page, category), ["true", "false"]);
        world.pass(10);
        let page = browser.get("/choices").await;
        assert!(
            row(&page, category, ".status").starts_with("Off. Nothing is captured since today"),
            "{}",
            row(&page, category, ".status")
        );
        assert!(!page.has("main > .flash"), "a flash is shown once");
    }
    assert_eq!(
        browser
            .get("/receipts")
            .await
            .all(".timeline li", |_| ())
            .len(),
        8
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_withdrawal_the_page_names_the_moment_at_which_every_lease_has_ended() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.agent("desk", AgentKind::Collector).await;
    let mut browser = world.signed_in("E2").await;
    click(&mut browser, "keystrokes", "give").await;
    world.pass(60);
    let page = click(&mut browser, "keystrokes", "refuse").await;
    let status = row(&page, "keystrokes", ".status");
    assert!(
        status.starts_with("Off. Collectors that still had a yes stop by 09:01:06 at the latest."),
        "{status}"
    );
    assert!(page.has("li:has(#c-mci-keystrokes) .switch[aria-busy='true']"));
    world.pass(5);
    let page = browser.get("/choices").await;
    assert!(
        row(&page, "keystrokes", ".status")
            .starts_with("Off. Nothing is captured since today, 09:01.")
    );
    assert!(!page.has("li:has(#c-mci-keystrokes) .switch[aria-busy]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_off_with_one_click() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E2").await;
    assert!(
        !browser
            .get("/choices")
            .await
            .has("form[action='/choices/off']"),
        "nothing to turn off"
    );
    world.choose("E2", "keystrokes", Answer::Give).await;
    world.choose("E2", "mouse_movement", Answer::Give).await;
    let form = browser.get("/").await.form("/choices/off");
    let page = browser.submit(&form).await;
    let page = browser.follow(&page).await;
    for category in CATEGORIES {
        assert_eq!(pressed(&page, category), ["true", "false"]);
    }
    assert_eq!(
        page.text("main > .flash p"),
        "Two kinds were on and are off now. Receipts"
    );
    assert_eq!(browser.submit(&form).await.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_to_a_replaced_text_is_a_page_that_shows_the_one_that_counts() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E2").await;
    let page = browser.get("/choices").await;
    let old = page.form("/choices/mci/keystrokes");
    world.publish("mci", true, None).await;
    world.pass(1);
    let size = world.store.head().await.unwrap().unwrap().size;
    let refused = browser.submit(&old.clone().with("choice", "give")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.text("h1"), "A newer text counts now.");
    assert!(refused.has("main a[href='/notices/mci/2']"));
    assert_eq!(world.store.head().await.unwrap().unwrap().size, size);
    // A no never fails for what was shown.
    assert_eq!(
        browser.submit(&old.with("choice", "refuse")).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_that_is_about_to_end_can_be_kept_or_ended_with_equal_buttons() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E2").await;
    world.choose("E2", "keystrokes", Answer::Give).await;
    world.publish("mci", true, Some("2026-12-01")).await;
    let page = browser.get("/choices").await;
    assert!(
        row(&page, "keystrokes", ".status")
            .contains("Your yes ends on 1 December, unless you give it again.")
    );
    let answers = page.all("#r-mci-keystrokes .answers button", |button| {
        button.value().attr("class").unwrap().to_owned()
    });
    assert_eq!(answers, ["button", "button"]);
    assert!(
        browser
            .get("/notices/mci/2")
            .await
            .text(".panel")
            .contains("Your yes to keystrokes ends on 1 December")
    );
    let once = page
        .attributes("#r-mci-keystrokes input[name='once']", "value")
        .remove(0);
    let body = format!("choice=give&notice_version=2&language=en&once={once}");
    let kept = browser.post("/choices/mci/keystrokes", body).await;
    let page = browser.follow(&kept).await;
    assert_eq!(
        page.text("main > .flash p"),
        "Keystrokes stays on under version 2. Receipt 4"
    );
    assert!(!page.has("#r-mci-keystrokes .answers"));
    assert_eq!(pressed(&page, "keystrokes"), ["false", "true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_island_gets_the_row_the_words_and_every_other_place_that_changes() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E2").await;
    let form = browser
        .get("/choices")
        .await
        .form("/choices/mci/keystrokes")
        .with("choice", "give");
    let request = Request::post("/choices/mci/keystrokes")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(form.body()))
        .unwrap();
    let page = browser.send(request).await;
    assert_eq!(page.status, StatusCode::OK);
    let answer: Value = serde_json::from_str(&page.body).unwrap();
    let pieces = answer["replace"].as_array().unwrap();
    let piece = |id: &str| {
        let found = pieces.iter().find(|piece| piece[0] == id);
        found.unwrap_or_else(|| panic!("no {id}"))[1]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(piece("t-mci-keystrokes").contains("<strong>On.</strong>"));
    assert!(piece("w-mci-keystrokes").contains(r#"value="give" aria-pressed="true""#));
    let once = form.fields.iter().find(|(name, _)| name == "once").unwrap();
    assert!(
        !piece("w-mci-keystrokes").contains(&once.1),
        "the next click is another form"
    );
    assert!(piece("toast").contains("Keystrokes is on."));
    assert!(piece("history").contains("Keystrokes on, Model Capability Initiative."));
    let places = [
        "t-mci-keystrokes",
        "w-mci-keystrokes",
        "s-mci",
        "r-mci-keystrokes",
        "history",
        "all-off",
        "toast",
    ];
    assert_eq!(
        pieces
            .iter()
            .map(|piece| piece[0].as_str().unwrap())
            .collect::<Vec<_>>(),
        places
    );
    let page = browser.get("/choices").await;
    for place in places {
        assert!(page.has(&format!("#{place}")), "{place}");
    }
    assert!(!page.has("main > .flash"), "the toast was the answer");
}
