//! Choices written in process: prepared, committed with all their rows, acknowledged.

use std::time::{Duration, Instant};

use sayso::domain::choice::ChoiceState;
use sayso::domain::condition::Conditions;
use sayso::domain::employee::Locale;
use sayso::domain::id::{FormId, SubjectId};
use sayso::ledger::hash::Hash;
use sayso::ledger::payload::{ChoiceStatement, Statement};
use sayso::ledger::prepared::{Draft, Link, Prepared};
use sayso::store::write::{Change, ChoiceDraft, Write};

use crate::company::Company;
use crate::report::{Latency, latency};

/// One employee who changes their mind all the time.
pub struct Client {
    subject: SubjectId,
    link: Option<Link>,
    given: bool,
}

pub fn clients(company: &Company) -> Vec<Client> {
    let client = |subject: &SubjectId| Client {
        subject: *subject,
        link: None,
        given: false,
    };
    company.people.iter().map(client).collect()
}

/// Everybody at once, each waiting for the answer before the next; acknowledged entries per second.
pub async fn at_once(company: &Company, clients: &mut Vec<Client>, span: Duration) -> f64 {
    refresh(company, clients).await;
    let until = Instant::now() + span;
    let begun = Instant::now();
    let tasks = std::mem::take(clients).into_iter().map(|mut client| {
        let (writer, random) = (company.writer.clone(), company.random.clone());
        tokio::spawn(async move {
            let mut done = 0_u32;
            while Instant::now() < until || client.given {
                let write = client.write(&random);
                writer
                    .write(write)
                    .await
                    .expect("the ledger")
                    .expect("taken");
                done += 1;
            }
            (client, done)
        })
    });
    let mut all = 0_u32;
    for task in tasks.collect::<Vec<_>>() {
        let (client, done) = task.await.expect("a client");
        all += done;
        clients.push(client);
    }
    f64::from(all) / begun.elapsed().as_secs_f64()
}

/// One at a time, with a pause in between.
pub async fn one_by_one(company: &Company, clients: &mut [Client], span: Duration) -> Latency {
    refresh(company, clients).await;
    let (until, client) = (Instant::now() + span, &mut clients[0]);
    let mut times = Vec::new();
    // Everybody ends with a no, so that the next measure begins with a yes.
    while Instant::now() < until || client.given {
        let write = client.write(&company.random);
        let begun = Instant::now();
        company
            .writer
            .write(write)
            .await
            .expect("the ledger")
            .expect("taken");
        times.push(begun.elapsed().as_secs_f64() * 1e6);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    latency(times)
}

/// The chains may have grown by way of HTTP.
async fn refresh(company: &Company, clients: &mut [Client]) {
    for client in clients {
        client.link = company
            .store
            .link(&client.subject)
            .await
            .expect("the chain");
    }
}

impl Client {
    fn write(&mut self, random: &sayso::app::clock::Random) -> Write {
        self.given = !self.given;
        let state = if self.given {
            ChoiceState::Given
        } else {
            ChoiceState::Withdrawn
        };
        let statement = Statement::Choice(ChoiceStatement {
            program: "mci".parse().expect("a name"),
            category: "keystrokes".parse().expect("a name"),
            notice: Some("mci".parse().expect("a name")),
            notice_version: Some(1),
            notice_leaf: Some(1),
            notice_sha256: Some(Hash([5; 32])),
            language: Locale::En,
            decision: state,
            conditions: Conditions::NONE,
        });
        let at = crate::company::now();
        let draft = Draft {
            subject: self.subject,
            at,
            actor: "employee",
            statement,
        };
        let statement =
            Prepared::new(self.link.as_ref(), draft, random.bytes()).expect("a statement");
        self.link = Some(statement.link());
        Write {
            once: Some(FormId::new(crate::company::now(), random.bytes())),
            at,
            changes: vec![Change::Choice(ChoiceDraft {
                statement,
                program: "mci".parse().expect("a name"),
                category: "keystrokes".parse().expect("a name"),
                state,
                notice_version: 1,
                language: Locale::En,
                conditions: Conditions::NONE,
            })],
        }
    }
}
