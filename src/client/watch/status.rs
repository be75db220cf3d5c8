//! How it stands with the server, for people and programs that look after a collector.

use std::time::Duration;

/// How it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// How changes arrive; `None`: not at present.
    pub connected: Option<Way>,
    /// Whether what is known may be relied on. If not, every answer is no.
    pub fresh: bool,
    /// The ledger position that is known.
    pub seq: Option<u64>,
    /// How old the server's last heartbeat is.
    pub heartbeat_age: Option<Duration>,
    /// For how much longer the answers hold if nothing more is heard.
    pub lease_left: Duration,
    /// How many programmes are known.
    pub programs: usize,
    /// How many choices that permit are known.
    pub permits: usize,
    /// How many stops there were.
    pub stops: u64,
    /// Up to which position the server has taken it as confirmed that everything has stopped.
    pub confirmed: Option<u64>,
    /// What went wrong last, unless all is well again.
    pub error: Option<String>,
}

/// How changes arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By the stream of events.
    Stream,
    /// By asking again and again.
    Poll,
}

impl Way {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Poll => "poll",
        }
    }
}
