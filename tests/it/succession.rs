//! A log that goes on under another name after its database was lost, in process and with the real programs.

use std::path::Path;

use sayso::app::clock::Random;
use sayso::app::feeder::Feeder;
use sayso::app::receipts;
use sayso::app::settings::Settings;
use sayso::app::succession::succeed;
use sayso::app::writer::Keys;
use sayso::app::{App, choices};
use sayso::domain::choice::{Answer, ChoiceState};
use sayso::ledger::checkpoint::{Checkpoint, Level};
use sayso::ledger::key::{SignerKey, VerifierKey};
use sayso::ledger::receipt::Receipt;
use sayso::ledger::seal::EpochKey;
use serde_json::Value;
use tokio::process::Command;

use crate::database::on_both;
use crate::watched::watched;
use crate::witness_process::{Process, WitnessFolder, all_of, sayso};
use crate::world::{World, keys};

const NEW: &str = "ledger.brackwater.example/2";

on_both!(
    a_succeeded_log_takes_new_choices_and_old_receipts_still_verify,
    |world: World| async move {
        let world = world.with_company().await;
        let old_key = keys().signer.verifier();
        let council = WitnessFolder::new("council.example/w", &old_key).await;
        let up = council.serve().await;
        let witnessing = all_of(&[council.peer()]);
        let app = watched(&world, witnessing.clone()).await.unwrap();
        let subject = world.subject("E1").await;
        let given = world
            .choose("E1", "keystrokes", Answer::Give)
            .await
            .unwrap();
        Feeder::new(&app).unwrap().unwrap().round().await.unwrap();
        world.pass(1);
        world
            .choose("E1", "mouse_movement", Answer::Give)
            .await
            .unwrap();
        let before = world.store.head().await.unwrap().unwrap();
        up.kill().await;

        let now = world.app.now();
        let refused = succeed(&*world.store, &keys(), &witnessing, NEW, false, now).await;
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("council.example/w cannot say"),
            "{refused}"
        );
        assert_eq!(world.store.head().await.unwrap().unwrap().log, before.log);
        let up = council.serve().await;
        let done = succeed(&*world.store, &keys(), &witnessing, NEW, false, now)
            .await
            .unwrap();
        assert_eq!(
            (done.held, done.witnessed),
            (before.size, Some(before.size - 1))
        );
        assert!(done.base > before.size);

        // The log of the old name takes nothing any more, whoever signs.
        assert!(
            choices::all_off(&app, &subject, world.form())
                .await
                .is_err()
        );
        let new_keys = Keys {
            signer: SignerKey::new(NEW, [1; 32]).unwrap(),
            epochs: EpochKey::new(1, [2; 32]).into(),
        };
        let settings = Settings {
            witnessing,
            ..Settings::default()
        };
        let (store, clock) = (world.store.clone(), world.clock.clone());
        let next = App::start(store, clock, Random::seeded(8), settings, new_keys)
            .await
            .unwrap();
        choices::all_off(&next, &subject, world.form())
            .await
            .unwrap();
        let history = choices::history(&next, &subject).await.unwrap();
        let off = history
            .iter()
            .filter(|event| event.state == ChoiceState::Withdrawn);
        let off: Vec<_> = off.map(|event| event.entry).collect();
        assert_eq!(off.len(), 2);
        assert!(off.iter().all(|entry| *entry > done.base));

        let new_key: VerifierKey = done.vkey.parse().unwrap();
        let (card, file) = receipts::receipt(&next, &subject, given.entry)
            .await
            .unwrap();
        let old_keys = [old_key.clone(), council.key.clone()];
        let verified = Receipt::parse(&file).unwrap().verify(&old_keys).unwrap();
        assert_eq!(verified.index, given.entry, "the first log begins at 0");
        assert!(matches!(card.level, Level::Witnessed { .. }), "as it was");
        assert_eq!(
            receipts::keys(&next, &card).await.unwrap()[0],
            old_key.to_string()
        );
        let (card, file) = receipts::receipt(&next, &subject, off[0]).await.unwrap();
        let verified = Receipt::parse(&file)
            .unwrap()
            .verify(&[new_key.clone()])
            .unwrap();
        assert_eq!(verified.index, off[0] - done.base);
        assert_eq!(verified.checkpoint.origin, NEW);
        assert_eq!(card.level, Level::Logged);
        assert_eq!(
            receipts::keys(&next, &card).await.unwrap()[0],
            new_key.to_string()
        );
        // Her chain runs across both logs: nothing of it was dropped in between.
        let events = world.store.events(&subject).await.unwrap();
        let seqs: Vec<_> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, [0, 1, 2, 3]);
        let levels = receipts::receipts(&next, &subject).await.unwrap();
        let levels: Vec<_> = levels
            .iter()
            .map(|card| card.level == Level::Logged)
            .collect();
        assert_eq!(levels, [true, true, true, false], "newest first");
        drop(up);
    }
);

/// A real installation in a folder, with one witness.
struct House {
    dir: tempfile::TempDir,
    witness: WitnessFolder,
    origin: &'static str,
}

impl House {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = sayso(self.dir.path());
        let peer = self.witness.peer();
        let witnesses = format!("[{{url=\"{}\",vkey=\"{}\"}}]", peer.url, peer.key);
        command
            .args(arguments)
            .env("SAYSO_SERVER__LISTEN", "127.0.0.1:0")
            .env("SAYSO_LEDGER__ORIGIN", self.origin)
            .env("SAYSO_LEDGER__WITNESSES", witnesses)
            .env("SAYSO_LEDGER__WITNESS_EVERY_S", "1");
        command
    }

    async fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let ended = self.command(arguments).output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ended.status.code(), text(ended.stdout), text(ended.stderr))
    }

    async fn serve(&self) -> Process {
        Process::start(self.command(&["serve"])).await
    }

    /// Publishes a notice: one entry more.
    async fn publish(&self, title: &str) {
        let text = format!(
            "+++\nnotice = \"hours\"\nlanguage = \"en\"\ntitle = \"{title}\"\nsummary = \"What it means.\"\n+++\nText.\n"
        );
        std::fs::write(self.dir.path().join("notice.md"), text).unwrap();
        let (code, _, words) = self.run(&["notice", "publish", "notice.md"]).await;
        assert_eq!(code, Some(0), "{words}");
    }

    /// Serves until the witnessed checkpoint has this size; the note.
    async fn witnessed(&self, size: u64) -> String {
        let server = self.serve().await;
        let url = format!("{}/ledger/checkpoint/witnessed", server.url);
        for _ in 0..200 {
            let answer = reqwest::get(&url).await.unwrap();
            let found = answer.status() == 200;
            let note = answer.text().await.unwrap();
            if found && note.lines().nth(1) == Some(&size.to_string()) {
                server.kill().await;
                return note;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("not witnessed in ten seconds: {}", server.said());
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_refuses_to_serve_says_how_to_go_on_and_goes_on_so() {
    let dir = tempfile::tempdir().unwrap();
    let origin = "house.example/ledger";
    // The key is needed to set up the witness, and made by the first command.
    let made = sayso(dir.path())
        .args(["ledger", "checkpoint"])
        .env("SAYSO_LEDGER__ORIGIN", origin)
        .output()
        .await
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let seed = std::fs::read_to_string(dir.path().join("data/ledger.key")).unwrap();
    let mut key = [0; 32];
    for (byte, at) in key.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&seed[at..at + 2], 16).unwrap();
    }
    let old = SignerKey::new(origin, key).unwrap().verifier();
    let witness = WitnessFolder::new("council.example/w", &old).await;
    let up = witness.serve().await;
    let mut house = House {
        dir,
        witness,
        origin,
    };
    let (data, backup) = (
        house.dir.path().join("data"),
        house.dir.path().join("backup"),
    );
    house.publish("One").await;
    copy(&data, &backup);
    house.publish("Two").await;
    house.publish("Three").await;
    let last = house.witnessed(4).await;
    let keys = [old.clone(), house.witness.key.clone()];
    assert_eq!(Checkpoint::open(&last, &keys).unwrap().witnesses.len(), 1);

    std::fs::remove_dir_all(&data).unwrap();
    copy(&backup, &data);
    for command in [
        &["serve"][..],
        &["notice", "publish", "notice.md"],
        &["migrate"],
    ] {
        let (code, _, words) = house.run(command).await;
        assert_eq!(code, Some(1), "{command:?}: {words}");
        assert!(
            words.contains("has cosigned 4 entries") && words.contains("holds 2"),
            "{words}"
        );
        assert!(words.contains("sayso ledger succeed --origin"), "{words}");
    }
    let (code, words, problem) = house
        .run(&["ledger", "succeed", "--origin", "house.example/2"])
        .await;
    assert_eq!(code, Some(0), "{problem}");
    let new: VerifierKey = words.trim().lines().last().unwrap().parse().unwrap();
    assert_eq!(new.name(), "house.example/2");
    let (code, _, words) = house.run(&["serve"]).await;
    assert_eq!(code, Some(1), "the old name is over: {words}");

    house.origin = "house.example/2";
    house.publish("Again").await;
    let server = house.serve().await;
    let first = reqwest::get(format!("{}/ledger/documents/0", server.url))
        .await
        .unwrap();
    let first: Value = first.json().await.unwrap();
    assert_eq!(first["succeeds"]["origin"], origin);
    assert_eq!(first["succeeds"]["last_witnessed_checkpoint"], last);
    assert_eq!(first["succeeds"]["lost"]["from"], 2);
    assert_eq!(first["succeeds"]["lost"]["to"], 4);
    let head = reqwest::get(format!("{}/ledger/checkpoint", server.url))
        .await
        .unwrap();
    let head = Checkpoint::open(&head.text().await.unwrap(), &[new]).unwrap();
    assert_eq!(
        (head.checkpoint.size, head.checkpoint.origin.as_str()),
        (2, house.origin)
    );
    let (code, _, words) = house.run(&["ledger", "fsck"]).await;
    assert_eq!(code, Some(0), "{words}");
    drop((up, server));
}
