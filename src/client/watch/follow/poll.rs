//! Asks for changes again and again, where streams do not get through.

use std::time::Duration;

use reqwest::Method;
use tokio::time::Instant;

use super::super::super::error::Error;
use super::super::pulse::Pulse;
use super::super::status::Way;
use super::super::wire::Changes;
use super::{Follower, Thread};

/// After this long the stream is tried again.
const TRY_STREAM: Duration = Duration::from_mins(5);
/// Most changes in one answer: with so many there may be more.
const FULL: usize = 1000;

impl Follower {
    /// Asks until it is time to try the stream again.
    pub(super) async fn poll(&self) -> Result<(), Error> {
        let end = Instant::now() + TRY_STREAM;
        let mut pulse = None;
        let mut wait = "0";
        while Instant::now() < end {
            let Some(position) = self.shared.position() else {
                self.fetch().await?;
                continue;
            };
            let sent = (self.shared.clock)();
            let after = position.to_string();
            let query = [("after", after.as_str()), ("wait", wait)];
            let path = self.people.path("api/v1/changes", &query);
            let body = self.client.send::<()>(Method::GET, &path, None).await?;
            let changes = Changes::read(&body)?;
            if changes.resync {
                self.shared.distrust();
                self.fetch().await?;
                continue;
            }
            if changes.seq < position {
                return self.distrust(Error::Unclear("a position that goes back"));
            }
            let full = changes.events.len() >= FULL;
            let mut thread = Thread {
                last: position,
                base: position,
                late: 0,
            };
            for event in changes.events {
                self.obey(event, &mut thread).await?;
            }
            let pulse = pulse.get_or_insert_with(|| Pulse::new(sent));
            let at = pulse.said(changes.beat.time, (self.shared.clock)());
            if !full {
                self.shared.beat(changes.seq, changes.beat, at, Way::Poll);
            }
            // As often as a stream has a heartbeat.
            wait = if full { "0" } else { "1" };
        }
        Ok(())
    }
}
