//! One integration binary. Tests read as sentences and go through the front door; `world` sets the scene.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

mod accounts;
mod agent_api;
mod agent_check;
mod agent_records;
mod agent_tasks;
mod agent_world;
mod architecture;
mod choices;
mod conformance;
mod contract;
mod contract_people;
mod contract_witnesses;
mod crash;
mod crash_check;
mod crash_load;
mod crash_server;
mod database;
mod demo;
mod epochs;
mod epochs_cut;
mod erasure;
mod erasure_effects;
mod exports;
mod exports_states;
mod faults;
mod foreign_receipt;
mod fresh_receipt;
mod fsck;
mod gate_check;
mod gate_client;
mod gate_end;
mod gate_filter;
mod gate_mock;
mod gate_server;
mod gate_sidecar;
mod guard;
mod house;
mod kantara_rules;
mod ledger;
mod ledger_http;
mod ledger_proofs;
mod ledger_world;
mod portal;
mod portal_choices;
mod portal_forms;
mod portal_ledger;
mod portal_matrix;
mod portal_pages;
mod portal_publishing;
mod portal_routes;
mod records;
mod remains;
mod replicas;
mod restored;
mod rewrite;
mod rewrite_world;
mod rights;
mod shapes;
mod strict_json;
mod succession;
mod verify_files;
mod watch;
mod watch_mock;
mod watched;
mod witness;
mod witness_process;
mod world;
mod writer;
