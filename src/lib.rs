//! Sayso: an employee's say-so over what is collected about them at work.
//!
//! The folder tree is the architecture; `ARCHITECTURE.md` has the map and the invariants.

// Pages are types as deep as their markup.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "gate")]
pub mod client;
#[cfg(feature = "ssr")]
pub mod config;
pub mod domain;
#[cfg(feature = "gate")]
pub mod gate;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
mod islands;
pub mod ledger;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
mod ui;
