//! One integration binary. Tests read as sentences and go through the front door; `world` sets the scene.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

mod accounts;
mod architecture;
mod choices;
mod contract;
mod rights;
mod world;
