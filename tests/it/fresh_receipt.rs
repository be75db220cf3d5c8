//! The receipt in the answer to a choice: made from what the writer has in hand, and as good as any later one.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use sayso::app::choices::{Choosing, choose};
use sayso::domain::choice::Answer;
use sayso::domain::employee::Locale;
use sayso::ledger::receipt::Receipt;

use crate::database::{Kind, on_both};
use crate::portal::{Browser, Page};
use crate::world::{World, keys};

async fn post(browser: &mut Browser, answer: &str, form: &crate::portal::Form) -> Page {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/choices/mci/keystrokes")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/plain")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form.clone().with("choice", answer).body()))
        .unwrap();
    browser.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_plain_text_gets_the_receipt_with_the_answer() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut browser = world.signed_in("E2").await;
    let page = browser.get("/choices").await;
    let form = page.form("/choices/mci/keystrokes");
    let answer = post(&mut browser, "give", &form).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let receipt = Receipt::parse(&answer.body).unwrap();
    let verified = receipt.verify(&[keys().signer.verifier()]).unwrap();
    assert_eq!(answer.location(), format!("/receipts/{}", verified.index));
    let later = browser
        .get(&format!("{}.tlog-proof", answer.location()))
        .await;
    assert_eq!(
        Receipt::parse(&later.body).unwrap().opening,
        receipt.opening
    );

    let replayed = post(&mut browser, "give", &form).await;
    assert_eq!(replayed.status, StatusCode::CONFLICT);
    let form = browser
        .get("/choices")
        .await
        .form("/choices/mci/keystrokes");
    let nothing_new = post(&mut browser, "give", &form).await;
    assert_eq!(nothing_new.status, StatusCode::NO_CONTENT);
}

on_both!(
    the_receipt_of_every_choice_verifies_across_the_edges_of_tiles,
    |world: World| async move {
        let world = world.with_company().await;
        let keys = [keys().signer.verifier()];
        let mut receipts = 0_u64;
        for turn in 0..140 {
            let answer = if turn % 2 == 0 {
                Answer::Give
            } else {
                Answer::Refuse
            };
            // Two people at once, so that batches hold more than one.
            let choosing = Choosing {
                program: "mci".parse().unwrap(),
                category: "keystrokes".parse().unwrap(),
                answer,
                notice_version: 1,
                language: Locale::En,
                conditions: None,
            };
            let (one, two) = (world.subject("E1").await, world.subject("E2").await);
            let (one, two) = tokio::join!(
                choose(&world.app, &one, &choosing, None),
                choose(&world.app, &two, &choosing, None)
            );
            for chosen in [one.unwrap(), two.unwrap()] {
                let file = chosen.fresh.unwrap().receipt().unwrap();
                let verified = Receipt::parse(&file).unwrap().verify(&keys).unwrap();
                assert_eq!(verified.index, chosen.event.unwrap().entry);
                receipts += 1;
            }
        }
        let head = world.store.head().await.unwrap().unwrap();
        assert!(
            receipts == 280 && head.size > 280,
            "the log is longer than a tile"
        );
    }
);
