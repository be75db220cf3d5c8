//! The server as a process: a fresh database, a programme, an agent; and what the kernel says that it costs.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// What the kernel counts processor time in, a second.
const TICKS: f64 = 100.0;
/// Bytes in a page of memory.
const PAGE: u64 = 4096;

const DECLARATION: &str = r#"
id = "mci"
name = "Model training"
purpose = "To train a model."
controller = "Brackwater Instruments"
legal_basis = "consent"
mechanism = "opt_in"
retention_days = 30
notice = "mci"
categories = [{ id = "keystrokes", name = "Keystrokes", what = "Keys." }]
"#;

/// A running server.
pub struct Server {
    pub address: String,
    /// The key of its one agent.
    pub key: String,
    child: Child,
    _dir: tempfile::TempDir,
}

impl Server {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let declaration = dir.path().join("mci.toml");
        std::fs::write(&declaration, DECLARATION).expect("the declaration is written");
        let address = free_address();
        let declared = declaration.to_str().expect("a path");
        run(dir.path(), &address, &["program", "declare", declared]).await;
        let register = [
            "agent",
            "register",
            "desk",
            "--program",
            "mci",
            "--runs-on",
            "Desks",
        ];
        let said = run(dir.path(), &address, &register).await;
        let key = said
            .split_whitespace()
            .find(|word| word.starts_with("sayso_agent_"));
        let key = key.expect("a key").to_owned();
        let child = sayso(dir.path(), &address)
            .arg("serve")
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let server = Self {
            address,
            key,
            child,
            _dir: dir,
        };
        server.answers().await;
        server
    }

    async fn answers(&self) {
        for _ in 0..200 {
            if TcpStream::connect(&self.address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not answer");
    }

    /// Bytes of memory that it holds.
    pub fn resident(&self) -> u64 {
        let pages = self.field("statm", 1);
        pages.parse::<u64>().expect("pages") * PAGE
    }

    /// Seconds of processor time that it has used, in itself and in the kernel.
    pub fn cpu(&self) -> f64 {
        // Fields 14 and 15 of proc(5); the name in parentheses holds no space.
        let ticks = |index| self.field("stat", index).parse::<f64>().expect("ticks");
        (ticks(13) + ticks(14)) / TICKS
    }

    fn field(&self, file: &str, index: usize) -> String {
        let id = self.child.id().expect("it runs");
        let path = PathBuf::from(format!("/proc/{id}/{file}"));
        let text = std::fs::read_to_string(path).expect("it runs on Linux");
        let field = text.split_whitespace().nth(index);
        field.expect("a field").to_owned()
    }
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

fn sayso(dir: &Path, address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command
        .current_dir(dir)
        .env_remove("DATABASE_URL")
        .env("SAYSO_DATA__DIR", dir)
        .env("SAYSO_SERVER__LISTEN", address)
        .env("RUST_LOG", "warn")
        .stdin(Stdio::null());
    command
}

async fn run(dir: &Path, address: &str, arguments: &[&str]) -> String {
    let output = sayso(dir, address).args(arguments).output().await;
    let output = output.expect("the command runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
