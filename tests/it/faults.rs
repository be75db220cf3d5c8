//! A disk that fails: writes and syncs of the database's files end in an error at random, while people choose.
//!
//! The library that does it is `tests/faults/shim.c`, compiled here and loaded before the C library. An error must
//! lead to an answer that says no; whatever was answered with yes, and every receipt and head, must stand after the
//! faults have stopped and the server was killed. Six rounds by default, `SAYSO_TEST_FAULTS` for more.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::crash::setting;
use crate::crash_check::check;
use crate::crash_load::{Memory, load};
use crate::crash_server::{Server, Site};
use crate::database::Kind;

/// The shared file of the shim: two rates in a million, then four counters.
struct Disk {
    control: PathBuf,
}

/// What the disk has done so far.
#[derive(Debug)]
struct Counted {
    writes: u64,
    failed_writes: u64,
    syncs: u64,
    failed_syncs: u64,
}

impl Disk {
    /// Compiles the shim, and has the site's server started with it.
    fn under(site: &mut Site, seed: u64) -> Self {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim.c");
        let (library, control) = (
            site.dir.path().join("shim.so"),
            site.dir.path().join("faults"),
        );
        let compiled = Command::new("cc")
            .args(["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(&library)
            .args([source, "-ldl"])
            .status()
            .expect("a C compiler, `cc`, is needed for this test");
        assert!(compiled.success());
        let prefix = site.dir.path().canonicalize().unwrap();
        site.environment = [
            ("LD_PRELOAD", library.display().to_string()),
            ("SAYSO_FAULTS_CONTROL", control.display().to_string()),
            (
                "SAYSO_FAULTS_PREFIX",
                prefix.join("sayso.sqlite").display().to_string(),
            ),
            ("SAYSO_FAULTS_SEED", seed.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let disk = Self { control };
        std::fs::write(&disk.control, [0; 40]).unwrap();
        disk
    }

    /// From now on so many writes and syncs in a million fail.
    fn fails(&self, writes: u32, syncs: u32) {
        use std::os::unix::fs::FileExt as _;
        let rates = [writes.to_ne_bytes(), syncs.to_ne_bytes()].concat();
        let file = std::fs::OpenOptions::new().write(true).open(&self.control);
        file.unwrap().write_all_at(&rates, 0).unwrap();
    }

    fn counted(&self) -> Counted {
        let bytes = std::fs::read(&self.control).unwrap();
        let at = |from: usize| u64::from_ne_bytes(bytes[from..from + 8].try_into().unwrap());
        Counted {
            writes: at(8),
            failed_writes: at(16),
            syncs: at(24),
            failed_syncs: at(32),
        }
    }
}

/// Waits until somebody's choice is acknowledged again.
async fn recovered(memory: &Memory, server: &Server) {
    let count = || memory.lock().unwrap().acknowledged.len();
    let (before, begun) = (count(), Instant::now());
    while count() <= before {
        if begun.elapsed() > Duration::from_secs(15) {
            let said = server.messages.lock().unwrap().clone();
            let last = said[said.len().saturating_sub(5)..].join("\n");
            panic!("no choice was taken since the disk works again:\n{last}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_on_a_failing_disk_stands_and_errors_are_answered_as_such() {
    let (rounds, seed) = (
        setting("SAYSO_TEST_FAULTS", 6),
        setting("SAYSO_TEST_SEED", 20_261_124),
    );
    println!("{rounds} rounds of faults, seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut site = Site::new(Kind::Sqlite).await;
    let disk = Disk::under(&mut site, seed);
    let (memory, mut leaves) = (Memory::default(), Vec::new());
    let mut server = site.start().await;
    for round in 0..rounds {
        let mut people = load(&site, &server, &memory);
        tokio::time::sleep(Duration::from_millis(random.random_range(20..150))).await;
        let mut rate = || [0, 5_000, 100_000, 1_000_000][random.random_range(0..4)];
        // Never both zero: then the round would show nothing.
        let (writes, syncs) = match (rate(), rate()) {
            (0, 0) => (50_000, 50_000),
            rates => rates,
        };
        disk.fails(writes, syncs);
        tokio::time::sleep(Duration::from_millis(random.random_range(100..600))).await;
        // Every other time the disk heals under the running server; else it dies with the fault in its hands.
        if round % 2 == 0 {
            disk.fails(0, 0);
            recovered(&memory, &server).await;
        }
        server.kill().await;
        disk.fails(0, 0);
        while let Some(ended) = people.join_next().await {
            ended.unwrap();
        }
        server = site.start().await;
        leaves = check(&site, &server, &memory, &leaves).await;
    }
    let (seen, counted) = (memory.lock().unwrap(), disk.counted());
    println!(
        "{rounds} rounds: {} entries, {} choices acknowledged, {} receipts and {} heads handed out, refused {:?}; {counted:?}",
        leaves.len(),
        seen.acknowledged.len(),
        seen.receipts.len(),
        seen.roots.len(),
        seen.refused,
    );
    assert!(counted.failed_writes > 0 && counted.failed_syncs > 0);
    assert!(counted.writes > counted.failed_writes && counted.syncs > counted.failed_syncs);
    assert!(!seen.refused.is_empty(), "nobody was told of an error");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_came_back_is_on_the_disk_before_anybody_can_read_it() {
    let mut site = Site::new(Kind::Sqlite).await;
    let disk = Disk::under(&mut site, 1);
    let memory = Memory::default();
    let server = site.start().await;
    let mut people = load(&site, &server, &memory);
    recovered(&memory, &server).await;
    server.kill().await;
    while people.join_next().await.is_some() {}
    // A commit that was killed before its sync is in the file's cache: the next process reads it, and a power cut would
    // take it back, after somebody has seen its head.
    let log = site.dir.path().join("sayso.sqlite-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0);
    let before = disk.counted().syncs;
    let server = site.start().await;
    assert!(
        disk.counted().syncs > before,
        "nothing was synced at the start"
    );
    check(&site, &server, &memory, &[]).await;
}
