//! For tests of the log as a whole: growing it quickly, reaching into its database, running the real programs on it.

use std::path::{Path, PathBuf};
use std::process::Output;

use sayso::app::export::{Exported, export};
use sayso::app::ledger::log_vkey;
use sayso::domain::choice::ChoiceState;
use sayso::domain::condition::Conditions;
use sayso::domain::employee::Locale;
use sayso::ledger::payload::{ChoiceStatement, Statement};
use sayso::ledger::prepared::{Draft, Prepared};
use sayso::store::ledger::Forge;
use sayso::store::write::{Change, ChoiceDraft, Write};
use sqlx::Connection as _;
use tokio::process::Command;

use crate::world::{World, keys};

/// A program, its exit code and everything that it said.
pub struct Ran {
    pub code: Option<i32>,
    pub words: String,
}

impl World {
    /// Grows the log to `size` with choices of E1, in one batch.
    pub async fn grow_to(&self, size: u64) {
        let subject = self.subject("E1").await;
        let mut link = self.store.link(&subject).await.unwrap();
        let mut writes = Vec::new();
        for n in self.store.head().await.unwrap().unwrap().size..size {
            let state = if n % 2 == 0 {
                ChoiceState::Given
            } else {
                ChoiceState::Withdrawn
            };
            let choice = ChoiceStatement {
                program: "mci".parse().unwrap(),
                category: "keystrokes".parse().unwrap(),
                notice: None,
                notice_version: None,
                notice_leaf: None,
                notice_sha256: None,
                language: Locale::En,
                decision: state,
                conditions: Conditions::NONE,
            };
            let draft = Draft {
                subject,
                at: self.app.now(),
                actor: "employee",
                statement: Statement::Choice(choice),
            };
            let [a, b]: [[u8; 32]; 2] = [self.app.random(), self.app.random()];
            let r = std::array::from_fn(|i| if i < 32 { a[i] } else { b[i - 32] });
            let statement = Prepared::new(link.as_ref(), draft, r).unwrap();
            link = Some(statement.link());
            writes.push(Write {
                once: None,
                at: self.app.now(),
                changes: vec![Change::Choice(ChoiceDraft {
                    statement,
                    program: "mci".parse().unwrap(),
                    category: "keystrokes".parse().unwrap(),
                    state,
                    notice_version: 0,
                    language: Locale::En,
                    conditions: Conditions::NONE,
                })],
            });
        }
        let keys = keys();
        let random = |buffer: &mut [u8]| {
            for chunk in buffer.chunks_mut(8) {
                let bytes: [u8; 8] = self.app.random();
                chunk.copy_from_slice(&bytes[..chunk.len()]);
            }
        };
        let forge = Forge {
            signer: &keys.signer,
            epoch_key: &crate::world::epoch_key(),
            fill: &random,
        };
        let outcome = self.store.commit(&writes, &forge).await.unwrap();
        assert!(outcome.results.iter().all(Result::is_ok));
        let head = self.store.head().await.unwrap().unwrap();
        assert_eq!(head.size, size);
    }

    /// Exports the log into a folder.
    pub async fn export_to(&self, dir: &Path) -> Exported {
        export(&self.app, dir, &mut |_| {}).await.unwrap()
    }

    /// Runs `verify` of one of the programs with this log's key.
    pub async fn verify(&self, program: &str, arguments: &[&str]) -> Ran {
        let vkey = log_vkey(&self.app);
        let arguments = [&["verify", "--vkey", &vkey], arguments].concat();
        let output = Command::new(program).args(arguments).output().await;
        ran(&output.unwrap())
    }
}

pub fn ran(output: &Output) -> Ran {
    let words = [output.stdout.as_slice(), &output.stderr].concat();
    Ran {
        code: output.status.code(),
        words: String::from_utf8(words).unwrap(),
    }
}

/// Every file below a folder, by its path there.
pub fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                found.push((name.to_owned(), path.clone()));
            }
        }
    }
    found.sort();
    found
}

/// Somebody with the database in hand, who has taken its triggers away.
pub enum Hand {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

/// Binds what was given, on either database.
macro_rules! on {
    ($self:ident, $connection:ident, $query:expr) => {
        match $self {
            Hand::Sqlite($connection) => $query.unwrap(),
            Hand::Postgres($connection) => $query.unwrap(),
        }
    };
}

impl Hand {
    pub async fn on(world: &World) -> Self {
        if world.url.starts_with("sqlite:") {
            let connection = sqlx::SqliteConnection::connect(&world.url).await;
            let mut hand = Self::Sqlite(connection.unwrap());
            hand.run("drop trigger entry_is_never_updated").await;
            hand.run("drop trigger entry_is_never_deleted").await;
            hand
        } else {
            let connection = sqlx::PgConnection::connect(&world.url).await;
            let mut hand = Self::Postgres(connection.unwrap());
            hand.run("drop trigger entry_is_never_changed on entry")
                .await;
            hand
        }
    }

    pub async fn run(&mut self, sql: &'static str) {
        on!(self, c, sqlx::query(sql).execute(c).await.map(drop));
    }

    /// One value of bytes, by a number.
    pub async fn bytes(&mut self, sql: &'static str, number: i64) -> Vec<u8> {
        on!(
            self,
            c,
            sqlx::query_scalar(sql).bind(number).fetch_one(c).await
        )
    }

    /// Writes bytes, by a number.
    pub async fn set(&mut self, sql: &'static str, number: i64, bytes: &[u8]) {
        on!(
            self,
            c,
            sqlx::query(sql)
                .bind(number)
                .bind(bytes)
                .execute(c)
                .await
                .map(drop)
        );
    }

    /// One text, by a number.
    pub async fn text(&mut self, sql: &'static str, number: i64) -> String {
        on!(
            self,
            c,
            sqlx::query_scalar(sql).bind(number).fetch_one(c).await
        )
    }

    /// Writes a text, by a number.
    pub async fn write(&mut self, sql: &'static str, number: i64, text: &str) {
        on!(
            self,
            c,
            sqlx::query(sql)
                .bind(number)
                .bind(text)
                .execute(c)
                .await
                .map(drop)
        );
    }
}
