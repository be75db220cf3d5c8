//! What the server says about changes: the pages of the snapshot, the events of the stream, the answers of the long poll.
//!
//! Read strictly: an object where an object is due, no name twice, no wrong type. To add an event: a variant of
//! [`Change`], its arm in [`Event::read`], and what it does in `subset`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::domain::employee::ExternalId;
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::program::ProgramStatus;
use crate::domain::strict::{self, Object};

use super::super::error::Error;
use super::sse::Message;

/// One page of the snapshot.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// The position that it is based on.
    pub seq: u64,
    /// For how long the server's word may be relied on.
    pub lease_ms: u64,
    /// The agent's programmes.
    pub programs: Vec<Object<Program>>,
    /// What is permitted. What is not listed is denied.
    pub permits: Vec<Object<Permit>>,
    /// Where the next page begins; `None`: this was the last one.
    pub next: Option<String>,
}

/// A programme as an agent may know it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Program {
    /// Which.
    pub id: ProgramId,
    /// Whether it captures at all.
    pub status: ProgramStatus,
    /// Since when it has had that status.
    pub since: DateTime<Utc>,
    /// The categories for which the agent is registered.
    pub categories: Vec<CategoryId>,
    /// Apps in which capture may happen; empty means any.
    pub apps: Vec<String>,
}

/// One permitting choice.
#[derive(Debug, Deserialize)]
pub struct Permit {
    /// Whose.
    pub employee: ExternalId,
    /// For which programme.
    pub program: ProgramId,
    /// Which kind of data.
    pub category: CategoryId,
    /// What it permits.
    #[serde(flatten)]
    pub terms: Terms,
}

/// What a choice permits.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Terms {
    /// Since when without a break.
    pub since: DateTime<Utc>,
    /// From then on it is denied; `None`: no known end, which has to be said.
    #[serde(deserialize_with = "Option::deserialize")]
    pub until: Option<DateTime<Utc>>,
    /// What narrows it. A missing list is not an empty one.
    pub conditions: Vec<Map<String, Value>>,
}

/// Something that the server said at a position.
#[derive(Debug, PartialEq)]
pub struct Event {
    /// The position: everything before it is in.
    pub seq: u64,
    /// What.
    pub what: What,
}

/// What the server said.
#[derive(Debug, PartialEq)]
pub enum What {
    /// That it is there, and for how long its word may be relied on.
    Heartbeat(Beat),
    /// That the snapshot is to be fetched now.
    Snapshot,
    /// That the thread is lost: the snapshot is to be fetched, and everything to be denied until then.
    Resync,
    /// That something has changed.
    Change(Change),
    /// Something of another kind than is known here. It may narrow something.
    Unknown,
}

/// That the server is there and up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// When it said so, by its own clock.
    pub time: DateTime<Utc>,
    /// For how long its word may be relied on.
    pub lease: Duration,
}

/// A change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// What a person's choice permits.
    Choice(Choice),
    /// A programme was paused or ended, or goes on, since then.
    Status(ProgramId, ProgramStatus, DateTime<Utc>),
    /// A programme was declared, or declared anew.
    Program(Program),
    /// A notice: from this moment, what is permitted now in these programmes no longer is.
    Notice(DateTime<Utc>, Vec<ProgramId>),
    /// Something that takes nothing away.
    Nothing,
}

/// What a person's choice permits now.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Choice {
    /// Whose.
    pub employee: ExternalId,
    /// For which programme.
    pub program: ProgramId,
    /// Which kind of data.
    pub category: CategoryId,
    /// What is permitted; `None`: nothing.
    pub permit: Option<Object<Terms>>,
    /// Why it is so, in a word that may be unknown here.
    pub reason: Option<String>,
}

/// The answer of the long poll.
#[derive(Debug)]
pub struct Changes {
    /// The position up to which changes are told.
    pub seq: u64,
    /// That the server was there when it answered.
    pub beat: Beat,
    /// Whether the thread is lost.
    pub resync: bool,
    /// The changes, oldest first.
    pub events: Vec<Event>,
}

const SHAPE: Error = Error::Unclear("a change in an unexpected shape");

impl Event {
    /// Reads a message of the stream.
    ///
    /// # Errors
    /// When it is not an event, or says different things about itself.
    pub fn of(message: &Message) -> Result<Self, Error> {
        let object: Map<String, Value> =
            strict::from_slice(message.data.as_bytes()).map_err(|_| SHAPE)?;
        let kind = object.get("type").and_then(Value::as_str);
        if message
            .event
            .as_deref()
            .is_some_and(|event| Some(event) != kind)
        {
            return Err(SHAPE);
        }
        let event = Self::read(object)?;
        let same = message
            .id
            .as_deref()
            .is_none_or(|id| id == event.seq.to_string());
        if same { Ok(event) } else { Err(SHAPE) }
    }

    /// Reads the object in which all of it stands.
    ///
    /// # Errors
    /// When it is not an event.
    pub fn read(object: Map<String, Value>) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Status {
            program: ProgramId,
            at: DateTime<Utc>,
        }
        #[derive(Deserialize)]
        struct Declared {
            program: Object<Program>,
        }
        #[derive(Deserialize)]
        struct Notice {
            material: bool,
            effective_at: DateTime<Utc>,
            programs: Vec<ProgramId>,
        }
        let (Some(seq), Some(kind)) = (
            object.get("seq").and_then(Value::as_u64),
            object
                .get("type")
                .and_then(Value::as_str)
                .map(str::to_owned),
        ) else {
            return Err(SHAPE);
        };
        let status = |object, status| {
            fields::<Status>(object)
                .map(|read| What::Change(Change::Status(read.program, status, read.at)))
        };
        let what = match kind.as_str() {
            "heartbeat" => What::Heartbeat(fields::<Time>(object)?.beat()),
            "snapshot" => What::Snapshot,
            "resync" => What::Resync,
            "choice.changed" => What::Change(Change::Choice(fields(object)?)),
            "program.paused" => status(object, ProgramStatus::Paused)?,
            "program.resumed" => status(object, ProgramStatus::Active)?,
            "program.ended" => status(object, ProgramStatus::Ended)?,
            "program.changed" => {
                What::Change(Change::Program(fields::<Declared>(object)?.program.0))
            }
            "notice.changed" => {
                let notice: Notice = fields(object)?;
                What::Change(if notice.material {
                    Change::Notice(notice.effective_at, notice.programs)
                } else {
                    Change::Nothing
                })
            }
            _ => What::Unknown,
        };
        Ok(Self { seq, what })
    }
}

impl Changes {
    /// Reads an answer of the long poll.
    ///
    /// # Errors
    /// When it is not one, or holds something that is not a change.
    pub fn read(body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Answer {
            seq: u64,
            #[serde(flatten)]
            time: Time,
            resync: bool,
            changes: Vec<Map<String, Value>>,
        }
        let answer: Answer = strict::from_slice(body).map_err(|_| SHAPE)?;
        let events = answer.changes.into_iter().map(Event::read);
        Ok(Self {
            seq: answer.seq,
            beat: answer.time.beat(),
            resync: answer.resync,
            events: events.collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Deserialize)]
struct Time {
    time: DateTime<Utc>,
    lease_ms: u64,
}

impl Time {
    fn beat(&self) -> Beat {
        Beat {
            time: self.time,
            lease: Duration::from_millis(self.lease_ms),
        }
    }
}

fn fields<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, Error> {
    let read = serde_json::from_value::<Object<T>>(Value::Object(object));
    read.map(|object| object.0).map_err(|_| SHAPE)
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
