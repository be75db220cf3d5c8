//! Every route with every role, and everybody's ids in everybody else's hands.

use axum::http::{Method, StatusCode, header};
use sayso::domain::choice::Answer;
use sayso::http::routes::{Audience, MACHINES, PORTAL};

use crate::database::Kind;
use crate::portal::{Browser, Page};
use crate::world::World;

/// Who looks: nobody, an employee, HR.
const ROLES: [Option<&str>; 4] = [None, Some("E1"), Some("E3"), Some("E4")];

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

async fn open(browser: &mut Browser, method: &Method, path: &str) -> Page {
    if *method == Method::POST {
        browser.post(path, "").await
    } else {
        browser.get(path).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_lets_in_whom_it_is_for_and_nobody_else() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    for role in ROLES {
        let mut browser = match role {
            Some(person) => world.signed_in(person).await,
            None => world.browser(),
        };
        let before = world.fingerprint().await;
        for route in PORTAL.iter().chain(MACHINES) {
            // Tried last: it ends the session.
            if route.path == "/sign-out" {
                continue;
            }
            let path = address(route.path);
            let page = open(&mut browser, &route.method, &path).await;
            let label = format!("{role:?} {} {path}: {}", route.method, page.status);
            let allowed = match route.audience {
                Audience::Anybody => true,
                Audience::SignedIn => role.is_some(),
                Audience::Publisher => role == Some("E3"),
                Audience::Stopper => matches!(role, Some("E4" | "E5")),
            };
            let refused = matches!(
                page.status,
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
            );
            let to_the_door = page.status == StatusCode::SEE_OTHER
                && page.location().starts_with("/sign-in?next=");
            if allowed {
                assert!(!refused && !to_the_door, "{label}");
                assert!(!page.status.is_server_error(), "{label}");
            } else if role.is_none() && route.method == Method::GET {
                assert!(to_the_door, "{label}");
            } else {
                let expected = if role.is_none() {
                    StatusCode::UNAUTHORIZED
                } else {
                    StatusCode::FORBIDDEN
                };
                assert_eq!(page.status, expected, "{label}");
                assert!(page.has("h1"), "{label} is no page");
            }
            if route.method == Method::POST {
                // Posted empty: refused as unreadable by whoever may post, before anything happens.
                assert!(page.status.is_client_error(), "{label}");
            }
            assert_eq!(
                world.fingerprint().await,
                before,
                "{label} changed something"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_anything_of_somebody_else_by_any_address() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let event = world
        .choose("E1", "keystrokes", Answer::Give)
        .await
        .unwrap();
    let mut marit = world.signed_in("E1").await;
    let form = marit.get("/requests/new").await.form("/requests");
    let request = marit.submit(&form).await.location().to_owned();
    let own = [
        format!("/receipts/{}", event.entry),
        format!("/receipts/{}.tlog-proof", event.entry),
        request,
    ];
    for path in &own {
        assert_eq!(marit.get(path).await.status, StatusCode::OK, "{path}");
    }
    for other in ["E2", "E3", "E4"] {
        let mut browser = world.signed_in(other).await;
        let unknown = browser.get(&format!("/requests/{}", "0".repeat(32))).await;
        for path in &own {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{other} {path}");
            assert_eq!(
                page.text("main"),
                unknown.text("main"),
                "tells that it exists"
            );
        }
        for path in [
            "/",
            "/choices",
            "/activity",
            "/requests",
            "/receipts",
            "/account",
        ] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{other} {path}");
            assert!(!page.body.contains("Marit Osterkamp"), "{other} {path}");
            assert!(
                !page.body.contains(&format!("/receipts/{}", event.entry)),
                "{other} {path}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_its_headers_and_no_inline_code() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E3").await;
    let pages = PORTAL.iter().filter(|route| route.method == Method::GET);
    for path in pages.map(|route| address(route.path)) {
        let page = browser.get(&path).await;
        let header = |name: &str| {
            page.headers
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(header("cache-control"), "no-store", "{path}");
        if !header("content-type").starts_with("text/html") {
            continue;
        }
        let policy = header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next());
        let nonce = nonce.unwrap_or_else(|| panic!("{path}: {policy}"));
        assert!(
            nonce.len() >= 16 && !policy.contains("unsafe-inline"),
            "{path}"
        );
        for own in page.attributes("script", "nonce") {
            assert_eq!(own, nonce, "{path}");
        }
        assert!(!page.has("style, [style]"), "{path}");
        assert_eq!(page.all("h1", |_| ()).len(), 1, "{path}");
        assert_eq!(page.all("main", |_| ()).len(), 1, "{path}");
        let handlers = page.all("*", |element| {
            element
                .value()
                .attrs()
                .any(|(name, _)| name.starts_with("on"))
        });
        assert!(!handlers.contains(&true), "{path}");
    }
    let nonce = |page: &Page| page.headers["content-security-policy"].clone();
    let (one, two) = (browser.get("/").await, browser.get("/").await);
    assert_ne!(nonce(&one), nonce(&two));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_a_page_and_what_fails_keeps_its_status() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E1").await;
    for path in [
        "/nothing",
        "/notices/mci/99",
        "/notices/other/1",
        "/receipts/x",
        "/requests/short",
        "/manage",
        "/invitations/x",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.text("h1"), "There is no such page.", "{path}");
    }
    let page = browser.post("/activity", "").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(page.headers.contains_key(header::ALLOW));
    for path in [
        "/activity?from=yesterday",
        "/activity?from=2026-11-18&to=2026-11-02",
        "/requests/new?to=2027-01-01",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.has(".summary a[href^='#']"), "{path}");
    }
}
