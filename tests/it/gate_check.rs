//! `sayso-gate check`, the real binary: one line and an exit code.

use std::process::Output;

use serde_json::Value;

use crate::gate_mock::{Mock, gate, key};

async fn check(url: &str, arguments: &[&str]) -> Output {
    let question = [
        "--employee",
        "E1",
        "--program",
        "mci",
        "--category",
        "keystrokes",
    ];
    gate("check", url)
        .args(question)
        .args(arguments)
        .output()
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_is_the_answer() {
    let mock = Mock::start().await;
    let no = check(&mock.url, &[]).await;
    assert_eq!(
        (no.status.code(), text(&no.stdout)),
        (Some(1), "deny: withdrawn\n")
    );
    mock.permit("E1/keystrokes");
    let yes = check(&mock.url, &[]).await;
    assert_eq!(yes.status.code(), Some(0));
    assert!(text(&yes.stdout).starts_with("allow: "), "{yes:?}");
    mock.fail_asking(true);
    let unknown = check(&mock.url, &[]).await;
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        text(&unknown.stdout).starts_with("cannot tell"),
        "{unknown:?}"
    );
    assert_eq!(mock.questions(), [1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_the_answer_as_json() {
    let mock = Mock::start().await;
    mock.permit("E1/keystrokes");
    let answer = |output: Output| serde_json::from_slice::<Value>(&output.stdout).unwrap();
    let yes = answer(check(&mock.url, &["--json"]).await);
    assert_eq!(yes["answer"], "allow");
    assert_eq!(yes["lease_ms"], 5000);
    mock.withdraw("E1/keystrokes");
    let no = answer(check(&mock.url, &["--json", "--app", "browser"]).await);
    assert_eq!(
        (&no["answer"], &no["reason"]),
        (&"deny".into(), &"withdrawn".into())
    );
    let gone = answer(check("http://127.0.0.1:1", &["--json"]).await);
    assert_eq!(gone["answer"], "cannot_tell");
    assert!(gone["error"].as_str().unwrap().contains("does not answer"));
}

#[tokio::test]
async fn wrong_arguments_cannot_tell_and_never_show_the_key() {
    let plain = check("http://192.0.2.1", &[]).await;
    assert_eq!(plain.status.code(), Some(2));
    assert!(text(&plain.stderr).contains("--insecure-http"), "{plain:?}");
    let mut typo = key().expose();
    typo.pop();
    let typo = check("http://127.0.0.1:1", &["--key", &typo]).await;
    assert_eq!(typo.status.code(), Some(2));
    assert!(text(&typo.stderr).contains("sayso_agent_<id>"), "{typo:?}");
    let nobody = gate("check", "http://127.0.0.1:1").output().await.unwrap();
    assert_eq!(nobody.status.code(), Some(2));
    let help = gate("check", "http://127.0.0.1:1")
        .arg("--help")
        .output()
        .await
        .unwrap();
    for output in [plain, typo, nobody, help] {
        let secret = key();
        let shown = [output.stdout, output.stderr].concat();
        assert!(!text(&shown).contains(secret.secret()));
    }
}
