//! Choices in the formats of others, through the portal, judged by the rules of those formats.

use axum::http::{StatusCode, header};
use sayso::app::App;
use sayso::app::clock::Random;
use sayso::app::exports::{Format, export, terms};
use sayso::app::settings::Settings;
use sayso::domain::choice::Answer;
use sayso::domain::choice::ChoiceState::{self, Given, Refused, Renewed, Withdrawn};
use sayso::domain::dpv;
use sayso::store;
use serde_json::Value;

use crate::database::Kind;
use crate::kantara_rules;
use crate::shapes;
use crate::strict_json::strict;
use crate::world::{World, keys};

/// A person whose choices have gone through every state that the portal offers: the entries, oldest first.
async fn every_state() -> (World, Vec<(u64, ChoiceState)>) {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    let mut made = Vec::new();
    for answer in [Answer::Refuse, Answer::Give, Answer::Refuse, Answer::Give] {
        world.pass(1);
        let event = world.choose("E1", "keystrokes", answer).await.unwrap();
        made.push((event.entry, event.state));
    }
    world.pass(1);
    world.publish("mci", false, None).await;
    world.pass(1);
    let event = world
        .choose("E1", "keystrokes", Answer::Give)
        .await
        .unwrap();
    made.push((event.entry, event.state));
    (world, made)
}

fn json(body: &str) -> Value {
    strict(body).expect("JSON without a key twice")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_choice_is_a_valid_record_and_receipt_in_words_of_dpv() {
    let (world, made) = every_state().await;
    let states: Vec<_> = made.iter().map(|(_, state)| *state).collect();
    assert_eq!(states, [Refused, Given, Withdrawn, Given, Renewed]);
    let mut browser = world.signed_in("E1").await;
    for (index, (entry, state)) in made.iter().enumerate() {
        let page = browser
            .get(&format!("/receipts/{entry}/consent-record.jsonld"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert_eq!(page.headers[header::CONTENT_TYPE], "application/ld+json");
        let record = json(&page.body);
        shapes::check_record(&record);
        shapes::check_terms(&record);
        let events = record["dpv:hasConsentStatus"].as_array().unwrap();
        assert_eq!(events.len(), index + 1, "with what was said before");
        let last = &events[index];
        assert_eq!(last["@type"][0], dpv::state(*state));
        assert_eq!(last["p:position"], *entry);

        let page = browser
            .get(&format!("/receipts/{entry}/consent-receipt.jsonld"))
            .await;
        let receipt = json(&page.body);
        shapes::check_receipt(&receipt);
        shapes::check_terms(&receipt);
        let mut inside = receipt["dpv:hasRecordOfActivity"][0].clone();
        inside["@context"] = receipt["@context"].clone();
        assert_eq!(inside, record);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_what_was_shown_and_where_it_stands() {
    let (world, made) = every_state().await;
    let subject = world.subject("E1").await;
    let (entry, _) = made[4];
    let record = export(&world.app, &subject, entry, Format::ConsentRecord).await;
    let record = json(&record.unwrap());
    let notices = world.store.notices().await.unwrap();
    let shown = notices
        .iter()
        .find(|notice| notice.version.version == 2)
        .unwrap();
    let notice = &record["dpv:hasNotice"];
    assert_eq!(notice["dct:hasVersion"], "2");
    let sha256: String = shown
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(notice["p:contentSha256"], sha256);
    let (card, _) = sayso::app::receipts::receipt(&world.app, &subject, entry)
        .await
        .unwrap();
    assert_eq!(
        record["p:ledger"]["p:leafHash"],
        format!("sha256:{}", card.leaf.to_hex())
    );
    let checkpoint = record["p:ledger"]["p:checkpoint"].as_str().unwrap();
    let note = sayso::ledger::note::Note::parse(checkpoint).unwrap();
    assert!(note.verify(&[keys().signer.verifier()]).is_ok());
    let text = record.to_string();
    for personal in ["Marit", "Osterkamp", "E1\"", "marit@"] {
        assert!(
            !text.contains(personal),
            "{personal}: the person is a pseudonym"
        );
    }
    assert!(text.contains(&subject.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_is_a_valid_kantara_receipt_and_a_no_is_none() {
    let (world, made) = every_state().await;
    let mut browser = world.signed_in("E1").await;
    for (entry, state) in made {
        let page = browser
            .get(&format!("/receipts/{entry}/kantara-1.1.json"))
            .await;
        if state.permits() {
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            assert_eq!(page.headers[header::CONTENT_TYPE], "application/json");
            kantara_rules::check(&json(&page.body)).unwrap();
        } else {
            assert_eq!(page.status, StatusCode::CONFLICT);
            assert!(page.body.contains("for a yes only"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_choice_and_what_is_no_choice_look_like_nothing() {
    let (world, made) = every_state().await;
    let subject = world.subject("E1").await;
    let ask = sayso::app::requests::Ask::default();
    sayso::app::requests::file(&world.app, &subject, &ask, None)
        .await
        .unwrap();
    let request = world
        .store
        .events(&subject)
        .await
        .unwrap()
        .last()
        .unwrap()
        .entry;
    for (person, entry) in [
        ("E2", made[0].0),
        ("E1", request),
        ("E1", 0),
        ("E1", 999_999),
    ] {
        let mut browser = world.signed_in(person).await;
        for file in [
            "consent-record.jsonld",
            "consent-receipt.jsonld",
            "kantara-1.1.json",
        ] {
            let page = browser.get(&format!("/receipts/{entry}/{file}")).await;
            assert_eq!(
                page.status,
                StatusCode::NOT_FOUND,
                "{person} {entry} {file}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_company_has_not_said_is_named_and_nothing_is_made_up() {
    let (world, made) = every_state().await;
    let subject = world.subject("E1").await;
    let bare = App::start(
        store::open(&world.url).await.unwrap(),
        world.clock.clone(),
        Random::system(),
        Settings::default(),
        keys(),
    );
    let bare = bare.await.unwrap();
    for format in [
        Format::ConsentRecord,
        Format::ConsentReceipt,
        Format::Kantara,
    ] {
        let Err(sayso::app::error::Error::Invalid(missing)) =
            export(&bare, &subject, made[1].0, format).await
        else {
            panic!("{format:?} was written")
        };
        let words: Vec<_> = missing
            .iter()
            .map(|invalid| invalid.message.as_str())
            .collect();
        for what in ["address", "e-mail", "country"] {
            assert!(
                words.iter().any(|sentence| sentence.contains(what)),
                "{words:?}"
            );
        }
    }
    assert!(terms(&bare).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_terms_are_served_with_a_broader_one_of_dpv_each() {
    let (world, made) = every_state().await;
    let page = world.browser().get("/ns").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers[header::CONTENT_TYPE], "application/ld+json");
    let vocabulary = json(&page.body);
    shapes::check_terms(&vocabulary);
    let defined: Vec<_> = vocabulary["@graph"]
        .as_array()
        .unwrap()
        .iter()
        .map(|term| term["@id"].as_str().unwrap().to_owned())
        .collect();
    let keystrokes = &vocabulary["@graph"][defined
        .iter()
        .position(|term| term == "p:data/keystrokes")
        .unwrap()];
    assert_eq!(keystrokes["skos:broader"][0], "pd:Behavioural");
    let subject = world.subject("E1").await;
    for (entry, _) in made {
        let receipt = export(&world.app, &subject, entry, Format::ConsentReceipt)
            .await
            .unwrap();
        for own in shapes::own_terms(&json(&receipt)) {
            assert!(defined.contains(&own), "{own} is used and not defined");
        }
    }
}
