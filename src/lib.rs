//! Sayso: an employee's say-so over what is collected about them at work.
//!
//! The folder tree is the architecture; `ARCHITECTURE.md` has the map and the invariants.

#![recursion_limit = "256"] // Leptos views nest types deeply.

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "gate")]
pub mod client;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod demo;
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
#[cfg(feature = "gate")]
pub mod verify;
