//! What is true in one case: positions, the one person's standing, what has been told, and what the collector sent.
//! What goes wrong on the wire stands in `server` and `stream`, which ask here.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::client::moment::Clock;

use super::case::Trouble;
use super::stage::{Stage, Stopped};
use super::standing::{Permit, Standing, moment};
use super::{CATEGORY, EMPLOYEE, PROGRAM};

/// The ledger position at which a case begins.
const FIRST_SEQ: u64 = 124;
/// The position of a server that has gone back.
pub const OLD_SEQ: u64 = 7;
/// How long before its effect a notice is announced.
const AHEAD: TimeDelta = TimeDelta::milliseconds(500);

/// One case's truth. Shared by the server's tasks and the trial.
pub struct Scene {
    /// What goes wrong.
    pub trouble: Trouble,
    /// How long an answer may be relied on.
    pub lease: Duration,
    /// How long a slow body takes.
    pub slow: Duration,
    /// The collector's key.
    pub key: String,
    clock: Clock,
    state: Mutex<State>,
    changed: watch::Sender<Stage>,
}

struct State {
    stage: Stage,
    seq: u64,
    standing: Standing,
    before: Standing,
    changes: Vec<(u64, Value)>,
    records: Vec<Value>,
    confirmed: Option<(u64, Instant)>,
}

impl Scene {
    /// Before anything has gone wrong.
    pub fn new(
        trouble: Trouble,
        lease: Duration,
        slow: Duration,
        key: String,
        clock: Clock,
    ) -> Self {
        let since = moment(clock().wall - TimeDelta::hours(1));
        let yes = Standing {
            permit: Some(Permit {
                since,
                until: None,
                conditional: false,
            }),
            status: "active",
        };
        let first = Standing {
            permit: yes.permit.clone().filter(|_| trouble != Trouble::BeforeYes),
            ..yes.clone()
        };
        let stage = if trouble == Trouble::BeforeAnswer {
            Stage::Prelude
        } else {
            Stage::Calm
        };
        let state = State {
            stage,
            seq: FIRST_SEQ,
            standing: first,
            before: yes,
            changes: Vec::new(),
            records: Vec::new(),
            confirmed: None,
        };
        Self {
            trouble,
            lease,
            slow,
            key,
            clock,
            state: Mutex::new(state),
            changed: watch::Sender::new(stage),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes whenever something has changed.
    pub fn changes(&self) -> watch::Receiver<Stage> {
        self.changed.subscribe()
    }

    /// The time of day.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)().wall
    }

    /// How far the case is.
    pub fn stage(&self) -> Stage {
        self.state().stage
    }

    /// What goes wrong now, if anything does on the wire.
    pub fn fault(&self) -> Option<Trouble> {
        match self.stage() {
            Stage::Prelude if self.trouble == Trouble::BeforeAnswer => Some(Trouble::Silence),
            Stage::Struck => Some(self.trouble),
            _ => None,
        }
    }

    /// The position that answers carry.
    pub fn seq(&self) -> u64 {
        if self.fault() == Some(Trouble::HeartbeatBack) {
            OLD_SEQ
        } else {
            self.state().seq
        }
    }

    /// The standing as it is, or, for an answer that must not be believed, as it was before the stop.
    pub fn standing(&self, outdated: bool) -> Standing {
        let state = self.state();
        if outdated {
            state.before.clone()
        } else {
            state.standing.clone()
        }
    }

    /// The changes after a position.
    pub fn after(&self, position: u64) -> Vec<(u64, Value)> {
        let state = self.state();
        let newer = state.changes.iter().filter(|(seq, _)| *seq > position);
        newer.cloned().collect()
    }

    /// The server's time, as the case tells it.
    pub fn told_time(&self) -> String {
        let jump = self.trouble == Trouble::ClockJump && self.stage() == Stage::Prelude;
        let jump = if jump {
            TimeDelta::hours(1)
        } else {
            TimeDelta::zero()
        };
        moment(self.now() + jump)
    }

    /// Whether something comes right before the stop; if so, it has begun.
    pub fn prelude(&self) -> bool {
        let begins = self.trouble == Trouble::ClockJump;
        if begins {
            self.state().stage = Stage::Prelude;
            self.changed.send_replace(Stage::Prelude);
        }
        begins
    }

    /// Lets it go wrong. Returns from when on nothing more is permitted.
    pub fn strike(&self) -> Stopped {
        let now = self.now();
        let mut effect = TimeDelta::zero();
        {
            let mut state = self.state();
            state.stage = Stage::Struck;
            match self.trouble {
                Trouble::Pause => {
                    state.standing.status = "paused";
                    let change = json!({ "type": "program.paused", "program": PROGRAM });
                    state.tell(change, now);
                }
                Trouble::End => {
                    state.standing.status = "ended";
                    let change = json!({ "type": "program.ended", "program": PROGRAM });
                    state.tell(change, now);
                }
                Trouble::Notice => {
                    effect = AHEAD;
                    let until = now + effect;
                    if let Some(permit) = &mut state.standing.permit {
                        permit.until = Some(until);
                    }
                    let change = json!({
                        "type": "notice.changed", "notice": PROGRAM, "version": 2, "material": true,
                        "effective_at": moment(until), "programs": [PROGRAM],
                    });
                    state.tell(change, now);
                }
                Trouble::Obligations => {
                    if let Some(permit) = &mut state.standing.permit {
                        permit.conditional = true;
                    }
                    state.choice("given", now);
                }
                _ => {
                    state.standing.permit = None;
                    state.choice("withdrawn", now);
                }
            }
        }
        self.changed.send_replace(Stage::Struck);
        Stopped {
            at: Instant::now() + effect.to_std().unwrap_or_default(),
            wall: self.now() + effect,
        }
    }

    /// Permits, where nobody had said yes; answers, where there was silence.
    pub fn permit(&self) {
        let now = self.now();
        {
            let mut state = self.state();
            state.stage = Stage::Calm;
            state.standing = state.before.clone();
            if let Some(permit) = &mut state.standing.permit {
                permit.since = moment(now);
            }
            state.choice("given", now);
        }
        self.changed.send_replace(Stage::Calm);
    }

    /// Ends what goes wrong on the wire. What was stopped stays stopped.
    pub fn heal(&self) {
        self.state().stage = Stage::Healed;
        self.changed.send_replace(Stage::Healed);
    }

    /// Takes note of reported records.
    pub fn report(&self, records: &[Value]) {
        self.state().records.extend_from_slice(records);
    }

    /// The records reported so far.
    pub fn records(&self) -> Vec<Value> {
        self.state().records.clone()
    }

    /// Takes note of a confirmation. The first one of the newest position counts.
    pub fn confirm(&self, seq: u64) {
        let mut state = self.state();
        if state.confirmed.is_none_or(|(known, _)| seq > known) {
            state.confirmed = Some((seq, Instant::now()));
        }
    }

    /// When the newest position was confirmed, if it was.
    pub fn confirmed(&self) -> Option<Instant> {
        let state = self.state();
        let (seq, at) = state.confirmed?;
        (seq >= state.seq).then_some(at)
    }
}

impl State {
    fn tell(&mut self, mut change: Value, now: DateTime<Utc>) {
        self.seq += 1;
        change["seq"] = self.seq.into();
        change["at"] = moment(now).into();
        self.changes.push((self.seq, change));
    }

    fn choice(&mut self, reason: &str, now: DateTime<Utc>) {
        let permit = self.standing.permit.as_ref().map(Permit::told);
        let change = json!({
            "type": "choice.changed", "employee": EMPLOYEE, "program": PROGRAM, "category": CATEGORY,
            "permit": permit, "reason": reason,
        });
        self.tell(change, now);
    }
}
