//! The collectors' days in the past: they ask in the morning, capture where they may, and deliver in the evening.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;

use super::agents::AGENTS;
use super::capture::{Span, within_day};
use super::cast::{MARIT, TEODOR};
use super::company::SUPPORT;
use super::history::History;
use super::plan::{EVENING, MORNING};
use super::programmes::{APPS, MCI, SUPPORT_REVIEW};
use crate::app::callers::Caller;
use crate::app::check;
use crate::app::records::{self, ItemResult};
use crate::cli::Failure;
use crate::domain::question::Question;
use crate::domain::record::Record;

/// From when on Marit's computer captures as much as it does now.
const BUSY_DAYS: i64 = 28;

impl History<'_> {
    /// Asks about everybody who works at a computer today, and captures until the evening.
    pub(super) async fn morning(&mut self, now: DateTime<Utc>) -> Result<(), Failure> {
        let evening = now + TimeDelta::minutes(EVENING - MORNING);
        let day = (
            now,
            (evening - TimeDelta::minutes(1)).min(self.end - TimeDelta::minutes(2)),
        );
        // The first one is run by nobody.
        for (index, agent) in AGENTS.iter().enumerate().skip(1) {
            if !agent.kind.collects() {
                continue;
            }
            let (mut questions, mut asked) = (Vec::new(), Vec::new());
            for (person, about) in self.people.iter().enumerate() {
                let concerned = agent.program != SUPPORT_REVIEW || about.unit == SUPPORT;
                let present = matches!(person, MARIT | TEODOR) || self.rng.random_bool(0.5);
                if !(concerned && present) {
                    continue;
                }
                for category in agent.captures() {
                    questions.push(Question::about(about.id.as_str(), agent.program, category));
                    asked.push((person, *category));
                }
            }
            let caller = Caller::new(self.agents[index].clone(), None);
            let decisions = check::evaluate(self.app, &caller, &questions).await?;
            for ((person, category), decision) in asked.into_iter().zip(decisions) {
                if decision.standing.permits() {
                    let busy = now > self.end - TimeDelta::days(BUSY_DAYS + 1);
                    let count = match (person, category) {
                        (MARIT, "keystrokes") if busy => 14,
                        (MARIT, _) if busy => self.rng.random_range(20..=26),
                        (MARIT, _) => 8,
                        _ => self.rng.random_range(2..=6),
                    };
                    self.capture(index, person, category, day, count)?;
                }
            }
        }
        Ok(())
    }

    /// Delivers what was captured. All of it was captured with a yes.
    pub(super) async fn evening(&mut self) -> Result<(), Failure> {
        for index in 0..self.pending.len() {
            let mut batch = std::mem::take(&mut self.pending[index]);
            batch.sort_by_key(|record| record.from);
            let delivered = self.deliver(index, batch).await?;
            if delivered
                .iter()
                .any(|result| *result != ItemResult::Accepted)
            {
                return Err(Failure(
                    "a record captured with a yes was not accepted".into(),
                ));
            }
            self.counts.records += count(&delivered);
        }
        Ok(())
    }

    /// Delivers two batches from after a no.
    pub(super) async fn late(
        &mut self,
        person: usize,
        program: &'static str,
        category: &'static str,
        from: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let responsible = AGENTS.iter().skip(1).position(|agent| {
            agent.kind.collects()
                && agent.program == program
                && agent.captures().contains(&category)
        });
        let index = responsible.map(|index| index + 1);
        let index = index.ok_or_else(|| Failure("no collector captures that".into()))?;
        let mut batch = Vec::new();
        for minutes in [0, 4] {
            let from = from + TimeDelta::minutes(minutes);
            let span = Span {
                employee: self.people[person].id.clone(),
                program,
                category,
                app: Some(APPS[1]),
                from,
                to: from + TimeDelta::seconds(190),
            };
            batch.push(span.record(&mut self.rng)?);
        }
        let delivered = self.deliver(index, batch).await?;
        let kept_apart = |result: &ItemResult| matches!(result, ItemResult::Quarantined(_));
        if !delivered.iter().all(kept_apart) {
            return Err(Failure(
                "a record captured after a no was not quarantined".into(),
            ));
        }
        self.counts.quarantined += count(&delivered);
        Ok(())
    }

    fn capture(
        &mut self,
        agent: usize,
        person: usize,
        category: &'static str,
        day: (DateTime<Utc>, DateTime<Utc>),
        count: u32,
    ) -> Result<(), Failure> {
        let program = AGENTS[agent].program;
        for _ in 0..count {
            let Some((from, to)) = within_day(&mut self.rng, day) else {
                continue;
            };
            let app = (program == MCI).then(|| APPS.choose(&mut self.rng).copied());
            let span = Span {
                employee: self.people[person].id.clone(),
                program,
                category,
                app: app.flatten(),
                from,
                to,
            };
            let record = span.record(&mut self.rng)?;
            self.pending[agent].push(record);
        }
        Ok(())
    }

    async fn deliver(&self, agent: usize, batch: Vec<Record>) -> Result<Vec<ItemResult>, Failure> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let items = batch.into_iter().map(Ok).collect();
        Ok(records::ingest(self.app, &self.agents[agent], items).await?)
    }
}

fn count(results: &[ItemResult]) -> u64 {
    u64::try_from(results.len()).unwrap_or(u64::MAX)
}
