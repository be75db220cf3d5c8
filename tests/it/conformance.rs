//! The fault matrix: no collector of ours captures anything once its lease is over, whatever goes wrong; and the kit
//! that says so catches collectors that make the usual mistakes.
//!
//! A new collector of ours is a test here. `make conformance` runs them alone.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::sync::OnceCell;

/// What the kit said.
struct Run {
    code: Option<i32>,
    report: Value,
    messages: String,
}

impl Run {
    /// The cases that did not pass, with what is known of them.
    fn failed(&self) -> Vec<&Value> {
        let cases = self.report["cases"].as_array();
        let cases = cases.unwrap_or_else(|| panic!("{}", self.messages));
        cases.iter().filter(|case| case["passed"] != true).collect()
    }

    fn names(&self) -> Vec<&str> {
        let failed = self.failed().into_iter();
        failed.map(|case| case["name"].as_str().unwrap()).collect()
    }
}

fn gate() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sayso-gate"))
}

/// Runs the kit with a short lease.
async fn kit(options: &[&str], collector: &[&str]) -> Run {
    let output = gate()
        .args([
            "conformance",
            "--json",
            "--lease",
            "1000",
            "--budget",
            "2500",
        ])
        .args(options)
        .arg("--")
        .args(collector)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    Run {
        code: output.status.code(),
        report: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        messages: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

async fn passes(collector: &[&str]) {
    let run = kit(&["--budget", "2500"], collector).await;
    assert_eq!(run.failed(), Vec::<&Value>::new(), "{}", run.messages);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.report["passed"], true);
    let cases = run.report["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 26);
    for case in cases {
        assert!(case["before"].as_u64() > Some(1), "it did capture: {case}");
    }
}

/// A collector from this repository's examples, built as this test was.
async fn example(name: &str) -> String {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    let folder = BUILT.get_or_init(|| async {
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap().to_owned();
        let status = Command::new(env!("CARGO"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--example", "careless_collector"])
            .args([
                "--example",
                "guarded_collector",
                "--example",
                "sidecar_collector",
            ])
            .arg("--target-dir")
            .arg(profile.parent().unwrap())
            .status();
        assert!(status.await.unwrap().success());
        profile.join("examples")
    });
    let path = folder.await.join(name);
    path.into_os_string().into_string().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_passes_nothing_after_its_lease_in_any_case() {
    let filter = env!("CARGO_BIN_EXE_sayso-gate");
    passes(&[
        filter,
        "filter",
        "--dataset",
        "conformance",
        "--report-every",
        "1",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_on_the_client_library_captures_nothing_after_its_lease_in_any_case() {
    passes(&[&example("guarded_collector").await]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sidecar_permits_nothing_after_its_lease_in_any_case() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "socket=$(mktemp -d -p {})/socket; {} sidecar --socket $socket & exec {} --socket $socket",
        folder.path().display(),
        env!("CARGO_BIN_EXE_sayso-gate"),
        example("sidecar_collector").await
    );
    passes(&["sh", "-c", &script]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn told_of_a_stop_the_client_library_obeys_at_once_and_confirms() {
    let guarded = example("guarded_collector").await;
    let told = ["withdrawal", "pause", "end", "heartbeat-back", "resync"];
    let mut options = vec!["--budget", "500"];
    for name in told {
        options.extend(["--only", name]);
    }
    let run = kit(&options, &[&guarded]).await;
    assert_eq!(run.failed(), Vec::<&Value>::new(), "{}", run.messages);
    for case in &run.report["cases"].as_array().unwrap()[..3] {
        let confirmed = case["confirmed_ms"].as_u64();
        assert!(confirmed.is_some_and(|after| after < 500), "{case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simple_collector_that_asks_and_takes_a_clean_yes_only_passes() {
    let careless = example("careless_collector").await;
    passes(&[&careless, "--mistake", "none"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_usual_mistake_is_caught() {
    let answered = [
        "500",
        "503",
        "404",
        "429",
        "html",
        "truncated-json",
        "text-true",
        "number-true",
    ];
    let spoilt = ["wrong-content-type", "duplicate-keys"];
    let cut = [
        "timeout",
        "slow-body",
        "clock-jump",
        "rotated-key",
        "resync",
        "refused",
    ];
    let told = ["withdrawal", "pause", "end", "notice", "unknown-obligation"];
    let stream = ["stalled-stream", "heartbeat-back"];
    let mistakes: [(&str, &[&[&str]]); 8] = [
        ("keeps-last-answer", &[&answered, &spoilt, &cut]),
        (
            "looks-for-true",
            &[&answered, &spoilt, &["unknown-obligation"]],
        ),
        ("starts-with-yes", &[&["before-answer"], &cut]),
        ("asks-once", &[&told, &answered, &spoilt, &cut, &stream]),
        ("follows-redirects", &[&["redirect"]]),
        ("reports-later", &[&told, &["timeout", "500"]]),
        ("waits-for-no", &[&answered, &spoilt, &cut, &stream]),
        (
            "believes-heartbeats",
            &[&[
                "clock-jump",
                "heartbeat-back",
                "resync",
                "duplicate-keys",
                "truncated-json",
            ]],
        ),
    ];
    let careless = example("careless_collector").await;
    let caught = |(mistake, groups): &(&'static str, &[&[&'static str]])| {
        caught(careless.clone(), mistake, groups.concat())
    };
    for some in mistakes.chunks(4) {
        futures::future::join_all(some.iter().map(caught)).await;
    }
}

/// The mistake does not pass in any of these cases.
async fn caught(careless: String, mistake: &str, cases: Vec<&str>) {
    let mut options = vec!["--jobs", "30"];
    for name in &cases {
        options.extend(["--only", name]);
    }
    let run = kit(&options, &[&careless, "--mistake", mistake]).await;
    assert_eq!(run.code, Some(1), "{mistake}: {}", run.messages);
    let caught = run.names();
    for name in cases {
        assert!(caught.contains(&name), "{mistake} was not caught in {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_captures_nothing_or_ends_proves_nothing() {
    let run = kit(&["--only", "withdrawal"], &["sh", "-c", "exit 3"]).await;
    assert_eq!((run.code, run.names()), (Some(1), vec!["withdrawal"]));
    let problem = run.failed()[0]["problem"].as_str().unwrap();
    assert!(
        problem.contains("ended by itself") && problem.contains('3'),
        "{problem}"
    );
    let silent = ["sh", "-c", "echo hello >&2; cat >/dev/null"];
    let run = kit(&["--only", "pause"], &silent).await;
    assert_eq!((run.code, run.names()), (Some(1), vec!["pause"]));
    let problem = run.failed()[0]["problem"].as_str().unwrap();
    assert!(problem.contains("captured nothing"), "{problem}");
    assert_eq!(run.failed()[0]["messages"], "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_is_neither_passed_nor_failed() {
    let run = kit(&[], &["/nonexistent/collector"]).await;
    assert_eq!(run.code, Some(2));
    assert!(
        run.messages.contains("cannot run the collector"),
        "{}",
        run.messages
    );
    let run = kit(&["--only", "weather"], &["cat"]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.messages.contains("no case weather"), "{}", run.messages);
    let list = gate()
        .args(["conformance", "--list"])
        .output()
        .await
        .unwrap();
    assert_eq!(list.status.code(), Some(0));
    assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 26);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_and_its_children_end_with_their_case() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ticks");
    let ticks = format!("while sleep 0.05; do echo x >>{}; done", file.display());
    let command = format!("({ticks}) & exec cat");
    let run = kit(&["--only", "withdrawal"], &["sh", "-c", &command]).await;
    assert_eq!(run.names(), ["withdrawal"], "cat asks nobody");
    let length = || std::fs::metadata(&file).unwrap().len();
    let before = length();
    assert!(before > 0);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(length(), before, "it still runs");
}
