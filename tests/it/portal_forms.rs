//! Each form without JavaScript: done right it is done once; malformed, oversized, cross-site or sent twice it gets
//! its 4xx and changes nothing.

use axum::http::StatusCode;
use sayso::app::accounts;

use crate::database::Kind;
use crate::portal::{Browser, Form};
use crate::world::{PASSWORD, World};

/// Every form that changes something, as it stands in its page, filled in.
async fn forms(world: &World, browser: &mut Browser) -> Vec<Form> {
    let token = accounts::invite(&world.app, &"E2".parse().unwrap(), false)
        .await
        .unwrap();
    let invitation = format!("/invitations/{token}");
    let choices = browser.get("/choices").await;
    let draft = browser
        .get("/manage/notices/new?notice=mci")
        .await
        .form("/manage/notices/preview")
        .with("title_en", "What changes")
        .with("summary_en", "Less is kept.")
        .with("body_en", "# Text\r\n\r\nOf it.");
    let preview = browser.submit(&draft).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    vec![
        choices
            .form("/choices/mci/keystrokes")
            .with("choice", "give"),
        browser
            .get("/requests/new?program=mci")
            .await
            .form("/requests"),
        browser
            .get("/notices/mci/1")
            .await
            .form("/notices/mci/1/acknowledgement"),
        preview.form("/manage/notices"),
        world
            .browser()
            .get(&invitation)
            .await
            .form(&invitation)
            .with("password", "three words of mine"),
        browser
            .get("/account")
            .await
            .form("/account/password")
            .with("current", PASSWORD)
            .with("password", "four words of my own"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_acts_once_and_says_so_when_it_is_sent_again() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E3").await;
    for form in forms(&world, &mut browser).await {
        let before = world.fingerprint().await;
        let page = browser.submit(&form).await;
        assert_eq!(
            page.status,
            StatusCode::SEE_OTHER,
            "{form:?}: {}",
            page.body
        );
        let after = world.fingerprint().await;
        assert_ne!(before, after, "{form:?} did nothing");
        let landed = browser.follow(&page).await;
        assert_eq!(landed.status, StatusCode::OK, "{form:?}");
        assert!(
            landed.has("main > .flash[role='status']"),
            "{form:?} says nothing"
        );
        let again = browser.submit(&form).await;
        // A spent invitation does not open any more; everything else was already sent.
        let spent = form.action.starts_with("/invitations/");
        let expected = if spent {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::CONFLICT
        };
        let expected = if form.action == "/account/password" {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            expected
        };
        assert_eq!(again.status, expected, "{form:?}");
        assert_eq!(world.fingerprint().await, after, "{form:?} acted twice");
        if spent {
            browser = world.signed_in("E3").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_oversized_or_foreign_post_changes_nothing() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E3").await;
    for form in forms(&world, &mut browser).await {
        let before = world.fingerprint().await;
        let body = form.body();
        let without_mark = body.replace("once=", "twice=");
        let wrong_mark = body.replace("once=", "once=z");
        let large = format!("{body}&more={}", "x".repeat(3 << 20));
        for (post, expected) in [
            (String::new(), StatusCode::BAD_REQUEST),
            ("%".to_owned(), StatusCode::BAD_REQUEST),
            (without_mark, StatusCode::BAD_REQUEST),
            (wrong_mark, StatusCode::BAD_REQUEST),
            (large, StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let page = browser.post(&form.action, post).await;
            assert_eq!(page.status, expected, "{form:?}");
            assert!(page.has("h1"), "{form:?}: no page");
        }
        for site in ["cross-site", "same-site"] {
            let page = browser.post_from(&form.action, form.body(), site).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{form:?}");
            assert_eq!(page.text("h1"), "This came from another site.");
        }
        assert_eq!(
            world.fingerprint().await,
            before,
            "{form:?} changed something"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_comes_back_keeps_what_was_entered_and_says_what_to_mend() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E3").await;
    let before = world.fingerprint().await;

    let form = browser
        .get("/manage/notices/new?notice=mci")
        .await
        .form("/manage/notices/preview");
    let form = form
        .with("title_de", "Was sich ändert")
        .with("summary_de", "")
        .with("body_de", "<b>Text</b> & mehr\n");
    let page = browser.submit(&form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.attributes(".summary a", "href"), ["#summary_de"]);
    assert_eq!(
        page.attributes("[aria-invalid='true']", "id"),
        ["summary_de"]
    );
    let back = page.form("/manage/notices/preview");
    for entered in [
        ("title_de", "Was sich ändert"),
        ("body_de", "<b>Text</b> & mehr\n"),
        ("notice", "mci"),
        ("material", "yes"),
    ] {
        let kept = back
            .fields
            .iter()
            .find(|(name, _)| name == entered.0)
            .unwrap();
        assert_eq!(kept.1, entered.1);
    }

    let form = browser.get("/account").await.form("/account/password");
    let page = browser
        .submit(
            &form
                .clone()
                .with("current", PASSWORD)
                .with("password", "short"),
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text("#password-error").contains("at least 12"),
        "{}",
        page.text("#password-error")
    );
    let page = browser
        .submit(
            &form
                .with("current", "wrong")
                .with("password", "four words of my own"),
        )
        .await;
    assert_eq!(page.attributes("[aria-invalid='true']", "id"), ["current"]);
    assert!(
        page.attributes("input[type='password']", "value")
            .iter()
            .all(String::is_empty)
    );

    let form = browser.get("/requests/new").await.form("/requests");
    let page = browser
        .submit(&form.with("from", "2026-11-20").with("to", "2026-11-10"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.attributes("#from", "value"), ["2026-11-20"]);
    assert_eq!(world.fingerprint().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_gives_a_new_session_and_signing_out_ends_it() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.open_account("E1").await;
    let mut browser = world.browser();
    let page = browser.get("/choices").await;
    assert_eq!(page.location(), "/sign-in?next=/choices");
    assert_eq!(browser.cookie(), None, "looking makes no session");
    let door = browser.get(page.location()).await;
    let form = door.form("/sign-in");
    for (email, password) in [
        ("marit@brackwater.example", "wrong password"),
        ("nobody@brackwater.example", PASSWORD),
        ("nonsense", ""),
    ] {
        let page = browser
            .submit(&form.clone().with("email", email).with("password", password))
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text(".summary").contains("do not fit together"));
        assert_eq!(page.attributes("#email", "value"), [email]);
        assert_eq!(
            page.form("/sign-in")
                .fields
                .iter()
                .find(|(name, _)| name == "next")
                .unwrap()
                .1,
            "/choices"
        );
    }
    let form = form
        .with("email", "marit@brackwater.example")
        .with("password", PASSWORD);
    let page = browser.submit(&form).await;
    assert_eq!(page.location(), "/choices");
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("sayso_session=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let first = browser.cookie();
    let mut stale = browser.window();

    let mut other = world.signed_in("E1").await;
    assert_ne!(first, other.cookie());
    let page = browser.get("/account").await;
    assert!(
        page.text(".lead").contains("in 1 other place"),
        "{}",
        page.text(".lead")
    );
    let page = browser
        .submit(&page.form("/account/sign-out-everywhere"))
        .await;
    assert_eq!(page.location(), "/sign-in");
    for window in [&mut stale, &mut other, &mut browser] {
        assert_eq!(
            window.get("/choices").await.status,
            StatusCode::SEE_OTHER,
            "still in"
        );
    }

    let mut browser = world.signed_in("E1").await;
    let mut stale = browser.window();
    let page = browser.post("/sign-out", "").await;
    assert_eq!(page.location(), "/sign-in");
    assert_eq!(stale.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.open_account("E1").await;
    for next in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/%09/evil.example",
    ] {
        let mut browser = world.browser();
        let form = browser.get("/sign-in").await.form("/sign-in");
        let form = form
            .with("email", "marit@brackwater.example")
            .with("password", PASSWORD);
        let page = browser.submit(&form.with("next", next)).await;
        let location = page.location();
        assert!(
            location == "/" || location == "/%09/evil.example",
            "{next} led to {location}"
        );
    }
}
