//! Following the database: the first load, what others wrote since, and everything anew after an erasure.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::table::Table;
use super::{Standings, news, reading};
use crate::app::catalogue::Catalogue;
use crate::app::error::Error;
use crate::store::pulse::{Pulse, Revisions};

/// Positions that are read at once.
const PAGE: u64 = 16_384;

impl Standings {
    /// Brings everything up to date with the database.
    ///
    /// # Errors
    /// When the database fails, or another log has succeeded the one that is followed.
    pub async fn catch_up(&self) -> Result<(), Error> {
        let mut turn = self.0.turn.lock().await;
        // Whoever had the turn before may have been cut short.
        self.0.anew.store(false, Ordering::Release);
        let (asked, asked_at) = (Instant::now(), self.0.clock.now());
        let (pulse, catalogue) = self.look(*turn).await?;
        let erased = turn.is_none_or(|known| known.erasures != pulse.revisions.erasures);
        if !self.is_loaded() {
            self.load(&pulse, catalogue).await?;
        } else if erased || catalogue.as_deref().is_some_and(|new| self.renoticed(new)) {
            // What somebody said must not outlive its erasure here; and what was seen of another notice counts in other
            // numbers.
            self.reload(&pulse).await?;
        } else {
            self.advance(&pulse, catalogue).await?;
        }
        let moved = turn.is_some_and(|known| known.people != pulse.revisions.people);
        if moved {
            let attributes = self.0.store.all_attributes().await?;
            self.table_mut().know(attributes);
        }
        if moved && self.any_for_units().await? {
            // Who belongs to whom may have changed.
            let change = reading::resync(self.table().seq, self.0.clock.now());
            self.0.feed.publish(vec![change]);
        }
        *turn = Some(pulse.revisions);
        let Revisions { agents, people, .. } = pulse.revisions;
        let callers = agents.wrapping_add(people).unsigned_abs();
        self.0.callers.store(callers, Ordering::Release);
        let confirmed = self.elapsed(asked);
        self.0.confirmed.store(confirmed, Ordering::Release);
        let seq = self.table().seq;
        self.0.feed.confirmed(seq, asked_at);
        self.0.seq.send_if_modified(|here| {
            let later = seq > *here;
            *here = seq.max(*here);
            later
        });
        Ok(())
    }

    /// The pulse, and what is declared as of it where that has changed.
    async fn look(
        &self,
        known: Option<Revisions>,
    ) -> Result<(Pulse, Option<Arc<Catalogue>>), Error> {
        let mut pulse = self.pulse().await?;
        if known.is_some_and(|known| known.declarations == pulse.revisions.declarations) {
            return Ok((pulse, None));
        }
        loop {
            let catalogue = self.0.shelf.catalogue(&*self.0.store).await?;
            let later = self.pulse().await?;
            if later.revisions.declarations == pulse.revisions.declarations {
                return Ok((pulse, Some(catalogue)));
            }
            pulse = later;
        }
    }

    /// Whether a programme that is known has another notice now.
    fn renoticed(&self, new: &Catalogue) -> bool {
        let table = self.table();
        let Some(old) = table.programs.catalogue() else {
            return false;
        };
        old.programs.iter().any(|old| {
            let old = &old.program.declaration;
            let new = new.program(&old.id);
            new.is_some_and(|new| new.program.declaration.notice != old.notice)
        })
    }

    async fn any_for_units(&self) -> Result<bool, Error> {
        let agents = self.0.store.agents().await?;
        Ok(agents.iter().any(|agent| !agent.units.is_empty()))
    }

    async fn pulse(&self) -> Result<Pulse, Error> {
        let pulse = self.0.store.pulse().await?;
        let pulse = pulse.ok_or_else(|| Error::Internal("the log is not open".into()))?;
        if pulse.origin == self.0.origin {
            return Ok(pulse);
        }
        Err(Error::Internal(format!(
            "the log {} has been succeeded by {}",
            self.0.origin, pulse.origin
        )))
    }

    /// Reads everything for the first time.
    async fn load(&self, pulse: &Pulse, catalogue: Option<Arc<Catalogue>>) -> Result<(), Error> {
        let catalogue = match catalogue {
            Some(catalogue) => catalogue,
            None => self.0.shelf.catalogue(&*self.0.store).await?,
        };
        let table = self.build(pulse.seq, catalogue).await?;
        *self.table_mut() = table;
        self.0.loaded.store(true, Ordering::Release);
        Ok(())
    }

    /// Reads everything anew and lets it take the place of what was there.
    async fn reload(&self, pulse: &Pulse) -> Result<(), Error> {
        let catalogue = self.0.shelf.catalogue(&*self.0.store).await?;
        let mut table = self.build(pulse.seq, catalogue).await?;
        self.0.anew.store(true, Ordering::Release);
        let swapped = self.swap(&mut table).await;
        self.0.anew.store(false, Ordering::Release);
        swapped
    }

    async fn swap(&self, table: &mut Table) -> Result<(), Error> {
        let now = self.0.clock.now();
        loop {
            let held = self.table().seq;
            for row in self.0.store.choices_between(table.seq, held).await? {
                table.apply(&row, now);
            }
            table.seq = table.seq.max(held);
            let mut here = self.table_mut();
            if table.seq >= here.seq {
                let seq = table.seq;
                *here = std::mem::take(table);
                self.0.feed.publish(vec![reading::resync(seq, now)]);
                return Ok(());
            }
        }
    }

    async fn build(&self, seq: u64, catalogue: Arc<Catalogue>) -> Result<Table, Error> {
        let mut table = Table::default();
        table.generation = u64::from_le_bytes(self.0.random.bytes());
        table.declare(catalogue);
        table.know(self.0.store.all_attributes().await?);
        let now = self.0.clock.now();
        let mut from = 0;
        while from < seq {
            let to = (from + PAGE).min(seq);
            for row in self.0.store.choices_between(from, to).await? {
                table.apply(&row, now);
            }
            from = to;
            self.0.progress.send_replace((from, seq));
        }
        table.seq = seq;
        table.settle();
        Ok(table)
    }

    /// Reads what came after.
    async fn advance(&self, pulse: &Pulse, catalogue: Option<Arc<Catalogue>>) -> Result<(), Error> {
        let seq = self.table().seq;
        if catalogue.is_none() && pulse.seq <= seq {
            return Ok(());
        }
        let mut rows = Vec::new();
        let mut from = seq;
        while from < pulse.seq {
            let to = (from + PAGE).min(pulse.seq);
            rows.extend(self.0.store.choices_between(from, to).await?);
            from = to;
        }
        let now = self.0.clock.now();
        let mut table = self.table_mut();
        let mut changes = Vec::new();
        let news = catalogue.map(|catalogue| {
            let old = table.programs.catalogue().cloned();
            table.declare(catalogue.clone());
            old.map_or_else(Vec::new, |old| {
                news::news(&old, &catalogue, pulse.seq.max(table.seq), now)
            })
        });
        changes.extend(rows.iter().filter_map(|row| table.apply(row, now)));
        table.seq = table.seq.max(pulse.seq);
        changes.extend(news.into_iter().flatten());
        self.0.feed.publish(changes);
        Ok(())
    }
}
