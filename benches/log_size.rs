//! What a log's size costs: judging it whole (`fsck`), and a head or a proof from it.
//!
//! `make bench-log-size` grows one SQLite ledger through the store's own commit to 1,000, 100,000 and 1,000,000 entries.
//! At each size it measures a checkpoint, an inclusion proof and a consistency proof (which must not get slower), and
//! `fsck` with its memory. `--entries N` measures that size alone. Raw numbers, no verdict: the disk and the machine are
//! part of them.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot go on should say where, and it prints"
)]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sayso::app::clock::{Random, SystemClock};
use sayso::app::fsck::fsck;
use sayso::app::settings::Settings;
use sayso::app::writer::Keys;
use sayso::app::{App, directory, ledger, programs};
use sayso::domain::choice::ChoiceState;
use sayso::domain::condition::Conditions;
use sayso::domain::employee::Locale;
use sayso::domain::id::SubjectId;
use sayso::domain::program::Declaration;
use sayso::ledger::hash::sha256;
use sayso::ledger::key::SignerKey;
use sayso::ledger::payload::{ChoiceStatement, Statement};
use sayso::ledger::prepared::{Draft, Link, Prepared};
use sayso::ledger::seal::EpochKey;
use sayso::store::ledger::Forge;
use sayso::store::write::{Change, ChoiceDraft, Write};
use sayso::store::{self, Store};

/// Sizes that are measured, unless one is asked for.
const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// Writes in one transaction.
const BATCH: u64 = 4096;
/// People whose chains grow in turn.
const PEOPLE: u64 = 512;
/// Times that each answer is measured.
const ROUNDS: usize = 2000;

const PROGRAM: &str = r#"
id = "mci"
name = "Model Capability Initiative"
purpose = "Trains software to operate a computer."
controller = "Brackwater Instruments"
legal_basis = "consent"
mechanism = "opt_in"
apps = ["browser"]
retention_days = 180
notice = "mci"
categories = [{ id = "keystrokes", name = "Keystrokes", what = "Which keys you press." }]
datasets = [{ id = "mci", name = "All", store = "lake", categories = ["keystrokes"], audience = "Research" }]
"#;

fn keys() -> Keys {
    Keys {
        signer: SignerKey::new("ledger.bench.example", [1; 32]).unwrap(),
        epochs: EpochKey::new(1, [2; 32]).into(),
    }
}

struct Bench {
    app: App,
    store: Arc<dyn Store>,
    random: Random,
    people: Vec<SubjectId>,
    links: HashMap<SubjectId, Link>,
}

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("sayso.sqlite").display());
    let mut bench = Bench::open(&url).await;
    hashing();
    println!("size      what          p50 µs   p99 µs   slowest µs");
    for size in sizes() {
        let begun = Instant::now();
        bench.grow_to(size).await;
        let grown = begun.elapsed();
        bench.answers(size).await;
        bench.judge(size, grown).await;
    }
}

fn sizes() -> Vec<u64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--entries");
    match arguments.nth(1) {
        Some(size) => vec![size.parse().unwrap()],
        None => SIZES.to_vec(),
    }
}

/// How fast this machine hashes: with the processor's SHA instructions, over 1,000 MB/s.
fn hashing() {
    let bytes = vec![7; 64 << 20];
    let begun = Instant::now();
    let digest = sha256(&bytes);
    let rate = 64.0 / begun.elapsed().as_secs_f64();
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let known = if cpu.contains(" sha_ni") {
        "has"
    } else {
        "lacks"
    };
    println!("sha-256   {rate:.0} MiB/s; the processor {known} sha_ni ({digest})");
}

impl Bench {
    async fn open(url: &str) -> Self {
        let store = store::open(url).await.unwrap();
        let random = Random::system();
        let clock = Arc::new(SystemClock::real());
        let settings = Settings::default();
        let app = App::start(store.clone(), clock, random.clone(), settings, keys());
        let app = app.await.unwrap();
        let rows = (0..PEOPLE).map(|n| format!("E{n},Person {n},p{n}@bench.example,Bench,en\n"));
        let people = format!(
            "external_id,name,email,unit,locale\n{}",
            rows.collect::<String>()
        );
        directory::import(&app, people.as_bytes()).await.unwrap();
        let program: Declaration = toml::from_str(PROGRAM).unwrap();
        programs::declare(&app, &program).await.unwrap();
        let people = store.employees().await.unwrap();
        let people = people.into_iter().map(|person| person.subject).collect();
        Self {
            app,
            store,
            random,
            people,
            links: HashMap::new(),
        }
    }

    /// Choices of everybody in turn, in batches through the store's own commit.
    async fn grow_to(&mut self, size: u64) {
        let (keys, random) = (keys(), self.random.clone());
        let fill = move |buffer: &mut [u8]| random.fill(buffer);
        let epoch_key = EpochKey::new(1, [2; 32]);
        let forge = Forge {
            signer: &keys.signer,
            epoch_key: &epoch_key,
            fill: &fill,
        };
        let mut stored = self.store.head().await.unwrap().unwrap().size;
        while stored < size {
            let end = size.min(stored + BATCH);
            let writes: Vec<_> = (stored..end).map(|n| self.choice(n)).collect();
            let outcome = self.store.commit(&writes, &forge).await.unwrap();
            assert!(outcome.results.iter().all(Result::is_ok));
            stored = end;
        }
    }

    fn choice(&mut self, n: u64) -> Write {
        let whose = usize::try_from(n % PEOPLE).unwrap();
        let subject = self.people[whose];
        let state = if (n / PEOPLE).is_multiple_of(2) {
            ChoiceState::Given
        } else {
            ChoiceState::Withdrawn
        };
        let statement = Statement::Choice(ChoiceStatement {
            program: "mci".parse().unwrap(),
            category: "keystrokes".parse().unwrap(),
            notice: None,
            notice_version: None,
            notice_leaf: None,
            notice_sha256: None,
            language: Locale::En,
            decision: state,
            conditions: Conditions::NONE,
        });
        let at = self.app.now();
        let draft = Draft {
            subject,
            at,
            actor: "employee",
            statement,
        };
        let mut r = [0; 64];
        self.random.fill(&mut r);
        let statement = Prepared::new(self.links.get(&subject), draft, r).unwrap();
        self.links.insert(subject, statement.link());
        Write {
            once: None,
            at,
            changes: vec![Change::Choice(ChoiceDraft {
                statement,
                program: "mci".parse().unwrap(),
                category: "keystrokes".parse().unwrap(),
                state,
                notice_version: 0,
                language: Locale::En,
                conditions: Conditions::NONE,
            })],
        }
    }

    /// A head and proofs for numbers all over the log.
    async fn answers(&self, size: u64) {
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            let number = u64::from_be_bytes(self.random.bytes()) % size;
            let begun = Instant::now();
            ledger::checkpoint(&self.app).await.unwrap();
            times[0].push(begun.elapsed());
            let begun = Instant::now();
            ledger::inclusion(&self.app, number, size).await.unwrap();
            times[1].push(begun.elapsed());
            let begun = Instant::now();
            ledger::consistency(&self.app, number, size).await.unwrap();
            times[2].push(begun.elapsed());
        }
        for (what, times) in ["checkpoint", "inclusion", "consistency"]
            .iter()
            .zip(&mut times)
        {
            times.sort_unstable();
            let micros = |time: &Duration| time.as_secs_f64() * 1e6;
            let at = |share: usize| micros(&times[times.len() * share / 100]);
            let slowest = times.last().map_or(0.0, micros);
            println!(
                "{size:<9} {what:<12} {:>8.1} {:>8.1} {slowest:>8.1}",
                at(50),
                at(99)
            );
        }
    }

    async fn judge(&self, size: u64, grown: Duration) {
        // Forgets the peak so far, where the system allows it.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        let before = memory();
        let (begun, worked) = (Instant::now(), processor());
        let key = keys().signer.verifier();
        let mut heard = 0;
        let signed = fsck(self.store.as_ref(), &key, &mut |entries| heard = entries).await;
        let (took, worked) = (begun.elapsed(), processor() - worked);
        assert_eq!(signed.unwrap().checkpoint.size, heard);
        println!(
            "{size:<9} fsck         {:.2} s, of the processor {worked:.2} s; peak memory {} kB, {} kB of it before; grown in {:.1} s",
            took.as_secs_f64(),
            memory(),
            before,
            grown.as_secs_f64()
        );
    }
}

/// Seconds of the processor that this process has used: what a busy machine does not change much.
fn processor() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status.rsplit(") ").next().unwrap_or_default();
    // utime and stime, in hundredths.
    let ticks = fields.split(' ').skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// The process's peak memory in kB (`VmHWM`).
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
