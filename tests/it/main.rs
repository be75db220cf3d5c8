//! The one integration binary: linking the server once is most of a test build's time.

mod agent_api;
mod agent_check;
mod agent_records;
mod agent_tasks;
mod agent_world;
mod gate_check;
mod gate_client;
mod gate_filter;
mod gate_mock;
mod gate_server;
