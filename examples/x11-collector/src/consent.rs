//! The one file that speaks with Sayso: may this be counted now, and here is what was.
//!
//! The client follows the server and answers from memory. It says no by itself when the server is not heard any more, so
//! there is nothing to handle here: an event is counted if there is a permit for it at that moment.

use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use chrono::{DateTime, Utc};
use sayso::client::address::Transport;
use sayso::client::moment::{Clock, Moment};
use sayso::client::watch::{Ask, Settings, Watch};
use sayso::client::{Client, Timeouts};
use sayso::domain::record::Record;

use crate::args::Args;
use crate::counts::Counts;
use crate::kind::Kind;
use crate::{Failure, lock};

/// What the person said, kept fresh.
pub struct Consent {
    client: Client,
    watch: Watch,
    clock: Clock,
    employee: String,
    program: String,
}

impl Consent {
    /// Begins to follow the server. On every stop, what was counted and not sent is thrown away, and then the server is
    /// told that it has stopped.
    ///
    /// # Errors
    /// When the key or the address is none.
    pub fn follow(args: &Args, counts: Arc<Mutex<Counts>>) -> Result<Self, Failure> {
        let clock = system_clock();
        let client = Client::new(
            &args.server,
            &args.key.trim().parse()?,
            Timeouts::default(),
            Transport::Protected,
            clock.clone(),
        )?;
        let (employee, program) = (args.employee.to_string(), args.program.to_string());
        let (person, programme) = (employee.clone(), program.clone());
        let settings = Settings {
            employees: vec![args.employee.clone()],
            ..Settings::default()
        };
        let watch = client.watch(settings, Arc::new(rand::random::<[u8; 16]>), move |stop| {
            lock(&counts).discard(|kind| stop.scope.covers(&person, &programme, kind.category()));
            std::future::ready(())
        })?;
        Ok(Self {
            client,
            watch,
            clock,
            employee,
            program,
        })
    }

    /// Whether this may be counted in this application, now.
    pub fn allows(&self, kind: Kind, app: &str) -> bool {
        self.watch.allows(&self.ask(kind, app))
    }

    /// Since when it may be, if it may: counts of two consents are never mixed.
    pub fn since(&self, kind: Kind, app: &str) -> Option<DateTime<Utc>> {
        let permit = self.watch.permit(&self.ask(kind, app)).ok()?;
        permit.holds().then(|| permit.since())
    }

    /// Reports records.
    ///
    /// # Errors
    /// When it is not known whether they arrived: send them again.
    pub async fn report(&self, records: &[Record]) -> Result<(), Failure> {
        for records in records.chunks(Client::MAX_RECORDS) {
            self.client.report(records).await?;
        }
        Ok(())
    }

    /// The time of day.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)().wall
    }

    fn ask<'a>(&'a self, kind: Kind, app: &'a str) -> Ask<'a> {
        Ask::new(&self.employee, &self.program, kind.category()).within(app)
    }
}

fn system_clock() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "this program's one look at the system's wall clock"
        )]
        let now = std::time::SystemTime::now();
        let wall = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(wall.as_secs()).unwrap_or_default();
        Moment::at(DateTime::from_timestamp(seconds, wall.subsec_nanos()).unwrap_or_default())
    })
}
