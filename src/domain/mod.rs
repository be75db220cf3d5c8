//! What is true: pure types and rules. No IO, no clock, no randomness, no async.
//!
//! One file per noun; the same word stands in `app`, `http`, `ui` and `store`. A new rule goes beside the
//! noun that it speaks about, with its tests at the bottom of the file.

pub mod account;
pub mod agent;
pub mod attribute;
pub mod change;
pub mod choice;
pub mod condition;
pub mod consent;
pub mod country;
pub mod delivery;
pub mod dialect;
pub mod dpv;
pub mod employee;
pub mod field;
pub mod hours;
pub mod id;
pub mod invalid;
pub mod kantara;
pub mod line;
pub mod notice;
pub mod past;
pub mod program;
pub mod property;
pub mod question;
pub mod record;
pub mod request;
pub mod standing;
pub mod stop;
pub mod strict;
pub mod vocabulary;
mod words;
