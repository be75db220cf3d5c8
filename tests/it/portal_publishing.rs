//! What HR publishes and what everybody can read.

use axum::http::StatusCode;
use sayso::domain::choice::Answer;
use sha2::{Digest as _, Sha256};

use crate::database::Kind;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn hr_publishes_what_it_has_previewed_and_employees_read_it_in_their_language() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let mut hr = world.signed_in("E3").await;
    let form = hr
        .get("/manage/notices/new?notice=mci")
        .await
        .form("/manage/notices/preview")
        .with("effective_on", "2026-12-01")
        .with("title_en", "What changes in December")
        .with("summary_en", "Kept 90 days.")
        .with(
            "body_en",
            "# Kept\r\n\r\n**90** days. <script>alert(1)</script>",
        )
        .with("title_de", "Was sich im Dezember ändert")
        .with("summary_de", "90 Tage.")
        .with("body_de", "90 Tage.");
    let preview = hr.submit(&form).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(!preview.has("main script") && preview.text(".prose").contains("90 days. <script>"));
    let changed = hr
        .submit(&preview.form("/manage/notices").with("x", "y"))
        .await;
    let desk = hr.follow(&changed).await;
    assert!(
        desk.text("main > .flash")
            .starts_with("Version 2 of mci is published"),
        "{}",
        desk.text("main > .flash")
    );

    let mut marit = world.signed_in("E1").await;
    assert_eq!(marit.get("/").await.text(".count"), "2 to read");
    let page = marit.get("/notices/mci/2").await;
    assert_eq!(page.text("h1"), "Was sich im Dezember ändert");
    assert_eq!(page.attributes("h1", "lang"), ["de"]);
    assert_eq!(
        marit.get("/notices/mci/2?lang=en").await.text("h1"),
        "What changes in December"
    );
    let document = marit.get("/notices/mci/2/document.json").await;
    let sha256: String = Sha256::digest(&document.body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(page.text(".hash").replace(' ', ""), sha256);
    let choices = world
        .store
        .choices(&world.subject("E1").await, None)
        .await
        .unwrap()
        .len();
    let read = marit
        .submit(&page.form("/notices/mci/2/acknowledgement"))
        .await;
    let page = marit.follow(&read).await;
    assert!(
        page.text("main > .flash")
            .contains("None of your choices was changed.")
    );
    assert!(
        marit
            .get("/notices/mci/2")
            .await
            .text("section:has(#ack)")
            .contains("That is not a yes to anything.")
    );
    assert_eq!(
        world
            .store
            .choices(&world.subject("E1").await, None)
            .await
            .unwrap()
            .len(),
        choices
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn programmes_are_public_inside_the_company() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut stranger = world.browser();
    let page = stranger.get("/programs").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text("main");
    for fact in [
        "Model Capability Initiative",
        "Your yes, and nothing else",
        "180 days",
        "Pictures of the window.",
    ] {
        assert!(text.contains(fact), "{fact} is missing");
    }
    assert!(
        !page.has("main a[href^='/notices']"),
        "a link that leads to the door only"
    );
    assert!(
        world
            .signed_in("E1")
            .await
            .get("/programs")
            .await
            .has("main a[href='/notices/mci/1']")
    );
}
