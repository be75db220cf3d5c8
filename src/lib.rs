//! Sayso: an employee's say-so over what is collected about them at work.
//!
//! The folder tree is the architecture; `ARCHITECTURE.md` has the map and the invariants.

pub mod domain;
pub mod ledger;
