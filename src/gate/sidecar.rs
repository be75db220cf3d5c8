//! `sayso-gate sidecar`: answers on this machine, for programs that cannot use the client library.
//!
//! It follows the server as any client does (`client::watch`) and answers from memory: AuthZEN 1.0 and Envoy's
//! `ext_authz` over HTTP, on a Unix socket that only its own user can open, and on loopback TCP if asked to. Nothing is
//! kept on disk. While it does not hear the server, every answer is a no. What each part adds: `socket` who may come in,
//! `serve` the HTTP around it, `question` and `answer` AuthZEN, `ext_authz` Envoy, `handed` what others rely on, `status`.

mod answer;
mod ext_authz;
mod handed;
mod question;
mod serve;
#[cfg(unix)]
mod socket;
pub mod status;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::client::moment::Clock;
use crate::client::watch::stop::Stop;
use crate::client::watch::{Settings, Watch};

use super::{Random, say};
use handed::Handed;

/// How long answers that are being written may take once it is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Where it listens.
#[derive(Debug, Clone)]
pub struct Doors {
    /// The Unix socket.
    pub socket: Option<PathBuf>,
    /// The loopback address.
    pub listen: Option<SocketAddr>,
}

/// What every answer needs.
struct Sidecar {
    watch: Watch,
    clock: Clock,
    handed: Arc<Handed>,
    allowed: AtomicU64,
    denied: AtomicU64,
}

/// Answers until it is told to stop.
///
/// # Errors
/// When it cannot listen, in words.
pub async fn run(
    client: Client,
    clock: Clock,
    random: Random,
    settings: Settings,
    doors: Doors,
    mut stop: watch::Receiver<u8>,
) -> Result<(), String> {
    let handed = Arc::new(Handed::default());
    let given = handed.clone();
    // Nothing is captured here; but whoever was told yes may rely on it until its lease is over.
    let purge = move |stop: Stop| {
        let end = given.until(&stop.scope);
        async move {
            if let Some(end) = end {
                tokio::time::sleep_until(end).await;
            }
        }
    };
    let watch = client.watch(settings, random, purge);
    let sidecar = Arc::new(Sidecar {
        watch: watch.map_err(|error| error.to_string())?,
        clock,
        handed,
        allowed: AtomicU64::new(0),
        denied: AtomicU64::new(0),
    });
    let (ending, end) = watch::channel(false);
    let mut running = JoinSet::new();
    #[cfg(unix)]
    let _socket = match doors.socket {
        Some(path) => {
            let (socket, listener) = socket::open(&path).await?;
            say(&format!("answers on {}", path.display()));
            let uid = socket.uid();
            running.spawn(serve::serve((listener, uid), sidecar.clone(), end.clone()));
            Some(socket)
        }
        None => None,
    };
    #[cfg(not(unix))]
    if doors.socket.is_some() {
        return Err("this system has no Unix sockets: use --listen".into());
    }
    if let Some(address) = doors.listen {
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| format!("cannot listen on {address}: {error}"))?;
        let address = listener.local_addr().unwrap_or(address);
        say(&format!("answers on http://{address}"));
        running.spawn(serve::serve(listener, sidecar.clone(), end.clone()));
    }
    drop(end);
    // Ends with the sender too: whoever held it is gone.
    let _ = stop.changed().await;
    ending.send_replace(true);
    let ended = async { while running.join_next().await.is_some() {} };
    // What is not written by then is lost: to whoever waits, no answer is a no.
    let _ = tokio::time::timeout(LAST_ANSWERS, ended).await;
    Ok(())
}
