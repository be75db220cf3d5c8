//! Transport: parse, call one verb, respond.

pub mod agents;
