//! Leases, positions and permits: what is fresh proof, and what a stop leaves of it.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::sync::mpsc;

use super::super::super::moment::tests::{later, moment};
use super::super::super::moment::{Clock, Moment};
use super::super::Ask;
use super::super::wire::{Event, What};
use super::*;
use crate::domain::strict;

struct World {
    shared: Shared,
    now: Arc<Mutex<Moment>>,
    jobs: mpsc::UnboundedReceiver<Job>,
}

fn subset(permitted: &[&str]) -> Subset {
    let permits: Vec<_> = permitted
        .iter()
        .map(|id| json!({"employee": id, "program": "mci", "category": "keystrokes", "since": "2026-11-20T08:00:00Z", "until": null, "conditions": []}))
        .collect();
    let page = json!({"seq": 10, "lease_ms": 5000, "permits": permits, "next": null, "programs": [
        {"id": "mci", "status": "active", "since": "2026-11-01T08:00:00Z", "categories": ["keystrokes"], "apps": []},
    ]});
    let mut subset = Subset::default();
    let page = strict::from_slice(page.to_string().as_bytes()).unwrap();
    subset.add(10, page).unwrap();
    subset
}

const LEASE: Duration = Duration::from_secs(5);

impl World {
    /// E1 is permitted, as of this moment.
    fn new() -> Self {
        let now = Arc::new(Mutex::new(moment()));
        let shown = now.clone();
        let clock: Clock = Arc::new(move || *shown.lock().unwrap());
        let (sender, jobs) = mpsc::unbounded_channel();
        let shared = Shared::new(clock, LEASE, false, sender);
        let world = Self { shared, now, jobs };
        world
            .shared
            .replace(subset(&["E1"]), 10, world.now(), LEASE)
            .unwrap();
        world
    }

    fn now(&self) -> Moment {
        *self.now.lock().unwrap()
    }

    fn pass(&self, ms: u64) {
        let now = later(self.now(), ms);
        *self.now.lock().unwrap() = now;
    }

    fn yes(&self) -> bool {
        self.shared.permits(&Ask::new("E1", "mci", "keystrokes"))
    }

    fn beat(&self, seq: u64) {
        let now = self.now();
        let beat = Beat {
            time: now.wall,
            lease: LEASE,
        };
        self.shared.beat(seq, beat, now, Way::Stream);
    }

    fn withdraw(&self, seq: u64) {
        let event = json!({"type": "choice.changed", "seq": seq, "employee": "E1", "program": "mci", "category": "keystrokes", "permit": null, "reason": "withdrawn"});
        let event = Event::read(serde_json::from_value(event).unwrap()).unwrap();
        let What::Change(change) = event.what else {
            panic!("{event:?}")
        };
        self.shared.apply(seq, change).unwrap();
    }

    /// What there is to do, in words.
    fn jobs(&mut self) -> Vec<String> {
        let mut jobs = Vec::new();
        while let Ok(job) = self.jobs.try_recv() {
            jobs.push(match job {
                Job::Purge(stop) if stop.scope == Scope::Everything => "purge everything".into(),
                Job::Purge(_) => "purge one".into(),
                Job::Confirm(seq) => format!("confirm {seq}"),
            });
        }
        jobs
    }
}

#[test]
fn nothing_is_permitted_before_the_first_snapshot() {
    let (sender, _jobs) = mpsc::unbounded_channel();
    let shared = Shared::new(Arc::new(moment), LEASE, false, sender);
    let ask = Ask::new("E1", "mci", "keystrokes");
    assert!(!shared.permits(&ask));
    assert_eq!(shared.permit(&ask).unwrap_err(), Reason::ProjectionStale);
}

#[test]
fn a_yes_holds_from_heartbeat_to_heartbeat_and_not_a_moment_longer() {
    let mut world = World::new();
    for _ in 0..10 {
        world.pass(1000);
        world.beat(10);
        assert!(world.yes());
    }
    world.pass(4999);
    assert!(world.yes());
    world.pass(1);
    assert!(!world.yes());
    world.jobs();
    world.shared.look();
    assert_eq!(world.jobs(), ["purge everything"]);
    world.shared.look();
    assert_eq!(world.jobs(), Vec::<String>::new(), "once");
    world.beat(10);
    assert!(world.yes(), "the server is heard again");
}

#[test]
fn a_heartbeat_that_comes_too_late_still_purges_what_ran_out() {
    let mut world = World::new();
    world.beat(10);
    let permit = world
        .shared
        .permit(&Ask::new("E1", "mci", "keystrokes"))
        .unwrap();
    world.jobs();
    world.pass(60_000);
    world.beat(10);
    assert_eq!(world.jobs(), ["purge everything"]);
    assert!(world.yes());
    assert!(!permit.holds());
}

#[test]
fn the_lease_is_the_shorter_of_both_sides() {
    let world = World::new();
    for (lease, max) in [(2000, 2000), (60_000, 5000), (0, 0)] {
        let now = world.now();
        let beat = Beat {
            time: now.wall,
            lease: Duration::from_millis(lease),
        };
        world.shared.beat(10, beat, now, Way::Stream);
        if max > 0 {
            world.pass(max - 1);
            assert!(world.yes(), "{lease}");
        }
        world.pass(5001);
        assert!(!world.yes(), "{lease}");
    }
}

#[test]
fn an_old_heartbeat_prolongs_nothing() {
    let world = World::new();
    let start = world.now();
    world.pass(4000);
    let beat = Beat {
        time: start.wall,
        lease: LEASE,
    };
    world.shared.beat(10, beat, start, Way::Stream);
    world.pass(1000);
    assert!(!world.yes());
    world.shared.beat(10, beat, start, Way::Stream);
    assert!(!world.yes());
}

#[test]
fn a_permit_cannot_be_kept() {
    let mut world = World::new();
    let ask = Ask::new("E1", "mci", "keystrokes");
    let permit = world.shared.permit(&ask).unwrap();
    assert!(permit.holds());
    world.pass(3000);
    world.beat(10);
    assert_eq!(permit.left(), Duration::from_secs(2), "it is not prolonged");
    world.pass(2000);
    assert!(!permit.holds() && world.yes());

    let permit = world.shared.permit(&ask).unwrap();
    world.withdraw(11);
    assert!(!permit.holds());
    assert_eq!(world.jobs(), ["confirm 10", "purge one", "confirm 11"]);

    let world = World::new();
    let permit = world.shared.permit(&ask).unwrap();
    world.shared.distrust();
    assert!(!permit.holds() && !world.yes());
    world
        .shared
        .replace(subset(&["E1"]), 10, world.now(), LEASE)
        .unwrap();
    assert!(!permit.holds() && world.yes());
}

#[test]
fn sleep_of_the_machine_ends_a_permit_and_the_freshness() {
    let world = World::new();
    let permit = world
        .shared
        .permit(&Ask::new("E1", "mci", "keystrokes"))
        .unwrap();
    let mut now = later(world.now(), 100);
    now.boot = later(now, 800).boot;
    *world.now.lock().unwrap() = now;
    assert!(!permit.holds() && !world.yes());
    world.beat(10);
    assert!(world.yes());
}

#[test]
fn an_older_snapshot_revives_nothing() {
    let world = World::new();
    world.withdraw(11);
    world.shared.distrust();
    assert!(
        world
            .shared
            .replace(subset(&["E1"]), 10, world.now(), LEASE)
            .is_err()
    );
    assert!(!world.yes());
    world
        .shared
        .replace(subset(&[]), 11, world.now(), LEASE)
        .unwrap();
    assert!(!world.yes());
    assert!(world.shared.status().fresh);
}

#[test]
fn whoever_is_refused_stops_at_once_and_has_everything_purged() {
    let mut world = World::new();
    world.jobs();
    world.shared.stop_everything(Reason::AgentNotRegistered);
    assert!(!world.yes());
    assert_eq!(world.jobs(), ["purge everything"]);
}

#[test]
fn whoever_listens_hears_of_a_stop_after_it_holds() {
    let world = World::new();
    let mut changes = world.shared.changes();
    changes.mark_unchanged();
    world.beat(11);
    assert!(
        !changes.has_changed().unwrap(),
        "a heartbeat changes nothing"
    );
    world.withdraw(12);
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    world.pass(5000);
    world.shared.look();
    assert!(changes.has_changed().unwrap());
}

#[test]
fn an_end_that_is_known_comes_by_the_servers_clock() {
    let world = World::new();
    let event = json!({"type": "notice.changed", "seq": 11, "material": true, "effective_at": "2031-01-01T00:00:03Z", "programs": ["mci"]});
    let event = Event::read(serde_json::from_value(event).unwrap()).unwrap();
    let What::Change(change) = event.what else {
        panic!("{event:?}")
    };
    let beat = Beat {
        time: "2031-01-01T00:00:00Z".parse().unwrap(),
        lease: LEASE,
    };
    world.shared.beat(10, beat, world.now(), Way::Stream);
    world.shared.apply(11, change).unwrap();
    let permit = world
        .shared
        .permit(&Ask::new("E1", "mci", "keystrokes"))
        .unwrap();
    assert_eq!(permit.left(), Duration::from_secs(3));
    assert!(world.shared.look() <= Duration::from_secs(1));
    world.pass(2999);
    assert!(world.yes() && permit.holds());
    world.pass(1);
    assert!(!world.yes() && !permit.holds());
    let stops = world.shared.status().stops;
    world.shared.look();
    assert_eq!(world.shared.status().stops, stops + 1);
}
