//! A stream of events as a test reads it, and changes as the projection would publish them.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt as _;
use sayso::domain::change::{Allowed, Change, What};
use sayso::domain::condition::Conditions;
use sayso::domain::program::ProgramStatus;
use sayso::domain::standing::Reason;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::agent_world::{World, request};

/// An open stream.
pub struct Events {
    pub headers: HeaderMap,
    body: Body,
    text: String,
}

/// One event.
#[derive(Debug)]
pub struct Event {
    pub id: u64,
    pub kind: String,
    pub data: Value,
}

impl Events {
    /// The next event; `None` at the end. Fails when nothing comes for three seconds.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = parsed(event);
                let rest = rest.to_owned();
                self.text = rest;
                return Some(event);
            }
            let frame = tokio::time::timeout(Duration::from_secs(3), self.body.frame()).await;
            let frame = frame.expect("nothing came for three seconds")?.unwrap();
            let data = frame.into_data().unwrap();
            self.text.push_str(core::str::from_utf8(&data).unwrap());
        }
    }

    /// Reads to the end. Fails when it does not come within three seconds.
    pub async fn drain(&mut self) {
        let end = async { while self.next().await.is_some() {} };
        let end = tokio::time::timeout(Duration::from_secs(3), end).await;
        end.expect("the stream did not end");
    }

    /// The next event that is not a heartbeat.
    pub async fn change(&mut self) -> Option<Event> {
        loop {
            let event = self.next().await?;
            if event.kind != "heartbeat" {
                return Some(event);
            }
        }
    }
}

fn parsed(event: &str) -> Event {
    let lines: Vec<_> = event.lines().collect();
    let [id, kind, data] = lines.as_slice() else {
        panic!("three lines make an event: {event:?}");
    };
    let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
    let kind = kind.strip_prefix("event: ").unwrap().to_owned();
    let id = id.strip_prefix("id: ").unwrap().parse().unwrap();
    assert_eq!(data["type"], kind.as_str());
    assert_eq!(data["seq"], id);
    Event { id, kind, data }
}

impl World {
    /// Opens a stream.
    pub async fn stream(&self, key: &str, query: &str, last: Option<&str>) -> Events {
        let mut opened = request(Method::GET, &format!("/api/v1/stream{query}"), key);
        if let Some(last) = last {
            opened = opened.header("last-event-id", last);
        }
        let opened = opened.body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(opened).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let (parts, body) = answer.into_parts();
        Events {
            headers: parts.headers,
            body,
            text: String::new(),
        }
    }

    /// The ledger's head is known at this moment.
    pub fn confirm(&self, seq: u64) {
        self.app.feed().confirmed(seq, self.now());
    }

    /// A choice is published.
    pub fn tell_choice(&self, seq: u64, employee: &str, category: &str, yes: bool) {
        let since = self.now();
        self.tell(
            seq,
            What::Choice {
                employee: employee.parse().unwrap(),
                program: "mci".parse().unwrap(),
                category: category.parse().unwrap(),
                reason: if yes {
                    Reason::ConsentGiven
                } else {
                    Reason::Withdrawn
                },
                permit: yes.then_some(Allowed {
                    since,
                    until: None,
                    conditions: Conditions::NONE,
                }),
            },
        );
    }

    /// A pause is published.
    pub fn tell_pause(&self, seq: u64, program: &str) {
        self.tell(
            seq,
            What::Status {
                program: program.parse().unwrap(),
                status: ProgramStatus::Paused,
            },
        );
    }

    /// Something is published.
    pub fn tell(&self, seq: u64, what: What) {
        let at = self.now();
        self.app.feed().publish(vec![Change { seq, at, what }]);
    }
}
