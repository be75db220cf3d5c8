//! The route × role matrix, made from the route tables: a new route changes it, and the test fails until somebody has
//! looked at who is let in. Beside it: no form and no address with an id is left out of the tests about them.

use axum::http::{Method, StatusCode};
use sayso::app::accounts::set_role;
use sayso::app::directory;
use sayso::domain::account::Role;
use sayso::domain::agent::AgentKind;
use sayso::http::routes::{MACHINES, PORTAL};

use crate::database::Kind;
use crate::portal::{Browser, Form};
use crate::world::{PASSWORD, World};

const NEWCOMERS: &str = "external_id,name,email,unit,locale
E6,Clara Noll,clara@brackwater.example,Audit,en
E7,Tomas Wirth,tomas@brackwater.example,IT,en
";

fn address(path: &str) -> String {
    path.replace("{program}", "mci")
        .replace("{category}", "keystrokes")
        .replace("{notice}", "mci")
        .replace("{version}", "1")
        .replace("{id}", &"0".repeat(32))
        .replace("{entry}", "999999")
        .replace("{token}", "nonsense")
        .replace("{*path}", "entries/000.p/1")
        .replace("{index}", "0")
}

async fn answer(browser: &mut Browser, method: &Method, path: &str, key: Option<&str>) -> u16 {
    let mut request = axum::http::Request::builder()
        .method(method)
        .uri(address(path));
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    if *method == Method::POST {
        request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
    }
    let request = request.body(axum::body::Body::empty()).unwrap();
    browser.send(request).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_of_routes_and_roles_has_not_changed_unseen() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    directory::import(&world.app, NEWCOMERS.as_bytes())
        .await
        .unwrap();
    for (id, role) in [("E6", Role::Auditor), ("E7", Role::Operator)] {
        set_role(&world.app, &id.parse().unwrap(), role, true)
            .await
            .unwrap();
    }
    let (_, key) = world.agent("desk", AgentKind::Both).await;
    let key = key.expose();
    let mut table = format!(
        "{:<5}{:<47}nobody employee publisher privacy represent. auditor operator agent\n",
        "", ""
    );
    let portal = PORTAL.iter().chain(MACHINES);
    let portal = portal.map(|route| (route.method.clone(), route.path));
    let agents = sayso::http::agents::TABLE;
    let agents = agents
        .iter()
        .map(|(method, path, _)| (method.clone(), *path));
    let mut routes: Vec<_> = portal.chain(agents).collect();
    // Last, because it ends the session.
    routes.sort_by_key(|(_, path)| *path == "/sign-out");
    let mut browsers = vec![world.browser()];
    for person in ["E1", "E3", "E4", "E5", "E6", "E7"] {
        browsers.push(world.signed_in(person).await);
    }
    for (method, path) in routes {
        table += &format!("{:<5}{path:<47}", method.as_str());
        for browser in &mut browsers {
            table += &format!("{:<9}", answer(browser, &method, path, None).await);
        }
        let mut agent = world.browser();
        table += &format!("{}\n", answer(&mut agent, &method, path, Some(&key)).await);
    }
    insta::assert_snapshot!(table);
}

/// Forms that `portal_forms` fills in and sends, twice, malformed, oversized and from elsewhere.
const TESTED_THERE: [&str; 7] = [
    "/choices/{program}/{category}",
    "/requests",
    "/notices/{notice}/{version}/acknowledgement",
    "/manage/notices",
    // In `portal_pauses`.
    "/manage/programs/{program}/pause",
    "/invitations/{token}",
    "/account/password",
];

/// The others, tested here.
const TESTED_HERE: [&str; 6] = [
    "/choices/off",
    "/account/sign-out-everywhere",
    "/sign-in",
    "/sign-out",
    "/manage/notices/new",
    "/manage/notices/preview",
];

#[test]
fn no_form_is_left_out() {
    let mut tested: Vec<_> = TESTED_THERE.iter().chain(&TESTED_HERE).copied().collect();
    let posts = PORTAL.iter().filter(|route| route.method == Method::POST);
    let mut posts: Vec<_> = posts.map(|route| route.path).collect();
    tested.sort_unstable();
    posts.sort_unstable();
    assert_eq!(tested, posts);
}

#[test]
fn no_address_with_an_id_of_a_person_is_left_out() {
    let personal = PORTAL
        .iter()
        .filter(|route| route.path.contains("{id}") || route.path.contains("{entry}"));
    let paths: Vec<_> = personal.map(|route| route.path).collect();
    // `portal_routes` opens each of these with somebody else's id; a receipt's file is one with its page.
    assert_eq!(
        paths,
        [
            "/requests/{id}",
            "/receipts/{entry}",
            // Whose it is: `exports.rs`.
            "/receipts/{entry}/consent-record.jsonld",
            "/receipts/{entry}/consent-receipt.jsonld",
            "/receipts/{entry}/kantara-1.1.json",
        ]
    );
}

/// Sends what must be refused; the state of the company must be `before` all along.
async fn refused(world: &World, browser: &mut Browser, form: &Form, before: &str) {
    let large = format!("{}&more={}", form.body(), "x".repeat(3 << 20));
    let mut posts = vec![(large, StatusCode::PAYLOAD_TOO_LARGE)];
    if form.action != "/sign-out" {
        posts.push((String::new(), StatusCode::BAD_REQUEST));
        posts.push(("%".to_owned(), StatusCode::BAD_REQUEST));
    }
    for (body, expected) in posts {
        let page = browser.post(&form.action, body).await;
        assert_eq!(page.status, expected, "{form:?}");
    }
    let page = browser
        .post_from(&form.action, form.body(), "cross-site")
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{form:?}");
    assert_eq!(
        world.fingerprint().await,
        before,
        "{form:?} changed something"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_off_acts_once_and_only_when_it_is_well_formed() {
    use sayso::domain::choice::Answer;

    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.choose("E1", "keystrokes", Answer::Give).await;
    let mut browser = world.signed_in("E1").await;
    let form = browser.get("/choices").await.form("/choices/off");
    let before = world.fingerprint().await;
    refused(&world, &mut browser, &form, &before).await;
    assert_eq!(browser.submit(&form).await.status, StatusCode::SEE_OTHER);
    let after = world.fingerprint().await;
    assert_ne!(before, after);
    assert_eq!(browser.submit(&form).await.status, StatusCode::CONFLICT);
    assert_eq!(world.fingerprint().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_the_door_cannot_be_sent_again() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    world.open_account("E1").await;
    let mut browser = world.browser();
    let form = browser.get("/sign-in").await.form("/sign-in");
    let form = form
        .with("email", "marit@brackwater.example")
        .with("password", PASSWORD);
    let before = world.fingerprint().await;
    refused(&world, &mut browser, &form, &before).await;
    assert_eq!(browser.submit(&form).await.status, StatusCode::SEE_OTHER);
    let mut stranger = world.browser();
    let again = stranger.submit(&form).await;
    assert_eq!(
        again.status,
        StatusCode::CONFLICT,
        "the back button signs nobody in"
    );
    assert_eq!(stranger.get("/choices").await.status, StatusCode::SEE_OTHER);

    for path in ["/sign-out", "/account/sign-out-everywhere"] {
        let mut browser = world.signed_in("E1").await;
        let form = browser.get("/account").await.form(path);
        let before = world.fingerprint().await;
        refused(&world, &mut browser, &form, &before).await;
        assert_eq!(
            browser.get("/account").await.status,
            StatusCode::OK,
            "still signed in"
        );
        assert_eq!(browser.submit(&form).await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            browser.submit(&form).await.status,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_never_written_before_it_is_published() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E3").await;
    let new = browser.get("/manage/notices/new?notice=mci").await;
    let draft = new
        .form("/manage/notices/preview")
        .with("title_en", "What changes")
        .with("summary_en", "Less is kept.")
        .with("body_en", "Text.");
    let before = world.fingerprint().await;
    refused(&world, &mut browser, &draft, &before).await;
    let preview = browser.submit(&draft).await;
    assert_eq!(preview.status, StatusCode::OK);
    let back = Form {
        action: "/manage/notices/new".to_owned(),
        ..preview.form("/manage/notices")
    };
    refused(&world, &mut browser, &back, &before).await;
    for form in [draft, back] {
        for _ in 0..2 {
            assert_eq!(
                browser.submit(&form).await.status,
                StatusCode::OK,
                "{form:?}"
            );
        }
    }
    assert_eq!(world.fingerprint().await, before);
}
