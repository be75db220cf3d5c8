//! A real witness in a process of its own, and a log small enough to write by hand.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sayso::app::settings::{Peer, Witnessing};
use sayso::ledger::checkpoint::Checkpoint;
use sayso::ledger::hash::{Hash, leaf_hash, node_hash};
use sayso::ledger::key::{SignerKey, VerifierKey};
use sayso::ledger::policy::Policy;
use sayso::ledger::submission::Submission;
use sayso::ledger::tree::{Frontier, consistency_path};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A running process of `sayso` and what it says.
pub struct Process {
    pub url: String,
    said: Arc<Mutex<String>>,
    child: Child,
}

/// The program, with no settings of this machine.
pub fn sayso(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .kill_on_drop(true);
    command
}

impl Process {
    /// Starts a command that serves, and waits until it says where.
    pub async fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut before = String::new();
        let address = timeout(Duration::from_secs(30), async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, rest)) = line.split_once("address=") {
                    return rest.split(' ').next().unwrap().to_owned();
                }
                before += &line;
            }
            panic!("it ended before it served: {before}");
        });
        let url = format!("http://{}", address.await.unwrap());
        let said = Arc::new(Mutex::new(String::new()));
        let heard = said.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                *heard.lock().unwrap() += &format!("{line}\n");
            }
        });
        Self { url, said, child }
    }

    /// As the power does.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// What it wrote to its log.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

/// A witness's folder; the process that serves it comes and goes.
pub struct WitnessFolder {
    pub dir: tempfile::TempDir,
    pub key: VerifierKey,
    log: String,
    listen: Mutex<String>,
}

impl WitnessFolder {
    /// Made by `sayso witness key`.
    pub async fn new(name: &str, log: &VerifierKey) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let made = sayso(dir.path())
            .args(["witness", "key", "--name", name])
            .output()
            .await
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let key = String::from_utf8(made.stdout).unwrap();
        Self {
            dir,
            key: key.trim().parse().unwrap(),
            log: log.to_string(),
            listen: Mutex::new("127.0.0.1:0".into()),
        }
    }

    /// `sayso witness serve`, always at the same address.
    pub async fn serve(&self) -> Process {
        let process = Process::start(self.command()).await;
        let address = process.url.strip_prefix("http://").unwrap().to_owned();
        *self.listen.lock().unwrap() = address;
        process
    }

    /// The command that serves.
    pub fn command(&self) -> Command {
        let mut command = sayso(self.dir.path());
        let listen = self.listen.lock().unwrap().clone();
        command.args(["witness", "serve", "--listen", &listen, "--log", &self.log]);
        command
    }

    /// For a log's settings, while it serves or after.
    pub fn peer(&self) -> Peer {
        let url = format!("http://{}", self.listen.lock().unwrap());
        Peer {
            key: self.key.clone(),
            monitoring: url.clone(),
            url,
        }
    }
}

/// Settings by which all of these witnesses are needed.
pub fn all_of(peers: &[Peer]) -> Witnessing {
    let mut text = String::new();
    for (i, peer) in peers.iter().enumerate() {
        text += &format!("witness w{i} {}\n", peer.key);
    }
    let names: Vec<_> = (0..peers.len()).map(|i| format!("w{i}")).collect();
    text += &format!(
        "group all-of-them all {}\nquorum all-of-them\n",
        names.join(" ")
    );
    Witnessing {
        peers: peers.to_vec(),
        policy: Some(Policy::parse(&text).unwrap()),
        every: Duration::from_secs(10),
    }
}

/// A log of numbered entries; a fork has others from some index on.
#[derive(Clone)]
pub struct SmallLog {
    pub origin: &'static str,
    leaves: Vec<Hash>,
}

impl SmallLog {
    pub fn new(size: u64) -> Self {
        let leaves = (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        let origin = "log.example/ledger";
        Self { origin, leaves }
    }

    pub fn forked_at(mut self, index: usize, other: u64) -> Self {
        for leaf in &mut self.leaves[index..] {
            *leaf = node_hash(leaf, &leaf_hash(&other.to_be_bytes()));
        }
        self
    }

    pub fn signer(&self) -> SignerKey {
        SignerKey::new(self.origin, [5; 32]).unwrap()
    }

    pub fn note(&self, size: u64) -> String {
        let mut frontier = Frontier::default();
        for leaf in &self.leaves[..usize::try_from(size).unwrap()] {
            frontier.append(*leaf);
        }
        let checkpoint = Checkpoint {
            origin: self.origin.into(),
            size,
            root: frontier.root(),
        };
        checkpoint.sign(&self.signer()).unwrap()
    }

    pub fn submission(&self, old: u64, size: u64) -> Submission {
        let mut read = |level: u8, n: u64| -> Result<Hash, std::convert::Infallible> {
            let width = 1_usize << level;
            let from = usize::try_from(n).unwrap() * width;
            Ok(whole(&self.leaves[from..from + width]))
        };
        Submission {
            old,
            proof: consistency_path(old, size, &mut read).unwrap(),
            checkpoint: self.note(size),
        }
    }
}

/// Root of a complete subtree.
fn whole(leaves: &[Hash]) -> Hash {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            node_hash(&whole(left), &whole(right))
        }
    }
}
