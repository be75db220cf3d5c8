//! Every block of `docs/agents.md` is run, in its order, against a real demo server, so that the guide cannot rot.
//!
//! A `sh` block is run by bash, with what the blocks before it exported; a `python NAME` block becomes that file; a `json` or
//! `text` block is what the block before it must have said. Numbers and times may differ, words may not. The `rust` block is
//! compiled as `guide_collector.rs` and run.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use sayso::app::clock::{Clock as _, SystemClock};
use sayso::client::moment::{Clock, Moment};
use sayso::client::pace::Random;
use sayso::client::report::Outcome;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

use crate::guide_collector::collect;

/// One block: what stands behind the backticks, and its text.
#[derive(Debug)]
struct Block {
    kind: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let inside = lines.by_ref().take_while(|line| !line.starts_with("```"));
            blocks.push(Block {
                kind: kind.to_owned(),
                text: inside.map(|line| format!("{line}\n")).collect(),
            });
        }
    }
    blocks
}

/// A demo company, served until it is dropped.
struct Demo {
    _server: Child,
    url: String,
}

async fn demo(dir: &Path) -> Demo {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_sayso"));
    let mut server = command
        .args([
            "demo",
            "--json",
            "--data",
            "data",
            "--listen",
            "127.0.0.1:0",
        ])
        .current_dir(dir)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = timeout(Duration::from_mins(3), lines.next_line()).await;
    let ready: Value = serde_json::from_str(&line.unwrap().unwrap().unwrap()).unwrap();
    Demo {
        _server: server,
        url: ready["url"].as_str().unwrap().to_owned(),
    }
}

/// Runs a block in `dir` after the exports of the ones before, and keeps what it exports.
fn run(dir: &Path, text: &str) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_sayso")).parent().unwrap();
    let script = format!(
        "set -euo pipefail; export PATH={}:$PATH; set -a; [ ! -e env ] || . ./env; set +a\n{text}\n\
         export -p >env; declare -f >>env",
        bin.display()
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(dir)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, error) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{text}\nsaid:\n{out}\n{error}");
    out
}

/// Whether two answers say the same, but for numbers and times.
fn same(shown: &Value, said: &Value) -> bool {
    match (shown, said) {
        (Value::Object(shown), Value::Object(said)) => {
            shown.len() == said.len()
                && shown
                    .iter()
                    .all(|(name, value)| said.get(name).is_some_and(|said| same(value, said)))
        }
        (Value::Array(shown), Value::Array(said)) => {
            shown.len() == said.len() && shown.iter().zip(said).all(|(a, b)| same(a, b))
        }
        (Value::String(shown), Value::String(said)) => blurred(shown) == blurred(said),
        (Value::Number(_), Value::Number(_)) => true,
        _ => shown == said,
    }
}

/// A text without its numbers.
fn blurred(text: &str) -> String {
    let blurred: String = text
        .trim()
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect();
    // A moment may have fractions of a second or none.
    let is_moment = blurred.starts_with("0000-00-00T00:00:00");
    if is_moment {
        "0000-00-00T00:00:00Z".to_owned()
    } else {
        blurred
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_block_of_the_guide_for_agents_does_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let demo = demo(dir.path()).await;
    let page = include_str!("../../docs/agents.md");
    let (mut said, mut ran, mut compared) = (String::new(), 0, 0);
    for block in blocks(page) {
        let text = block.text.replace("http://127.0.0.1:8080", &demo.url);
        match block.kind.split_once(' ').unwrap_or((&block.kind, "")) {
            ("sh", "") => {
                said = run(dir.path(), &text);
                ran += 1;
            }
            ("rust", "") => {
                let (_, compiled) = include_str!("guide_collector.rs")
                    .split_once("\n\n")
                    .unwrap();
                assert_eq!(block.text, compiled, "guide_collector.rs is this block");
                let key = run(dir.path(), "echo $SAYSO_AGENT_KEY");
                let clock: Clock = Arc::new(|| Moment::at(SystemClock::real().now()));
                let random: Random = Arc::new(rand::random::<[u8; 16]>);
                let collected = collect(&demo.url, key.trim(), clock, random);
                let collected = timeout(Duration::from_secs(30), collected).await.unwrap();
                assert_eq!(collected.unwrap(), Outcome::Accepted);
            }
            ("python", file) => std::fs::write(dir.path().join(file), text).unwrap(),
            ("json", "") => {
                let (shown, said): (Value, Value) = (
                    serde_json::from_str(&text).unwrap(),
                    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}")),
                );
                assert!(same(&shown, &said), "shown {shown:#}\nsaid {said:#}");
                compared += 1;
            }
            ("text", "") => {
                assert_eq!(blurred(&text), blurred(&said));
                compared += 1;
            }
            other => panic!("nobody runs a block of the kind {other:?}"),
        }
    }
    assert!(ran >= 8 && compared >= 6, "{ran} {compared}");
}
