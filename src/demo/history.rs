//! Plays the plan: every step through the verb that a person or an agent would use, with the clock set to its moment.
//!
//! What the plan says must have happened, or the build fails.

use chrono::{DateTime, Utc};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::agents::AGENTS;
use super::company::Person;
use super::holdings::{Holdings, Wanted, erased};
use super::notices::shown_in;
use super::plan::{Act, Said, Step};
use super::programmes;
use crate::app::choices::Choosing;
use crate::app::clock::ManualClock;
use crate::app::requests::Ask;
use crate::app::{App, accounts, choices, notices, programs, requests};
use crate::cli::Failure;
use crate::domain::agent::Agent;
use crate::domain::id::{FormId, SubjectId};
use crate::domain::record::Record;
use crate::domain::request::{Attestation, Outcome};
use crate::store::Store;

/// The company while its past is made.
pub(super) struct History<'a> {
    pub(super) app: &'a App,
    pub(super) store: &'a dyn Store,
    pub(super) clock: &'a ManualClock,
    pub(super) holdings: &'a Holdings,
    pub(super) people: &'a [Person],
    pub(super) subjects: &'a [SubjectId],
    /// In the order of [`AGENTS`].
    pub(super) agents: Vec<Agent>,
    /// When the past ends.
    pub(super) end: DateTime<Utc>,
    pub(super) rng: StdRng,
    /// Captured and not yet delivered, by agent.
    pub(super) pending: Vec<Vec<Record>>,
    pub(super) counts: Counts,
}

/// How much has happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) choices: u64,
    pub(super) records: u64,
    pub(super) quarantined: u64,
    pub(super) requests: u64,
}

/// The generator for what is captured.
pub(super) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed.wrapping_mul(131).wrapping_add(11))
}

impl History<'_> {
    /// Does one step.
    pub(super) async fn play(&mut self, step: &Step) -> Result<(), Failure> {
        self.clock.set(step.at);
        let done = self.act(&step.act, step.at).await;
        done.map_err(|failure| Failure(format!("{} {:?}: {failure}", step.at, step.act)))
    }

    async fn act(&mut self, act: &Act, now: DateTime<Utc>) -> Result<(), Failure> {
        match act {
            Act::Amend => programs::declare(self.app, &programmes::mci()?).await?,
            Act::Publish(edition, effective_on) => {
                let draft = edition.draft(*effective_on)?;
                let published = notices::publish(self.app, &draft, None).await?;
                if published.version.version != edition.version {
                    return Err(Failure("versions are published in their order".into()));
                }
            }
            Act::Invite { person } => {
                accounts::invite(self.app, &self.people[*person].id, false).await?;
            }
            Act::Choose { person, said } => self.choose(*person, *said).await?,
            Act::Acknowledge {
                person,
                notice,
                version,
            } => {
                let once = FormId::from_random(self.app.random());
                let subject = &self.subjects[*person];
                notices::acknowledge(self.app, subject, &notice.parse()?, *version, once).await?;
            }
            Act::Morning => self.morning(now).await?,
            Act::Evening => self.evening().await?,
            Act::Late {
                person,
                program,
                category,
                from,
            } => self.late(*person, program, category, *from).await?,
            Act::Ask {
                person,
                program,
                category,
                from,
                to,
            } => {
                let ask = Ask {
                    program: Some(program.parse()?),
                    category: category.map(str::parse).transpose()?,
                    from: *from,
                    to: *to,
                };
                self.ask(*person, &ask).await?;
            }
            Act::Answer {
                person,
                store,
                keeps,
            } => self.answer(*person, store, *keeps).await?,
        }
        Ok(())
    }

    async fn choose(&mut self, person: usize, said: Said) -> Result<(), Failure> {
        let choosing = Choosing {
            program: said.program.parse()?,
            category: said.category.parse()?,
            answer: said.answer,
            notice_version: said.version,
            language: shown_in(self.people[person].locale),
            conditions: None,
        };
        let chosen = choices::choose(self.app, &self.subjects[person], &choosing, None).await?;
        self.counts.choices += u64::from(chosen.event.is_some());
        Ok(())
    }

    async fn ask(&mut self, person: usize, ask: &Ask) -> Result<(), Failure> {
        let request = requests::file(self.app, &self.subjects[person], ask, None).await?;
        for task in &request.tasks {
            let wanted = Wanted {
                task: task.id,
                dataset: &task.dataset,
                employee: &self.people[person].id,
                scope: &request.scope,
            };
            self.holdings.count(self.store, wanted).await?;
        }
        self.counts.requests += 1;
        Ok(())
    }

    async fn answer(
        &mut self,
        person: usize,
        store: &str,
        keeps: Option<&str>,
    ) -> Result<(), Failure> {
        let agent = AGENTS.iter().position(|agent| agent.name == store);
        let agent = agent.and_then(|index| self.agents.get(index));
        let agent = agent.ok_or_else(|| Failure(format!("there is no store {store}")))?;
        let mut tasks = requests::open_tasks(self.app, agent).await?;
        tasks.retain(|task| task.employee == self.people[person].id);
        if tasks.is_empty() {
            return Err(Failure("the store has no such task".into()));
        }
        for open in tasks {
            let wanted = Wanted {
                task: open.task.id,
                dataset: &open.task.dataset,
                employee: &open.employee,
                scope: &open.scope,
            };
            let count = self.holdings.count(self.store, wanted).await?;
            let attestation = match keeps {
                Some(reason) if count > 0 => Attestation {
                    outcome: Outcome::Retained,
                    count: 0,
                    reason: Some(reason.to_owned()),
                },
                _ => erased(count),
            };
            requests::attest(self.app, agent, &open.task.id, attestation).await?;
        }
        Ok(())
    }
}
