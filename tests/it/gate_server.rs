//! The real gate against the real server: what the employee decides, the gate does.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sayso::app::activity::{Filter, activity};
use sayso::app::choices::{Choosing, choose};
use sayso::app::clock::{Clock, ManualClock, SystemClock};
use sayso::app::ledger::log_vkey;
use sayso::app::receipts::{receipt, receipts};
use sayso::domain::choice::Answer;
use sayso::domain::employee::Locale;
use tokio::process::Command;
use tokio::time::timeout;

use crate::agent_world::World;
use crate::gate_mock::filter_with;

async fn world() -> World {
    let clock = SystemClock::real();
    World::with_clock(Arc::new(clock), Arc::new(ManualClock::at(clock.now()))).await
}

async fn say(world: &World, answer: Answer) {
    let choosing = Choosing {
        program: "mci".parse().unwrap(),
        category: "keystrokes".parse().unwrap(),
        answer,
        notice_version: 1,
        language: Locale::En,
        conditions: None,
    };
    choose(&world.app, &world.subject("E1").await, &choosing, None)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_passes_after_a_yes_and_not_one_event_after_the_no() {
    let world = world().await;
    let url = world.serve().await;
    let mut gate = filter_with(&url, &world.collector, &[]);
    gate.write("{\"n\":1}\n").await;
    assert!(
        timeout(Duration::from_millis(500), gate.line())
            .await
            .is_err(),
        "nobody has said yes"
    );
    say(&world, Answer::Give).await;
    gate.write("{\"n\":2}\n").await;
    assert_eq!(gate.line().await, "{\"n\":2}");
    say(&world, Answer::Refuse).await;
    for _ in 0..20 {
        // With its moment: the last of these may be read only after the yes that follows.
        let at = world.app.now().to_rfc3339();
        gate.write(&format!("{{\"n\":3,\"at\":\"{at}\"}}\n")).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    say(&world, Answer::Give).await;
    gate.write("{\"n\":4}\n").await;
    assert_eq!(gate.line().await, "{\"n\":4}");
    let ended = gate.end().await;
    assert_eq!(ended.rest, Vec::<String>::new());
    assert_eq!(ended.code, Some(0), "{}", ended.messages);
    assert_eq!(ended.counts["passed"], 2);
    assert_eq!(ended.counts["records"]["accepted"], 2, "{}", ended.messages);
    let today = world.app.now().date_naive();
    let filter = Filter {
        from: today - TimeDelta::days(1),
        to: today,
        program: None,
        category: None,
    };
    let activity = activity(&world.app, &world.subject("E1").await, &filter, None)
        .await
        .unwrap();
    assert_eq!(
        (activity.total, activity.quarantined_count),
        (2, 0),
        "she sees each batch, and nothing beyond"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_verifies_offline_and_with_any_byte_changed_it_does_not() {
    let world = world().await;
    say(&world, Answer::Give).await;
    let subject = world.subject("E1").await;
    let card = receipts(&world.app, &subject).await.unwrap().remove(0);
    let (_, text) = receipt(&world.app, &subject, card.entry).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (file, key) = (
        folder.path().join("receipt.tlog-proof"),
        folder.path().join("log.vkey"),
    );
    std::fs::write(&key, format!("{}\n", log_vkey(&world.app))).unwrap();
    let verify = async |text: &[u8]| {
        std::fs::write(&file, text).unwrap();
        let gate = Command::new(env!("CARGO_BIN_EXE_sayso-gate"))
            .arg("verify")
            .arg(&file)
            .arg("--vkey")
            .arg(&key)
            .output()
            .await
            .unwrap();
        (gate.status.code(), String::from_utf8(gate.stdout).unwrap())
    };
    let (code, words) = verify(text.as_bytes()).await;
    assert_eq!(code, Some(0), "{words}");
    assert!(
        words.contains("said yes to the capture of keystrokes for the programme mci"),
        "{words}"
    );
    for index in (0..text.len()).step_by(23) {
        let mut bytes = text.clone().into_bytes();
        bytes[index] ^= 1;
        let (code, words) = verify(&bytes).await;
        assert_eq!(code, Some(1), "byte {index}: {words}");
    }
    let missing = Command::new(env!("CARGO_BIN_EXE_sayso-gate"))
        .args(["verify", "/nonexistent", "--vkey"])
        .arg(&key)
        .output()
        .await
        .unwrap();
    assert_eq!(missing.status.code(), Some(2));
}
