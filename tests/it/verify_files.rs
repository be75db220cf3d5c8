//! `sayso verify` with the file of all of a person's receipts, and commands in a folder whose key is gone.

use sayso::app::chain;
use sayso::domain::choice::Answer;

use crate::database::Kind;
use crate::witness_process::sayso;
use crate::world::{World, keys};

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_all_receipts_is_judged_one_by_one_and_as_a_whole() {
    let world = World::new(Kind::Sqlite).await.with_company().await;
    for answer in [Answer::Give, Answer::Refuse, Answer::Give] {
        world.choose("E1", "keystrokes", answer).await.unwrap();
        world.pass(1);
    }
    let subject = world.subject("E1").await;
    let all = chain::receipts(&world.app, &subject).await.unwrap();
    let files: Vec<_> = all.receipts.into_iter().map(|(_, file)| file).collect();
    let dir = tempfile::tempdir().unwrap();
    let vkey = keys().signer.verifier().to_string();
    let verify = async |text: String| {
        std::fs::write(dir.path().join("receipts.tlog-proofs"), text).unwrap();
        let mut command = sayso(dir.path());
        command.args(["verify", "--vkey", &vkey, "receipts.tlog-proofs"]);
        let output = command.output().await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said)
    };
    let (code, said) = verify(files.concat()).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("3 receipts, each of which verifies"),
        "{said}"
    );

    let (code, said) = verify([files[0].as_str(), &files[2]].concat()).await;
    assert_eq!(code, Some(1), "one is missing in between: {said}");
    assert!(said.contains("each receipt verifies, but"), "{said}");
    let bent = files[1].replace("index ", "index 1");
    let (code, said) = verify([files[0].as_str(), &bent, &files[2]].concat()).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("receipt 2 in the file"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_is_called_lost_and_no_ledger_is_made_by_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let run = async |arguments: &[&str]| {
        let output = sayso(dir.path()).args(arguments).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.success(), said)
    };
    for command in ["fsck", "checkpoint"] {
        let (done, said) = run(&["ledger", command]).await;
        assert!(!done && said.contains("there is no ledger"), "{said}");
        assert!(!dir.path().join("data").exists(), "nothing was made");
    }
    assert!(run(&["migrate"]).await.0);
    assert!(run(&["ledger", "fsck"]).await.0);
    let key = dir.path().join("data/ledger.key");
    std::fs::rename(&key, dir.path().join("elsewhere")).unwrap();
    for command in [
        &["ledger", "fsck"][..],
        &["ledger", "checkpoint"],
        &["serve"],
    ] {
        let (done, said) = run(command).await;
        assert!(!done && said.contains("is missing"), "{said}");
        assert!(!key.exists(), "no other key takes its place");
    }
    std::fs::rename(dir.path().join("elsewhere"), &key).unwrap();
    assert!(run(&["ledger", "fsck"]).await.0);
}
