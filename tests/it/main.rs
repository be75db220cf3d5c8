//! The one integration binary: linking the server once is most of a test build's time.

mod gate_check;
mod gate_client;
mod gate_filter;
mod gate_mock;
