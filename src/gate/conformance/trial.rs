//! One case from its start to its verdict.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

use crate::client::moment::Clock;

use super::case::{Case, Trouble};
use super::collector::Collector;
use super::report::{Late, Verdict};
use super::scene::Scene;
use super::server::Server;
use super::stage::Stopped;

/// Longest wait for a first capture: a collector may have to connect first.
const PATIENCE: Duration = Duration::from_secs(20);
/// For how long a capture must have gone on before something goes wrong.
const SETTLED: Duration = Duration::from_millis(500);
/// How long a collector has for its last report once its input has ended.
const GRACE: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(20);

/// What all cases share.
pub struct Settings {
    /// How long an answer may be relied on.
    pub lease: Duration,
    /// How long after a stop something may still be captured.
    pub budget: Duration,
    /// The collector.
    pub command: Vec<OsString>,
    /// What time it is.
    pub clock: Clock,
}

impl Settings {
    /// How long nothing may come after the budget is used up.
    fn watch(&self) -> Duration {
        (self.lease / 2).max(Duration::from_secs(1))
    }
}

/// Runs one case.
///
/// # Errors
/// When server or collector cannot be started.
pub async fn run(case: &Case, settings: &Settings, key: String) -> std::io::Result<Verdict> {
    // Complete in the middle of the watch: whoever counts the lease from there is seen to capture.
    let slow = settings.budget + settings.watch() / 2;
    let scene = Scene::new(
        case.trouble,
        settings.lease,
        slow,
        key.clone(),
        settings.clock.clone(),
    );
    let scene = Arc::new(scene);
    let server = Server::start(scene.clone()).await?;
    let clock = settings.clock.clone();
    let mut collector = Collector::start(&settings.command, &server.url, &key, clock)?;
    let mut verdict = match case.trouble {
        Trouble::BeforeYes | Trouble::BeforeAnswer => {
            before_yes(case, settings, &scene, &mut collector).await
        }
        _ => after_stop(case, settings, &scene, &mut collector).await,
    };
    verdict.judge(collector.messages());
    Ok(verdict)
}

/// Nothing may come at first; something must once there is a yes.
async fn before_yes(
    case: &Case,
    settings: &Settings,
    scene: &Scene,
    collector: &mut Collector,
) -> Verdict {
    let began = Instant::now();
    collector.expect_nothing_after(began);
    sleep(settings.budget + settings.watch()).await;
    let captured = collector.captured();
    let records = scene.records().len();
    scene.permit();
    let problem = capturing(scene, collector).await.err();
    Verdict {
        before: collector.captured().lines,
        late: Late {
            events: captured.late,
            records: records as u64,
            last_ms: captured.last.map(|last| millis(last - began)),
        },
        problem,
        ..Verdict::of(case)
    }
}

/// Something must be captured; after the stop and the budget nothing may be.
async fn after_stop(
    case: &Case,
    settings: &Settings,
    scene: &Scene,
    collector: &mut Collector,
) -> Verdict {
    if let Err(problem) = capturing(scene, collector).await {
        return Verdict {
            problem: Some(problem),
            ..Verdict::of(case)
        };
    }
    if scene.prelude() {
        sleep(settings.lease / 2).await;
    }
    let before = collector.captured();
    let stopped = scene.strike();
    let deadline = stopped.at + settings.budget;
    collector.expect_nothing_after(deadline);
    sleep_until(deadline + settings.watch()).await;
    scene.heal();
    collector.finish(GRACE).await;
    let captured = collector.captured();
    let records = late_records(&scene.records(), stopped, settings.budget);
    let after = captured.last.filter(|last| *last > stopped.at);
    let last_ms = after.map(|last| millis(last - stopped.at));
    Verdict {
        before: before.lines,
        stopped_after_ms: Some(last_ms.unwrap_or_default()),
        confirmed_ms: scene
            .confirmed()
            .map(|at| millis(at.saturating_duration_since(stopped.at))),
        late: Late {
            events: captured.late,
            records,
            last_ms: last_ms.filter(|_| captured.late > 0),
        },
        ..Verdict::of(case)
    }
}

/// Waits until capture has gone on for a while: else a silence later would prove nothing.
async fn capturing(scene: &Scene, collector: &mut Collector) -> Result<(), String> {
    let mut limit = Instant::now() + PATIENCE;
    let mut since = None;
    let before = collector.captured().lines;
    loop {
        let captured = collector.captured();
        let lines = captured.lines - before;
        let seen = lines > 0 || !scene.records().is_empty();
        if seen && since.is_none() {
            since = Some(Instant::now());
            limit += SETTLED;
        }
        let settled = since.is_some_and(|since| since.elapsed() >= SETTLED);
        // One that prints must print again: a single line could be a greeting.
        if settled && (lines == 0 || lines > 1) {
            return Ok(());
        }
        if let Some(status) = collector.ended() {
            return Err(format!(
                "it ended by itself ({status}) while capture was permitted"
            ));
        }
        if Instant::now() > limit {
            return Err(format!(
                "it captured nothing for {} s though it was permitted, so its silence proves nothing",
                PATIENCE.as_secs()
            ));
        }
        sleep(LOOK).await;
    }
}

/// Records that say they were captured after the stop and the budget.
fn late_records(records: &[Value], stopped: Stopped, budget: Duration) -> u64 {
    let budget = TimeDelta::from_std(budget).unwrap_or_default();
    let deadline = stopped.wall + budget;
    let late = |record: &&Value| {
        ["from", "to"].iter().any(|name| {
            let text = record[name].as_str();
            let at = text.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            at.is_some_and(|at| at.with_timezone(&Utc) > deadline)
        })
    };
    records.iter().filter(late).count() as u64
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
