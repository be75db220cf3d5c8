//! Somebody's collector: started, fed with events without end, and watched for what it prints.

use std::ffi::OsString;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::client::moment::Clock;

use super::standing::moment;
use super::{APP, CATEGORY, DATASET, EMPLOYEE, PROGRAM};

/// Time between two events.
const PACE: Duration = Duration::from_millis(20);
/// Bytes of what it says on standard error that are kept.
const MESSAGES: usize = 2000;

/// What was printed, without its content.
#[derive(Debug, Clone, Copy, Default)]
pub struct Captured {
    /// Lines in all.
    pub lines: u64,
    /// When the first came.
    pub first: Option<Instant>,
    /// When the last came.
    pub last: Option<Instant>,
    /// Lines after the deadline.
    pub late: u64,
    deadline: Option<Instant>,
}

/// A running collector. Its whole process group ends when this is dropped.
pub struct Collector {
    child: Child,
    group: Option<u32>,
    feeder: JoinHandle<()>,
    captured: Arc<Mutex<Captured>>,
    messages: Arc<Mutex<Vec<u8>>>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.feeder.abort();
        #[cfg(unix)]
        if let Some(id) = self.group {
            // A shell's children as well, though it may have ended: the group has the number of its first process.
            let kill = format!("kill -s KILL -- -{id}");
            let _ = std::process::Command::new("sh")
                .args(["-c", &kill])
                .stderr(Stdio::null())
                .status();
        }
        let _ = self.child.start_kill();
    }
}

impl Collector {
    /// Starts `command` against the server at `url`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        command: &[OsString],
        url: &str,
        key: &str,
        clock: Clock,
    ) -> std::io::Result<Self> {
        let [program, arguments @ ..] = command else {
            return Err(std::io::ErrorKind::InvalidInput.into());
        };
        let mut command = Command::new(program);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .args(arguments)
            .env("SAYSO_SERVER", url)
            .env("SAYSO_AGENT_KEY", key)
            .env("SAYSO_EMPLOYEE", EMPLOYEE)
            .env("SAYSO_PROGRAM", PROGRAM)
            .env("SAYSO_CATEGORY", CATEGORY)
            .env("SAYSO_APP", APP)
            .env("SAYSO_DATASET", DATASET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let captured = Arc::new(Mutex::new(Captured::default()));
        let messages = Arc::default();
        if let Some(output) = child.stdout.take() {
            tokio::spawn(watch(output, captured.clone()));
        }
        if let Some(errors) = child.stderr.take() {
            tokio::spawn(listen(errors, Arc::clone(&messages)));
        }
        let input = child.stdin.take();
        let feeder = tokio::spawn(async move {
            if let Some(input) = input {
                feed(input, &clock).await;
            }
        });
        Ok(Self {
            group: child.id(),
            child,
            feeder,
            captured,
            messages,
        })
    }

    /// What it has printed so far.
    pub fn captured(&self) -> Captured {
        *self.captured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From `deadline` on, each line is late.
    pub fn expect_nothing_after(&self, deadline: Instant) {
        let mut captured = self.captured.lock().unwrap_or_else(PoisonError::into_inner);
        captured.deadline = Some(deadline);
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(status.to_string())
    }

    /// The end of what it said on standard error.
    pub fn messages(&self) -> String {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&messages).trim().to_owned()
    }

    /// Ends its input, and gives it `grace` to report what it has.
    pub async fn finish(&mut self, grace: Duration) {
        self.feeder.abort();
        let _ = timeout(grace, self.child.wait()).await;
    }
}

async fn feed(mut input: ChildStdin, clock: &Clock) {
    for number in 1_u64.. {
        let event = json!({
            "n": number, "at": moment((clock)().wall), "employee": EMPLOYEE, "program": PROGRAM,
            "category": CATEGORY, "app": APP,
        });
        if input
            .write_all(format!("{event}\n").as_bytes())
            .await
            .is_err()
        {
            return;
        }
        sleep(PACE).await;
    }
}

async fn watch(mut output: impl AsyncRead + Unpin, captured: Arc<Mutex<Captured>>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = output.read(&mut bytes).await {
        let now = Instant::now();
        let ends = bytes[..count].iter().filter(|byte| **byte == b'\n');
        let lines = ends.count() as u64;
        if lines == 0 {
            continue;
        }
        let mut captured = captured.lock().unwrap_or_else(PoisonError::into_inner);
        captured.lines += lines;
        captured.first.get_or_insert(now);
        captured.last = Some(now);
        if captured.deadline.is_some_and(|deadline| now > deadline) {
            captured.late += lines;
        }
    }
}

async fn listen(mut errors: impl AsyncRead + Unpin, messages: Arc<Mutex<Vec<u8>>>) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = errors.read(&mut bytes).await {
        let mut messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.extend_from_slice(&bytes[..count]);
        let surplus = messages.len().saturating_sub(MESSAGES);
        messages.drain(..surplus);
    }
}
