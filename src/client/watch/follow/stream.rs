//! Follows the stream of events.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{ACCEPT, HeaderValue};
use tokio::time::{Instant, timeout, timeout_at};

use super::super::super::error::Error;
use super::super::super::is_type;
use super::super::pulse::Pulse;
use super::super::sse::Sse;
use super::super::status::Way;
use super::super::wire::{Event, What};
use super::{Follower, Thread};

/// After this long a stream is asked for anew, whatever it does.
const LONGEST: Duration = Duration::from_hours(24);
/// How long the stream may take to begin, and an error to be told.
const BEGIN: Duration = Duration::from_secs(4);
/// So many late heartbeats in a row, and another connection may be quicker.
const LATE: u32 = 3;

impl Follower {
    /// Follows from `position` for as long as the stream stands.
    pub(super) async fn stream(&self, position: u64) -> Result<(), Error> {
        let mut pulse = Pulse::new((self.shared.clock)());
        let begun = timeout(BEGIN, self.open(position)).await;
        let slow = |_| Error::NoAnswer("the stream does not begin".into());
        let mut response = begun.map_err(slow)??;
        let mut thread = Thread {
            last: position,
            base: position,
            late: 0,
        };
        let (mut sse, mut messages) = (Sse::default(), Vec::new());
        let mut end = Instant::now() + self.patience();
        loop {
            let silent = |_| Error::NoAnswer("the stream has fallen silent".into());
            let chunk = timeout_at(end, response.chunk()).await.map_err(silent)?;
            let Some(chunk) = chunk.map_err(Error::no_answer)? else {
                return Err(Error::NoAnswer("the stream has ended".into()));
            };
            let read = sse.read(&chunk, &mut messages);
            for message in messages.drain(..) {
                // What cannot be read may have been a stop.
                let event = Event::of(&message).or_else(|error| self.distrust(error))?;
                let (seq, beat) = match &event.what {
                    What::Heartbeat(beat) => (event.seq, Some(*beat)),
                    _ => (event.seq, None),
                };
                let heard = beat.is_some();
                let fetched = self.obey(event, &mut thread).await?;
                if let Some(beat) = beat {
                    let now = (self.shared.clock)();
                    let at = pulse.said(beat.time, now);
                    self.shared.beat(seq, beat, at, Way::Stream);
                    let late = now.since(at) > self.shared.lease() / 2;
                    thread.late = if late { thread.late + 1 } else { 0 };
                }
                if thread.late >= LATE {
                    return Err(Error::NoAnswer("the stream is late".into()));
                }
                // Nothing but a heartbeat proves that it stands; while the snapshot was fetched, nothing was read.
                if heard || fetched {
                    end = Instant::now() + self.patience();
                }
            }
            read.or_else(|error| self.distrust(error))?;
        }
    }

    async fn open(&self, position: u64) -> Result<Response, Error> {
        let url = self.client.url(&self.people.path("api/v1/stream", &[]))?;
        let request = self.client.http.get(url).timeout(LONGEST);
        let request = request
            .header(ACCEPT, HeaderValue::from_static("text/event-stream"))
            .header("last-event-id", position);
        let response = request.send().await.map_err(Error::no_answer)?;
        match response.status().as_u16() {
            200 if is_type(response.headers(), "text/event-stream") => Ok(response),
            200 => Err(Error::Unclear("something else than a stream")),
            // Its text is not waited for: a refusal counts at once.
            status => Err(Error::Status(status, None)),
        }
    }
}
