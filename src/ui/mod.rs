//! How it looks: Leptos components from props to markup, rendered on the server only.
//!
//! One file per page, named like its resource, beside the parts that pages share (`shell`, `form`, `marks`,
//! `format`). Props are domain types; nothing here waits, loads or decides. A new page: a file with its
//! props and one component, called from the handler of the same name in `http`.

pub mod account;
pub mod activity;
pub mod board;
pub mod chart;
pub mod choices;
pub mod door;
pub mod error;
pub mod exports;
pub mod form;
pub mod format;
pub mod ledger;
pub mod markdown;
pub mod marks;
pub mod masthead;
mod memory;
pub mod notice;
pub mod notices;
pub mod overview;
pub mod paper;
pub mod pauses;
pub mod plot;
pub mod programs;
pub mod proof;
pub mod published;
mod qr;
mod quarantine;
pub mod receipt;
pub mod receipts;
pub mod records;
pub mod reference;
pub mod request;
pub mod requests;
pub mod row;
pub mod shell;
pub mod spread;
pub mod standing;
pub mod statement;
pub mod status;
pub mod writing;
