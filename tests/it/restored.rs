//! A database that was lost or restored from a backup, with the real programs: server, witness and command line.

use std::path::Path;

use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::key::{SignerKey, VerifierKey};
use serde_json::Value;
use tokio::process::Command;

use crate::witness_process::{Process, WitnessFolder, sayso};

/// A real installation in a folder, with one witness.
struct House {
    dir: tempfile::TempDir,
    witness: WitnessFolder,
    origin: &'static str,
}

impl House {
    /// The house, its witness at work, and the log's key.
    async fn new() -> (Self, Process, VerifierKey) {
        let dir = tempfile::tempdir().unwrap();
        let origin = "house.example/ledger";
        // The key is needed to set up the witness, and made by the first command.
        let made = sayso(dir.path())
            .arg("migrate")
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
        let house = Self {
            dir,
            witness,
            origin,
        };
        (house, up, old)
    }

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
    let (mut house, up, old) = House::new().await;
    let origin = house.origin;
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

#[tokio::test(flavor = "multi_thread")]
async fn with_the_database_gone_the_witness_still_knows_what_is_succeeded() {
    let (mut house, up, _) = House::new().await;
    house.publish("One").await;
    let last = house.witnessed(2).await;
    for entry in std::fs::read_dir(house.dir.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("sqlite") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let (code, _, words) = house.run(&["serve"]).await;
    assert_eq!(code, Some(1), "{words}");
    assert!(
        words.contains("has cosigned 2 entries") && words.contains("holds 0"),
        "{words}"
    );
    let (code, _, problem) = house
        .run(&["ledger", "succeed", "--origin", "house.example/2"])
        .await;
    assert_eq!(code, Some(0), "{problem}");
    house.origin = "house.example/2";
    let server = house.serve().await;
    let first = reqwest::get(format!("{}/ledger/documents/0", server.url))
        .await
        .unwrap();
    let first: Value = first.json().await.unwrap();
    assert_eq!(first["succeeds"]["last_witnessed_checkpoint"], last);
    assert_eq!(
        first["succeeds"]["lost"],
        serde_json::json!({ "from": 0, "to": 2 })
    );
    drop((up, server));
}
