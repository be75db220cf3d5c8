//! The only SQL. One contract (a trait per noun, in the files beside this one), two databases.
//!
//! A query that both databases understand stands once in `query/` and is compiled for each under `sqlite.rs` and
//! `postgres.rs`; only what truly differs (locks, pragmas) stands in those two. To add a query: a method in the noun's
//! contract, its SQL in `query/`, a case in the contract suite. "Not found" is `Ok(None)`.

pub mod acks;
pub mod agents;
pub mod attributes;
pub mod choices;
pub mod cosignatures;
pub mod deliveries;
pub mod epochs;
pub mod erasure;
pub mod error;
pub mod ledger;
pub mod log;
pub mod people;
mod postgres;
pub mod programs;
pub mod pulse;
pub mod records;
pub mod requests;
pub mod sessions;
mod sqlite;
pub mod succession;
pub mod witness;
pub mod write;

use std::sync::Arc;

use error::Error;

/// Everything that is kept.
pub trait Store:
    acks::Acks
    + agents::Agents
    + attributes::EmployeeAttributes
    + choices::Choices
    + cosignatures::Cosignatures
    + deliveries::Deliveries
    + epochs::Epochs
    + erasure::Erasure
    + ledger::Ledger
    + log::LogRows
    + people::People
    + programs::Programs
    + pulse::Pulses
    + records::Records
    + requests::Requests
    + sessions::Sessions
    + succession::Succession
    + Send
    + Sync
{
}

impl Store for sqlite::Adapter {}
impl Store for postgres::Adapter {}

/// Opens the database behind `url` (`sqlite:` or `postgres:`) and brings its schema up to date.
///
/// # Errors
/// When the scheme is neither, the database does not answer, or a migration fails.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, Error> {
    if url.starts_with("sqlite:") {
        Ok(Arc::new(sqlite::Adapter::open(url).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Arc::new(postgres::Adapter::open(url).await?))
    } else {
        Err(Error::Address(
            "Use a database address that begins with sqlite: or postgres:".into(),
        ))
    }
}
