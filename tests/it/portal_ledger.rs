//! The ledger as employees meet it: all receipts as one chain, a receipt that carries its own file, the ledger's page.

use axum::body::Body;
use axum::http::header::HOST;
use axum::http::{Request, StatusCode};
use sayso::domain::choice::Answer;
use sayso::ledger::chain::{Place, check, split};
use sayso::ledger::key::VerifierKey;

use crate::database::Kind;
use crate::portal::{Browser, Page};
use crate::world::World;

const CATEGORIES: [&str; 4] = [
    "keystrokes",
    "mouse_movement",
    "click_location",
    "screen_content",
];

async fn key(browser: &mut Browser) -> VerifierKey {
    let key = browser.get("/ledger/log.vkey").await.body;
    key.trim().parse().unwrap()
}

async fn from_host(browser: &mut Browser, path: &str, host: &str) -> Page {
    let request = Request::builder().uri(path).header(HOST, host);
    browser.send(request.body(Body::empty()).unwrap()).await
}

/// What `files` hold together, in the words of an error.
fn whole(files: &str, key: &VerifierKey) -> Result<u64, String> {
    let read = |statement: &[u8]| Place::read(statement).map_err(|error| error.to_string());
    let whole = check(split(files), std::slice::from_ref(key), read);
    whole
        .map(|whole| whole.receipts)
        .map_err(|broken| broken.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_receipts_of_a_person_are_one_file_and_one_chain_whoever_else_speaks_in_between() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E2").await;
    let page = browser.get("/receipts").await;
    assert!(!page.has("#together"), "nothing said, nothing to check");
    let none = browser.get("/receipts/all.tlog-proofs").await;
    assert_eq!((none.status, none.body.as_str()), (StatusCode::OK, ""));

    for answer in [Answer::Give, Answer::Refuse] {
        for category in CATEGORIES {
            world.pass(1);
            world.choose("E2", category, answer).await;
            world.choose("E1", category, answer).await;
        }
    }
    let page = browser.get("/receipts").await;
    let together = page.text("section:has(#together)");
    assert!(
        together.contains("This server checked 8 receipts: none is missing, moved or added. Your browser has not checked it."),
        "{together}"
    );
    let file = browser
        .get(&page.attributes("a[data-all]", "href")[0])
        .await;
    let name = file.headers["content-disposition"].to_str().unwrap();
    assert_eq!(name, "attachment; filename=\"receipts.tlog-proofs\"");
    let key = key(&mut browser).await;
    assert_eq!(whole(&file.body, &key), Ok(8));
    let apart: Vec<_> = split(&file.body).collect();
    let fewer = [&apart[..3], &apart[4..]].concat().concat();
    let error = whole(&fewer, &key).unwrap_err();
    assert!(
        error.contains("receipt 4 of the chain") && error.contains("statement 3 is missing"),
        "{error}"
    );

    let mut other = world.signed_in("E1").await;
    let theirs = other.get("/receipts/all.tlog-proofs").await;
    assert_eq!(whole(&theirs.body, &key), Ok(8));
    assert_ne!(theirs.body, file.body);
    let mixed = whole(
        &[apart[0], split(&theirs.body).nth(1).unwrap()].concat(),
        &key,
    );
    assert!(mixed.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipts_page_holds_its_own_file_and_a_code_that_says_nothing_of_what_was_said() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let chosen = world
        .choose("E2", "keystrokes", Answer::Give)
        .await
        .unwrap();
    let entry = chosen.entry;
    let mut browser = world.signed_in("E2").await;
    let address = format!("/receipts/{entry}");
    let page = from_host(&mut browser, &address, "sayso.brackwater.example").await;
    let file = browser.get(&format!("{address}.tlog-proof")).await;
    let shown = page.all("pre#file[hidden]", |file| file.text().collect::<String>());
    assert_eq!(shown, [file.body]);
    assert!(
        page.text(".receipt dl")
            .contains("Logged: signed by the ledger. Not yet witnessed.")
    );
    assert_eq!(page.all("svg.qr path", |_| ()).len(), 1);
    assert!(
        page.text(".receipt__code")
            .contains("It does not say who you are or what you said.")
    );
    let exports = page.attributes("main p.hint a[href^='/receipts/']", "href");
    assert!(exports.len() >= 2);
    for export in exports {
        let answer = browser.get(&export).await;
        assert_ne!(answer.status, StatusCode::NOT_FOUND, "{export}");
    }
    let page = from_host(&mut browser, &address, "a b<c").await;
    assert!(
        !page.has("svg.qr"),
        "an address that cannot be is not printed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledgers_page_compares_a_printed_receipt_for_anybody() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let chosen = world
        .choose("E2", "keystrokes", Answer::Give)
        .await
        .unwrap();
    let mut owner = world.signed_in("E2").await;
    let receipt = owner.get(&format!("/receipts/{}", chosen.entry)).await;
    let leaf = receipt.text("dd.hash:not([id])");
    let leaf: String = leaf
        .chars()
        .take(71)
        .filter(|c| !c.is_whitespace())
        .collect();

    let mut browser = world.browser();
    let page = browser.get("/ledger").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.has("main > .banner"), "nothing was asked");
    let head = browser.get("/ledger/checkpoint").await.body;
    let shown = page.all("main > section pre", |note| note.text().collect::<String>());
    assert_eq!(shown, [head]);
    let compare = async |browser: &mut Browser, entry: &str, leaf: &str| {
        let leaf = leaf.replace(' ', "+");
        let page = browser
            .get(&format!("/ledger?entry={entry}&leaf={leaf}"))
            .await;
        (page.status, page.text("main > .banner h2"))
    };
    let entry = chosen.entry.to_string();
    let (status, answer) = compare(&mut browser, &entry, &leaf).await;
    assert_eq!(
        (status, answer.as_str()),
        (StatusCode::OK, "The paper and the ledger agree")
    );
    let (status, answer) = compare(&mut browser, "0", &leaf).await;
    assert_eq!(
        (status, answer.as_str()),
        (StatusCode::OK, "The paper and the ledger do not agree")
    );
    let (status, answer) = compare(&mut browser, "18446744073709551615", &leaf).await;
    assert_eq!(
        (status, answer.as_str()),
        (StatusCode::OK, "The ledger has no such entry")
    );
    for (entry, leaf) in [
        ("x", leaf.as_str()),
        ("", &leaf),
        (&entry, ""),
        (&entry, "abc"),
    ] {
        let (status, answer) = compare(&mut browser, entry, leaf).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{entry} {leaf}");
        assert_eq!(answer, "That is not on a receipt");
    }
}
