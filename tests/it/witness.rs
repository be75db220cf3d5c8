//! `sayso witness`, the real program, as a log or anybody else meets it over HTTP.

use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::hash::{Hash, sha256};
use sayso::ledger::submission::{Submission, cosignature};
use tokio::task::JoinSet;

use crate::witness_process::{SmallLog, WitnessFolder, sayso};

/// Status, content type and body of the answer to a submission.
async fn add(url: &str, body: impl Into<reqwest::Body>) -> (u16, String, String) {
    // Whichever test is first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let request = reqwest::Client::new().post(format!("{url}/add-checkpoint"));
    let answer = request.body(body).send().await.unwrap();
    let kind = answer.headers().get("content-type");
    let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    (
        status,
        kind.unwrap_or_default(),
        answer.text().await.unwrap(),
    )
}

async fn submit(url: &str, submission: &Submission) -> (u16, String, String) {
    add(url, submission.to_text()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_condition_has_its_exact_answer() {
    let log = SmallLog::new(40);
    let witness = WitnessFolder::new("council.example/w", &log.signer().verifier()).await;
    let process = witness.serve().await;
    let url = &process.url;
    let monitored = format!(
        "{url}/{}/checkpoint",
        sha256(log.origin.as_bytes()).to_hex()
    );
    assert_eq!(add(url, "").await.0, 400);
    assert_eq!(reqwest::get(&monitored).await.unwrap().status(), 404);

    // A client that does not know where the witness stands begins with 0, or is told.
    let first = log.submission(0, 7);
    let (status, kind, body) = submit(url, &first).await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    assert!(cosignature(&first.checkpoint, &body, &witness.key).is_ok());
    let (status, kind, body) = submit(url, &log.submission(0, 20)).await;
    assert_eq!(
        (status, kind.as_str(), body.as_str()),
        (409, "text/x.tlog.size", "7\n")
    );
    let next = log.submission(7, 20);
    let (status, _, body) = submit(url, &next).await;
    assert_eq!(status, 200);
    let kept = reqwest::get(&monitored)
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(kept, format!("{}{body}", next.checkpoint));
    let keys = [log.signer().verifier(), witness.key.clone()];
    let signed = Checkpoint::open(&kept, &keys).unwrap();
    assert_eq!((signed.checkpoint.size, signed.witnesses.len()), (20, 1));
    assert_eq!(
        submit(url, &log.submission(20, 20)).await.0,
        200,
        "a heartbeat"
    );

    let fork = log.clone().forked_at(10, 1);
    let bent = Submission {
        proof: vec![Hash::EMPTY_ROOT],
        ..log.submission(20, 30)
    };
    let backwards = Submission {
        old: 21,
        ..log.submission(20, 20)
    };
    for (submission, expected) in [
        (fork.submission(20, 20), 422),
        (fork.submission(20, 30), 422),
        (bent, 422),
        (backwards, 400),
    ] {
        assert_eq!(submit(url, &submission).await.0, expected, "{submission:?}");
    }
    let other = sayso::ledger::key::SignerKey::new(log.origin, [6; 32]).unwrap();
    let text = format!("{}\n30\n{}\n", log.origin, Hash::EMPTY_ROOT);
    let signed = |note: String| Submission {
        checkpoint: note,
        ..log.submission(20, 30)
    };
    assert_eq!(submit(url, &signed(other.sign(&text))).await.0, 403);
    let unknown = sayso::ledger::key::SignerKey::new("else.example", [6; 32]).unwrap();
    let note = unknown.sign(&text.replace(log.origin, "else.example"));
    assert_eq!(submit(url, &signed(note)).await.0, 404);
    assert_eq!(add(url, "old 20\n").await.0, 400);
    assert_eq!(add(url, vec![0xff, 0xfe]).await.0, 400);
    assert_eq!(add(url, vec![b'a'; Submission::MAX_BYTES + 1]).await.0, 413);
    assert_eq!(
        reqwest::get(format!("{url}/add-checkpoint"))
            .await
            .unwrap()
            .status(),
        405
    );
    assert_eq!(
        reqwest::get(format!("{url}/elsewhere/checkpoint"))
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(
        submit(url, &log.submission(20, 30)).await.0,
        200,
        "nothing of that moved it"
    );

    let evidence = sayso(witness.dir.path())
        .args(["witness", "evidence"])
        .output()
        .await
        .unwrap();
    let words = String::from_utf8(evidence.stdout).unwrap();
    assert!(words.contains("has signed what contradicts it"), "{words}");
    assert!(
        words.contains(&fork.note(20)) && words.contains(&kept),
        "{words}"
    );
    assert!(process.said().contains("REFUSED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_rubbish_makes_no_evidence_and_leaves_room_for_a_fork() {
    let log = SmallLog::new(40);
    let witness = WitnessFolder::new("council.example/w", &log.signer().verifier()).await;
    let process = witness.serve().await;
    let url = &process.url;
    assert_eq!(submit(url, &log.submission(0, 20)).await.0, 200);
    // The head that it has cosigned, with a bad proof and a line of nobody: the sender's words alone.
    for number in 0..120 {
        let nobody = sayso::ledger::key::SignerKey::new("nobody.example", [number; 32]).unwrap();
        let note = nobody.sign(&format!("{}\n20\n{}\n", log.origin, Hash::EMPTY_ROOT));
        let same = log.submission(20, 20);
        let bent = Submission {
            proof: vec![Hash::EMPTY_ROOT],
            checkpoint: format!("{}{}\n", same.checkpoint, note.lines().last().unwrap()),
            ..same
        };
        assert_eq!(submit(url, &bent).await.0, 422);
    }
    let evidence = async || {
        let mut command = sayso(witness.dir.path());
        let output = command
            .args(["witness", "evidence"])
            .output()
            .await
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let words = evidence().await;
    assert!(words.starts_with("No log"), "{words}");
    let fork = log.clone().forked_at(10, 1);
    assert_eq!(submit(url, &fork.submission(20, 20)).await.0, 422);
    let words = evidence().await;
    assert_eq!(words.matches("contradicts it").count(), 1, "{words}");
    assert!(words.contains(&fork.note(20)), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_histories_that_race_one_gets_its_signature_and_it_never_goes_back() {
    let log = SmallLog::new(64);
    let witness = WitnessFolder::new("council.example/w", &log.signer().verifier()).await;
    let process = witness.serve().await;
    assert_eq!(submit(&process.url, &log.submission(0, 1)).await.0, 200);
    let mut truth = log.clone();
    for round in 0..12 {
        let old = 1 + round * 5;
        let mut racing = JoinSet::new();
        for racer in 0..8_u64 {
            let fork = truth
                .clone()
                .forked_at(usize::try_from(old).unwrap(), round * 8 + racer);
            // Some longer than others: a shorter one that comes late would roll it back.
            let size = old + 1 + racer % 5;
            let (url, submission) = (process.url.clone(), fork.submission(old, size));
            racing.spawn(async move { (submit(&url, &submission).await.0, fork, size) });
        }
        let mut winners = Vec::new();
        while let Some(raced) = racing.join_next().await {
            let (status, fork, size) = raced.unwrap();
            match status {
                200 => winners.push((fork, size)),
                409 => {}
                other => panic!("status {other}"),
            }
        }
        let [(winner, size)] = winners.as_slice() else {
            panic!("{} histories were signed in round {round}", winners.len());
        };
        truth = winner.clone();
        let next = old + 5;
        assert_eq!(
            submit(&process.url, &truth.submission(*size, next)).await.0,
            200
        );
        assert_eq!(next, 1 + (round + 1) * 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_started_again_it_stands_where_it_stood() {
    let log = SmallLog::new(40);
    let witness = WitnessFolder::new("council.example/w", &log.signer().verifier()).await;
    let mut old = 0;
    for size in [3, 17, 18, 40] {
        let process = witness.serve().await;
        assert_eq!(
            submit(&process.url, &log.submission(old, size)).await.0,
            200
        );
        process.kill().await;
        let process = witness.serve().await;
        let (status, _, body) = submit(&process.url, &log.submission(0, 40)).await;
        assert_eq!((status, body), (409, format!("{size}\n")));
        let fork = log.clone().forked_at(0, 9);
        assert_eq!(
            submit(&process.url, &fork.submission(size, size)).await.0,
            422
        );
        process.kill().await;
        old = size;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_without_its_memory_or_its_key_does_not_start() {
    let log = SmallLog::new(3);
    let witness = WitnessFolder::new("council.example/w", &log.signer().verifier()).await;
    let data = witness.dir.path().join("witness");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(data.join("witness.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = sayso(witness.dir.path())
        .args(["witness", "key"])
        .output()
        .await
        .unwrap();
    assert_eq!(
        String::from_utf8(again.stdout).unwrap(),
        format!("{}\n", witness.key)
    );

    let stranger = WitnessFolder::new("council.example/w", &log.signer().verifier()).await;
    let key = std::fs::read(data.join("witness.key")).unwrap();
    let refusal = async || {
        let ended = witness.command().output().await.unwrap();
        assert_eq!(ended.status.code(), Some(1));
        String::from_utf8(ended.stderr).unwrap()
    };
    std::fs::copy(
        stranger.dir.path().join("witness/witness.key"),
        data.join("witness.key"),
    )
    .unwrap();
    assert!(refusal().await.contains("not its own"));
    std::fs::write(data.join("witness.key"), key).unwrap();
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("sqlite") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let words = refusal().await;
    assert!(words.contains("Retire its key"), "{words}");
    assert!(
        !data.join("witness.sqlite").exists(),
        "no new memory was made in silence"
    );
}
